"""Fixtures that several rooms share: a workspace in a temporary folder, and words checked in both languages."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from studio.workspace import Workspace  # noqa: E402  (after the environment above)

# What takes longest begins first, so that the workers come to their end together: half the time of the suite lies here.
FIRST = [
    "starter/test_command",
    "engine/test_sequence",
    "ui/test_browser_runs",
    "engine/test_ways",
    "test_cli",
    "test_cli_judging",
    "ui/test_browser_damage",
    "engine/test_known",
    "ui/test_browser",
    "ui/test_loop_browser",
    "ui/test_steps_browser",
    "test_contract",
    "test_wheel",
    "test_cli_handbook",
    "test_models_page",
    "ui/test_judging_browser",
    "engine/test_rehearsal",
    "test_bad_files",
    "engine/test_kinds",
    "test_signals",
    "ui/labelling/test_labelling_offline",
    "engine/test_evaluate",
    "ui/test_check_view",
    "engine/test_seq2seq",
    "engine/test_kills",
    "engine/test_goes_on",
    "test_house",
    "engine/test_resume",
    "test_soak",
    "ui/test_uploads",
    "ui/test_browser_table",
    "test_damage",
    "ui/test_file_inputs",
    "engine/test_every_kind",
]
HERE = Path(__file__).parent
ORDER = {HERE / f"{name}.py": place for place, name in enumerate(FIRST)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: ORDER.get(item.path, len(ORDER)))


@pytest.fixture(autouse=True, scope="module")
def what_stays_is_not_looked_through() -> Iterator[None]:
    """Before the tests of a file: what still lives of the files before is taken out of what the garbage collector looks
    through, for a run and a session collect at their end, and among all that a worker has met that takes a second."""
    gc.collect()
    gc.freeze()
    yield


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home")
