"""Every nasty file gives the rows that a careful person reads in it, or a question; none is silently wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.data.intake.intake import Wish, understand
from studio.data.reading.child import tabulate_file
from studio.errors import StudioError
from tests.data.nasty import CASES
from tests.data.nasty.case import Case


def test_there_are_many_and_each_has_a_name_of_its_own() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_file_gives_its_rows_or_asks(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "表"
    path.write_bytes(case.content)
    if case.refusal:
        with pytest.raises(StudioError) as refused:
            understand(tabulate_file(path, case.reading), Wish(), "表")
        assert refused.value.key == case.refusal
        said = StudioError(refused.value.key, **{"file": "表", **refused.value.details})
        assert said.say("zh") and said.say("en")
        return
    examples, report = understand(tabulate_file(path, case.reading), Wish(), "表")
    assert [(example.text, example.target) for example in examples] == case.rows
    assert [example.rejected for example in examples if example.rejected] == list(case.worse)
    entries = [*report.repaired, *report.dropped, *report.notes]
    reasons = {(entry.get("row", 0), entry["reason"].removeprefix("data.")) for entry in entries}
    assert set(case.said) <= reasons
    before = [(message.role, message.content) for message in examples[-1].context]
    assert before == list(case.context)
