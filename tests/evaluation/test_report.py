"""Reports of every age are read with names; what is missing has a default, what is more is passed over."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from studio.evaluation.report import Metrics, Report, of, read
from tests.made import made_report


def written(**changes: Any) -> bytes:
    return json.dumps({**asdict(made_report()), **changes}, ensure_ascii=False).encode()


def test_a_report_is_read_as_it_was_written() -> None:
    assert read(written()) == made_report()


def test_what_only_a_newer_version_writes_is_passed_over() -> None:
    tuned = {**asdict(made_report().tuned), "kappa": 0.7}
    rows = [{**asdict(row), "embedding": [1, 2]} for row in made_report().rows]
    assert read(written(tuned=tuned, rows=rows, carbon={"grams": 3})) == made_report()


@pytest.mark.parametrize("name", ["baseline", "together", "taught", "part", "labels", "confusion"])
def test_what_an_older_version_did_not_write_has_a_default(name: str) -> None:
    values = {key: value for key, value in asdict(made_report()).items() if key != name}
    assert isinstance(of(values), Report)


def test_simple_methods_that_were_not_measured_are_left_out() -> None:
    baseline = {"majority": {"correct": 3, "count": 9}, "accuracy": 0.3, "interval": [0.1, 0.6]}
    assert of({**asdict(made_report()), "baseline": baseline}).baseline == {"majority": Metrics(3, 9)}
    assert of({**asdict(made_report()), "baseline": 0.5}).baseline == {}


@pytest.mark.parametrize(
    "content", [b"", b"\0\0", b"[]", b"{}", b"7", b"[" * 9000, written(tuned=3), written(rows=[{}])]
)
def test_what_is_no_report_is_none(content: bytes) -> None:
    assert read(content) is None
