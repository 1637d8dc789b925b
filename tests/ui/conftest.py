"""A studio on an engine without torch, the page of someone who asks, and small files to upload."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.studio import Studio
from studio.ui.page import Page
from tests.fakes import FakeEngine

REVIEWS = [
    (f"{taste}，第{n}次来", label) for n in range(12) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))
]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


@pytest.fixture
def page(studio: Studio) -> Page:
    return Page(studio, "zh")


@pytest.fixture
def reviews(studio: Studio) -> str:
    """A labelled dataset of 24 rows."""
    return studio.data.add_rows("评价", "classify", REVIEWS).id


@pytest.fixture
def upload(tmp_path: Path) -> Callable[[str, str], str]:
    """Writes a file as the browser would leave it, and tells where."""

    def write(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write
