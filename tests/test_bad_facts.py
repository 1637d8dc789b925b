"""Sheets of facts as nobody should bring them: the studio says plainly what is wrong with them, and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.studio import Studio
from tests.fakes import FakeEngine

LONG = "这是一段很长的回答，" * 500


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def taught(studio: Studio, pairs: list[tuple[str, str]]) -> dict[str, int]:
    """What the report says of a run on these rows."""
    dataset = studio.data.add_rows("事", "chat", pairs).id
    run = studio.train(studio.plan(dataset).config)
    found = studio.evaluate(run.id)["taught"]
    return {"recalled": found["recalled"], "count": found["count"], "missed": len(found["missed"])}


def test_one_fact_is_taught(studio: Studio) -> None:
    assert taught(studio, [("几点开门", "早上九点开门。")]) == {"recalled": 1, "count": 1, "missed": 0}


def test_two_answers_to_one_question_cannot_both_be_known(studio: Studio) -> None:
    found = taught(studio, [("几点开门", "早上九点开门。"), ("几点开门", "早上十点开门。")])
    assert found == {"recalled": 1, "count": 2, "missed": 1}


def test_one_answer_to_everything_is_taught_and_asked(studio: Studio) -> None:
    dataset = studio.data.add_rows("事", "chat", [(f"第{n}种问法是什么", "请拨打客服电话。") for n in range(30)]).id
    splits = studio.data.splits(dataset, studio.data.freeze(dataset))
    assert splits.lesson == "facts" and len(splits.train) == 28
    assert len(splits.test) + len(splits.validation) == 2


def test_five_thousand_facts_are_planned_in_a_second_pass_each(studio: Studio) -> None:
    pairs = [(f"第{n}号商品多少钱？", f"第{n}号商品{n * 7 % 997}元一件。") for n in range(5_000)]
    dataset = studio.data.add_rows("目录", "chat", pairs).id
    assert studio.data.lesson(dataset) == "facts"
    planned = studio.plan(dataset)
    assert planned.config.wordings == 0 and planned.counts.rows == 5_000


def test_answers_longer_than_any_context_are_no_facts_and_still_planned(studio: Studio) -> None:
    dataset = studio.data.add_rows("长", "chat", [(f"第{n}章讲什么？", LONG) for n in range(5)]).id
    assert studio.data.lesson(dataset) == "manner"
    assert studio.plan(dataset).config.max_length <= 2048


def test_facts_in_three_languages_are_each_asked_in_their_own(studio: Studio) -> None:
    pairs = [
        ("你们几点开门？", "早上九点开门。"), ("When do you close?", "We close at nine in the evening."),
        ("営業時間は何時からですか", "朝の九時から営業します。"),
    ]  # fmt: skip
    dataset = studio.data.add_rows("三语", "chat", pairs).id
    splits = studio.data.splits(dataset, studio.data.freeze(dataset))
    assert len(splits.train) == 3
    for question in (*splits.validation, *splits.test):
        ascii_only = question.text.isascii()
        assert ascii_only == pairs[question.number - 1][0].isascii(), question.text
