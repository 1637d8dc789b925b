"""Thumbs on single answers: kept whatever happens, turned and taken back, and learned from by KTO."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from studio.data.schema import Message, Thumb
from studio.errors import StudioError
from studio.judging import told
from studio.judging.learning import facts
from studio.judging.opinions import Asked, Correction, Thumbed
from studio.studio import Studio
from tests.fakes import FakeEngine
from tests.judging.conftest import talking

BEFORE = (Message("system", "你是小灶"), Message("user", "在吗"), Message("assistant", "在"))


def thumb(studio: Studio, run: str, asked: str, answer: str, liked: Thumb, context: tuple[Message, ...] = ()) -> None:
    dataset = studio.run(run).config.dataset
    studio.judging.thumb(Thumbed(dataset, run, Asked(asked, context), answer, liked))


def rows(studio: Studio, run: str) -> list[tuple[str, str, str]]:
    return [(row.text, row.target, row.liked) for row in studio.judging.learnable(run)["thumbs"].rows]


def test_each_of_two_answers_can_be_liked_or_not_and_the_last_word_counts(studio: Studio, run: str) -> None:
    thumb(studio, run, "远吗", "不远", "down")
    thumb(studio, run, "远吗", "出门右转", "up")
    thumb(studio, run, "远吗", "不远", "up")
    thumb(studio, run, "累吗", "累", "down")
    thumb(studio, run, "累吗", "累", "")
    assert rows(studio, run) == [("远吗", "出门右转", "up"), ("远吗", "不远", "up")]


def test_thumbs_become_rows_that_kto_learns_from_with_what_was_said_before(studio: Studio, run: str) -> None:
    for n in range(20):
        thumb(studio, run, f"第{n}问", f"您好，{n}号。", "up", BEFORE)
        thumb(studio, run, f"第{n}问", f"{n}号？不知道。", "down")
    found = studio.judging.learnable(run)["thumbs"]
    assert (found.votes, found.corrections, found.left_out, found.missing) == (40, 0, 0, 0)
    assert facts(found) == {
        "rows": 40, "up": 20, "down": 20, "votes": 40, "corrections": 0, "left_out": 0, "missing": 0,
    }  # fmt: skip
    made = studio.judging.learn(run, "thumbs", "七月的赞和踩")
    assert (made.name, made.task, made.report.rows, made.report.dropped) == ("七月的赞和踩", "prefer", 40, ())
    kept, _ = studio.data.rows(made.id, limit=100)
    assert Counter(row.liked for row in kept) == {"up": 20, "down": 20}
    assert next(row.context for row in kept if row.liked == "up") == BEFORE
    plan = studio.plan(made.id, changes={"epochs": 1})
    assert plan.config.preference_loss == "kto"
    assert studio.train(plan.config).status == "finished"


def test_a_single_thumb_is_a_row_too_and_what_is_missing_is_told(studio: Studio, run: str) -> None:
    thumb(studio, run, "远吗", "不远", "up")
    found = studio.judging.learnable(run)["thumbs"]
    assert found.lacking == {"up": 9, "down": 10}
    assert "9 个赞、10 个踩" in told.learnable(found, "zh") and "9 more up, 10 more down" in told.learnable(found, "en")
    made = studio.judging.learn(run, "thumbs", "一个赞")
    assert {"reason": "data.only_thumbs_up", "up": 1, "down": 0} in made.report.notes
    with pytest.raises(StudioError) as refusal:
        studio.plan(made.id)
    assert refusal.value.key == "run.only_thumbs_up"


def test_beside_thumbs_a_correction_says_what_was_wrong_and_what_is_right(studio: Studio, run: str) -> None:
    dataset = studio.run(run).config.dataset
    studio.judging.correct(Correction(dataset, run, Asked("几点关门", (), "晚上十点。"), "不知道"))
    assert rows(studio, run) == [], "a correction alone is a pair, and says more so"
    thumb(studio, run, "几点关门", "不知道", "up")
    thumb(studio, run, "远吗", "不远", "up")
    assert rows(studio, run) == [
        ("远吗", "不远", "up"),
        ("几点关门", "不知道", "down"),
        ("几点关门", "晚上十点。", "up"),
    ]
    found = studio.judging.learnable(run)["thumbs"]
    assert (found.votes, found.corrections, found.left_out) == (2, 1, 1)


def test_thumbs_outlive_their_run_and_the_program_and_are_learned_with_those_of_its_kin(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        run = talking(studio)
        again = studio.train(studio.plan(studio.run(run).config.dataset, changes={"epochs": 2}).config).id
        other = talking(studio, "别家")
        for number, one in enumerate((run, again, other)):
            thumb(studio, one, f"第{number}问", "是", "down")
        dataset = studio.run(run).config.dataset
        studio.delete(run)
        studio.judging.thumb(Thumbed(dataset, run, Asked("晚来的"), "是", "up"))
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        assert rows(studio, run) == rows(studio, again) == [
            ("第0问", "是", "down"), ("第1问", "是", "down"), ("晚来的", "是", "up")
        ]  # fmt: skip
