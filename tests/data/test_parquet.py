"""Parquet in: every type of cell as text, a limit for what unpacks, and nothing heavy loaded to read it."""

from __future__ import annotations

import datetime
import decimal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow.parquet import write_table

from studio.data.reading.child import tabulate_file
from studio.data.reading.read import read_table
from studio.errors import StudioError
from tests.data.conftest import refusal
from tests.data.nasty.make import parquet

SECONDS = 1_700_000_000


@pytest.mark.parametrize(
    ("values", "kind", "cells"),
    [
        ([1, None], pyarrow.int64(), ("1", "")),
        ([2**63 + 5, 0], pyarrow.uint64(), ("9223372036854775813", "0")),
        ([1.5, 2.0], pyarrow.float64(), ("1.5", "2")),
        ([True, None], pyarrow.bool_(), ("true", "")),
        ([decimal.Decimal("1.50"), None], None, ("1.50", "")),
        ([datetime.date(2020, 1, 2), None], None, ("2020-01-02", "")),
        ([datetime.time(9, 30), None], None, ("09:30:00", "")),
        ([SECONDS, None], pyarrow.timestamp("s"), ("2023-11-14 22:13:20", "")),
        ([SECONDS * 10**9 + 123_456_789, 0], pyarrow.timestamp("ns"), ("2023-11-14 22:13:20.123456", "1970-01-01")),
        ([SECONDS, None], pyarrow.timestamp("s", "Asia/Shanghai"), ("2023-11-15 06:13:20+08:00", "")),
        (["好".encode(), None], pyarrow.binary(), ("好", "")),
        (["好", None], pyarrow.large_string(), ("好", "")),
        ([["a", "b"], None], None, ('["a", "b"]', "")),
        ([{"x": 1}, None], None, ('{"x": "1"}', "")),
    ],
)  # fmt: skip
def test_a_cell_of_every_type_is_read_as_a_person_reads_it(
    values: list[Any], kind: pyarrow.DataType | None, cells: tuple[str, ...], tmp_path: Path
) -> None:
    table = pyarrow.table({"评论": ["好喝", "难喝"], "值": pyarrow.array(values, kind)})
    write_table(table, tmp_path / "one.parquet")
    assert tuple(row[1] for row in tabulate_file(tmp_path / "one.parquet").rows) == cells


def test_repeated_words_are_stored_once_and_read_as_often_as_they_stand(tmp_path: Path) -> None:
    labels = pyarrow.array(["好评", "差评"] * 50_000).dictionary_encode()
    write_table(pyarrow.table({"评论": [str(n) for n in range(100_000)], "标签": labels}), tmp_path / "many.parquet")
    rows = read_table(tmp_path / "many.parquet").rows
    assert (len(rows), rows[0], rows[-1]) == (100_000, ("0", "好评"), ("99999", "差评"))


def test_a_few_bytes_that_unpack_to_more_than_the_memory_only_end_the_child(tmp_path: Path) -> None:
    places = pyarrow.array([0] * 500_000, pyarrow.int32())
    long = pyarrow.DictionaryArray.from_arrays(places, ["字" * 100_000])
    write_table(
        pyarrow.table({"评论": long, "标签": ["好评"] * 500_000}), tmp_path / "bomb.parquet", compression="zstd"
    )
    assert (tmp_path / "bomb.parquet").stat().st_size < 50_000
    assert refusal(lambda: read_table(tmp_path / "bomb.parquet")) == "data.too_big"


@given(st.binary(max_size=60), st.integers(0, 10_000))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_is_read_or_refused(tmp_path: Path, damage: bytes, place: int) -> None:
    whole = bytearray(parquet({"评论": ["好喝", "难喝"], "标签": ["好评", "差评"]}))
    place %= len(whole)
    whole[place : place + len(damage)] = damage
    (tmp_path / "hurt.parquet").write_bytes(whole)
    try:
        tabulate_file(tmp_path / "hurt.parquet")
    except StudioError as refused:
        assert refused.key.startswith("data.")


def test_a_reader_starts_without_what_it_does_not_need(tmp_path: Path) -> None:
    table = pyarrow.table({"评论": ["好喝"], "时间": pyarrow.array([SECONDS], pyarrow.timestamp("ns"))})
    write_table(table, tmp_path / "small.parquet")
    code = (
        "import sys; from pathlib import Path; from studio.data.reading.child import tabulate_file;"
        "tabulate_file(Path(sys.argv[1])); print({'pandas', 'datasets', 'torch'} & sys.modules.keys())"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "small.parquet")], capture_output=True, text=True, timeout=120
    )
    assert told.stdout.strip() == "set()", told.stderr
