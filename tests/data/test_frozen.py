"""Rows on the disk are the rows that were written, however they are asked for, and cost no memory before."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import commit
from studio.data import frozen
from studio.data.datastore import DataStore
from studio.data.frozen import AT_ONCE, Frozen
from studio.data.schema import PARTS, Example, Message, Splits
from studio.errors import StudioError
from studio.workspace import Workspace

SYSTEM = (Message("system", "你是店员"), Message("user", "在吗"), Message("assistant", "在的"))


def made(count: int) -> tuple[Example, ...]:
    """Rows of which some have a conversation before them, a group, or another origin."""
    return tuple(
        Example(
            number,
            f"第{number}问\n",
            "" if number % 7 == 0 else f"{number} 😀",
            SYSTEM[: number % 4],
            "组" * (number % 3),
            ("own", "rule", "written")[number % 3],
        )
        for number in range(1, count + 1)
    )


ROWS = made(2 * AT_ONCE + 30)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frozen") / "version"
    with commit.committed(folder) as draft:
        frozen.keep(draft, Splits("data-1", 3, "chat", (), ROWS, warnings=({"key": "data.few", "rows": 1},)))
    return folder


@pytest.fixture(scope="module")
def rows(kept: Path) -> Sequence[Example]:
    splits = frozen.read(kept)
    assert splits and isinstance(splits.train, Frozen)
    return splits.train


def test_a_version_comes_back_whole_with_its_parts(tmp_path: Path) -> None:
    splits = Splits(
        "data-1", 3, "classify", ("好评", "差评"), ROWS[5:], ROWS[3:5], ROWS[:3], ({"key": "x", "n": 1},), "labels"
    )
    with commit.committed(tmp_path / "version") as draft:
        frozen.keep(draft, splits)
    read = frozen.read(tmp_path / "version")
    assert read == splits and read is not None and read.warnings == splits.warnings
    assert [len(getattr(read, part)) for part in PARTS] == [len(ROWS) - 5, 2, 3]
    with commit.committed(tmp_path / "again") as draft:
        frozen.keep(draft, read)
    assert (tmp_path / "again" / frozen.ROWS).read_bytes() == (tmp_path / "version" / frozen.ROWS).read_bytes()


def test_a_version_without_rows_comes_back(tmp_path: Path) -> None:
    empty = Splits("data-1", 1, "chat", (), ())
    with commit.committed(tmp_path / "version") as draft:
        frozen.keep(draft, empty)
    read = frozen.read(tmp_path / "version")
    assert read == empty and read is not None and not read.train and list(read.train[:5]) == []


@given(st.slices(len(ROWS)), st.lists(st.integers(-len(ROWS), len(ROWS) - 1), max_size=5))
def test_any_of_the_rows_are_those_of_the_list(rows: Sequence[Example], which: slice, places: list[int]) -> None:
    assert list(rows[which]) == list(ROWS[which]) and len(rows[which]) == len(ROWS[which])
    assert [rows[place] for place in places] == [ROWS[place] for place in places]


def test_a_place_beyond_the_last_is_no_row(rows: Sequence[Example]) -> None:
    with pytest.raises(IndexError):
        rows[len(ROWS)]
    assert ROWS[0] in rows and list(reversed(rows))[0] == ROWS[-1]


def test_rows_equal_the_same_rows_and_no_others(rows: Sequence[Example]) -> None:
    assert rows == ROWS and list(ROWS) == rows and rows == rows[:]
    other = (*ROWS[:-1], replace(ROWS[-1], target="不同"))
    assert rows != other and rows != ROWS[:-1] and rows != "text" and rows != 7


def test_another_process_gets_the_path_and_reads_the_same(rows: Sequence[Example]) -> None:
    assert len(pickle.dumps(rows[::3])) < 10 * len(ROWS)
    with ProcessPoolExecutor(1, get_context("spawn")) as other:
        assert tuple(other.submit(tuple, rows[::3]).result()) == ROWS[::3]


def test_a_digest_is_of_what_a_model_sees_wherever_the_rows_lie(rows: Sequence[Example]) -> None:
    assert frozen.digest(rows) == frozen.digest(ROWS) and frozen.digest(rows[5:]) == frozen.digest(ROWS[5:])
    last = ROWS[-1]
    others = [
        ROWS[:-1],
        ROWS[::-1],
        *(
            (*ROWS[:-1], replace(last, **change))
            for change in ({"number": 0}, {"text": ""}, {"target": "?"}, {"context": SYSTEM[1:2]})
        ),
    ]
    assert len({frozen.digest(ROWS), *map(frozen.digest, others)}) == len(others) + 1
    assert frozen.digest((*ROWS[:-1], replace(last, group="?", origin="own"))) == frozen.digest(ROWS)


def test_the_datasets_library_opens_the_rows(kept: Path) -> None:
    from datasets import Dataset

    table = Dataset.from_file(str(kept / frozen.ROWS))
    assert table.num_rows == len(ROWS) and table[3]["text"] == ROWS[3].text and table[3]["part"] == "train"


def test_a_version_whose_rows_are_gone_is_said_and_frozen_again_under_its_number(
    store: DataStore, workspace: Workspace
) -> None:
    dataset = store.add_rows("问答", "chat", [(f"第{n}号柜在哪", f"在{n}楼。") for n in range(1, 9)]).id
    version = store.freeze(dataset)
    before = store.splits(dataset, version)
    held = list(before.train)
    for damage in (lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:-30])):
        (rows,) = workspace.versions_dir(dataset).glob(f"*/{frozen.ROWS}")
        damage(rows)
        with pytest.raises(StudioError) as refusal:
            store.splits(dataset, version)
        assert refusal.value.key == "data.version_damaged"
        assert store.freeze(dataset) == version and list(store.splits(dataset, version).train) == held
    store.delete(dataset)
    assert not workspace.versions_dir(dataset).exists()
