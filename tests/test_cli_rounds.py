"""From one run to the next in a terminal: cards compared, one made the live one, this week's rows added."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from studio.cli import app
from studio.studio import Studio
from tests.fakes import FakeEngine
from tests.studios import REVIEWS


def told(home: Path, *words: str, code: int = 0) -> dict[str, Any]:
    """The JSON that a command prints."""
    done = CliRunner().invoke(app, [*words, "--home", str(home), "--json"])
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, str, str, str]:
    """A workspace, its dataset, and two tested runs, of which the second goes on from the first."""
    home = tmp_path / "home"
    with Studio(FakeEngine(), home) as studio:
        dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
        first = studio.train(studio.plan(dataset, changes={"epochs": 1}).config).id
        studio.evaluate(first)
        studio.data.insert(dataset, "珍珠有点硬", "差评")
        second = studio.train(studio.plan(dataset, changes={"continues": first}).config).id
        studio.evaluate(second)
    return home, dataset, first, second


def test_cards_are_compared_and_one_is_made_the_live_one(runs: tuple[Path, str, str, str]) -> None:
    home, dataset, first, second = runs
    found = told(home, "compare", first, second)
    assert [(one["run"], one["live"]) for one in found["runs"]] == [(first, False), (second, True)]
    assert {one["name"] for one in found["differences"]} >= {"continues", "dataset_version", "learning_rate"}
    assert found["changes"][0]["both"] and [one["run"] for one in found["runs"][1]["chain"]] == [first, second]
    assert told(home, "live", first)["dataset"] == dataset
    assert told(home, "compare", first, second)["runs"][0]["live"]
    assert told(home, "compare", first, code=1)["error"]["key"] == "rounds.two_runs"


def test_rows_of_a_file_are_added_and_what_cannot_be_gone_on_from_is_said(
    runs: tuple[Path, str, str, str], tmp_path: Path
) -> None:
    home, dataset, first, _ = runs
    week = tmp_path / "week.csv"
    week.write_text("text,label\n珍珠有点硬,差评\n糖太多了,差评\n", encoding="utf-8")
    assert told(home, "add-rows", dataset, str(week)) == {"dataset": dataset, "added": 1, "known": 1, "left_out": 0}
    refused = told(home, "plan", dataset, "--from", first, "--set", "rank=4", code=1)["error"]
    assert refused["key"] == "run.continues_otherwise" and "rank: 16 → 4" in refused["en"]
