"""Every row is tested once by a model that did not learn it, and labels that all models doubt come first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio import crosscheck
from studio.errors import StudioError
from studio.evaluation.report import Answered
from studio.intervals import wilson
from studio.studio import Studio
from tests.fakes import FakeEngine
from tests.studios import REVIEWS


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def test_five_runs_come_to_one_score_and_doubt_the_label_that_is_wrong(studio: Studio) -> None:
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    studio.data.edit(dataset, 1, target="差评")  # 很好喝
    plan = crosscheck.plan(studio, dataset, 5, {"epochs": 1})
    runs = [studio.train(config).id for config in crosscheck.configs(plan.config)]
    again = studio.train(crosscheck.configs(plan.config)[4]).id  # of two runs of a fold the newer one counts
    shares: list[float] = []
    found = crosscheck.joint(studio, runs[0], shares.append)
    assert found.runs == (*runs[:4], again) and shares == sorted(shares)
    assert found.count == 40 == len({row.number for row in found.rows}) and len(found.each) == 5
    assert found.interval == wilson(found.correct, 40) and found.as_json()["doubted"][0]["number"] == 1
    assert [row.number for row in found.doubted][:1] == [1] and found.goal
    assert crosscheck.line_up(studio, found) == len(found.doubted)
    desk = studio.data.labelling.desk(dataset, order="first")
    card = desk.card(1)
    assert desk.waiting(0) == 1 and card.target == "差评" and card.suggestion and card.suggestion.label == "好评"
    desk.put(1, "差评", card.revision)  # it is right as it is: the row leaves the line all the same
    assert desk.waiting(0) != 1


def test_without_all_folds_there_is_no_score(studio: Studio) -> None:
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    plain = studio.train(studio.plan(dataset, changes={"epochs": 1}).config).id
    first = studio.train(crosscheck.plan(studio, dataset, 3, {"epochs": 1}).config).id
    for run, key in ((plain, "rounds.not_folds"), (first, "rounds.folds_missing")):
        with pytest.raises(StudioError) as caught:
            crosscheck.joint(studio, run)
        assert caught.value.key == key and "{" not in caught.value.say("zh")


def test_facts_cannot_be_cross_checked_and_too_few_rows_neither(studio: Studio) -> None:
    facts = studio.data.add_rows("问答", "chat", [(f"{a}{b}", b) for a in ("几点", "啥时") for b in "一二三四五"]).id
    studio.data.teach(facts, "facts")
    few = studio.data.add_rows("少", "classify", [("好喝", "好评"), ("难喝", "差评"), ("真好", "好评")]).id
    for dataset, key in ((facts, "split.no_folds_of_facts"), (few, "split.too_few_for_folds")):
        with pytest.raises(StudioError) as caught:
            crosscheck.plan(studio, dataset, 5)
        assert caught.value.key == key


def test_only_who_is_as_sure_as_of_other_such_rows_doubts_a_label() -> None:
    def row(number: int, target: str, said: str, sure: float) -> Answered:
        return Answered(number, "", target, said, correct=target == said, confidence=sure)

    rows = [row(1, "a", "a", 0.8), row(2, "a", "a", 0.6), row(3, "b", "a", 0.7), row(4, "b", "a", 0.65)]
    assert [one.number for one in crosscheck.doubted([*rows, row(5, "b", "a", 0.95)])] == [5, 3]
    assert crosscheck.doubted([row(1, "b", "a", 0.9)]) == []  # nobody knows how sure it mostly is
