"""Small real files of every kind, written by the tests that need them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from studio.data.datastore import DataStore
from studio.data.reading.child import tabulate_file
from studio.data.schema import Dataset, Table
from studio.errors import StudioError
from studio.workspace import Workspace

Read = Callable[..., Table]
PAIRS = [(f"第{number}杯", ("好评", "差评", "中性", "")[(number - 1) % 4]) for number in range(1, 41)]
SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def store(workspace: Workspace) -> DataStore:
    return DataStore(workspace)


@pytest.fixture
def dataset(store: DataStore) -> Dataset:
    """40 rows, of which every fourth waits for its label."""
    return store.add_rows("评价", "classify", PAIRS)


@pytest.fixture
def read_text(tmp_path: Path) -> Read:
    """The table in a text file of this content, parsed in this process."""

    def read(content: str | bytes, name: str = "file.csv") -> Table:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tabulate_file(path)

    return read


@pytest.fixture
def read_json(read_text: Read) -> Read:
    return lambda data: read_text(json.dumps(data, ensure_ascii=False), "file.json")


@pytest.fixture
def xlsx(tmp_path: Path) -> Callable[[Sequence[Sequence[Any]]], Path]:
    """A workbook with these rows on its only sheet."""

    def write(rows: Sequence[Sequence[Any]], name: str = "file.xlsx") -> Path:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


def refusal(call: Callable[[], Any]) -> str:
    """The key of the StudioError that `call` raises, after checking that it can be said in both languages."""
    with pytest.raises(StudioError) as refused:
        call()
    error = StudioError(
        refused.value.key, **{"file": "the file's name, which the caller adds", **refused.value.details}
    )
    assert error.say("zh") and error.say("en")
    return error.key
