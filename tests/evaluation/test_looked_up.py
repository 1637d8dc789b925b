"""The same questions with and without a handbook, before and after: which of the two they need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.evaluation import report as reports
from studio.evaluation.measures import MEASURES
from studio.evaluation.measures.looked_up import choice
from studio.findings import sections
from studio.studio import Studio
from studio.words import LANGS, say
from tests.fakes import FakeEngine

NONE, SOME, MANY, ALL = ([True] * right + [False] * (20 - right) for right in (0, 6, 14, 20))


@pytest.mark.parametrize(
    ("base", "looked", "tuned", "both", "wanted"),
    [
        (NONE, ALL, NONE, ALL, "look_up"),
        (NONE, NONE, ALL, ALL, "tune"),
        (NONE, NONE, ALL, NONE, "tune"),
        (NONE, SOME, SOME, ALL, "both"),
        (NONE, MANY, MANY, MANY, "either"),
        (SOME, SOME, SOME, SOME, "neither"),
        (NONE, SOME, MANY, MANY, "tune"),
        (NONE, MANY, SOME, MANY, "look_up"),
    ],
)  # fmt: skip
def test_what_has_clearly_more_of_the_same_rows_right_is_needed(
    base: list[bool], looked: list[bool], tuned: list[bool], both: list[bool], wanted: str
) -> None:
    assert choice(base, looked, tuned, both) == wanted
    for lang in LANGS:
        assert say(f"report_card.choice_{wanted}", lang)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def trained(studio: Studio, task: str = "chat") -> str:
    rows = [
        (f"{asked}第{n}号茶", f"{n}点开始卖" if task == "chat" else "ab"[n % 2])
        for n in range(10, 20) for asked in ("几点卖", "几时卖", "什么时候卖")
    ]  # fmt: skip
    return studio.train(studio.plan(studio.data.add_rows("rows", task, rows).id, changes={"epochs": 1}).config).id  # type: ignore[arg-type]


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "手册.md"
    path.write_text("\n\n".join(f"## 第{n}号茶\n\n{n}点开始卖" for n in range(10, 20)), encoding="utf-8")
    return path


def test_the_card_compares_four_and_says_so_in_every_language(studio: Studio, manual: Path) -> None:
    run = trained(studio)
    assert "handbook" not in studio.evaluate(run), "nothing is asked where no handbook is at hand"
    found = studio.evaluate(run, handbook=str(manual))
    told = found["handbook"]
    assert told["count"] == found["count"] and 0 < told["found"] <= told["count"]
    assert list(told["table"][0]) == ["base", "base_handbook", "tuned", "tuned_handbook"]
    assert told["table"][0]["tuned"] == pytest.approx(found["tuned"]["correct"] / found["count"])
    for lang in LANGS:
        (section,) = [one for one in sections(reports.of(found), lang) if one.part == "handbook"]
        (finding,) = section.findings
        assert say(f"report_card.choice_{told['choice']}", lang) in finding.said and finding.table
        assert finding.table.heads[1] == say("report_card.column_base_handbook", lang)


def test_the_handbook_beside_a_run_is_the_one_that_is_compared(studio: Studio, manual: Path) -> None:
    run = trained(studio)
    studio.looking_up.lay(run, studio.looking_up.shelf.add(manual).id)
    assert studio.evaluate(run)["handbook"]["found"] > 0


def test_labels_are_not_looked_up(studio: Studio, manual: Path) -> None:
    assert "handbook" not in studio.evaluate(trained(studio, "classify"), handbook=str(manual))
    assert "handbook" in MEASURES
