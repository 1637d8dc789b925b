"""What a model answered is not asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.contract import Prediction
from studio.data.schema import Example, Message
from studio.evaluation.evaluate import evaluate
from studio.evaluation.remembered import Remembered
from tests.evaluation.asked import Said, job

FACTS = [("你们几点开门？", "早上八点。"), ("可以退款吗？", "七天内可以退。")]


def test_a_second_card_asks_nothing_and_is_the_same(tmp_path: Path) -> None:
    of, model = job(FACTS, FACTS, lesson="facts"), Said()
    first = evaluate(Remembered(model, tmp_path / "answers", "a"), of)
    asked = len(model.heard)
    assert asked == len(set(model.heard)) > 200  # of what measures share, too, nothing is asked twice
    shares: list[float] = []
    assert evaluate(Remembered(model, tmp_path / "answers", "a"), of, shares.append) == first
    assert len(model.heard) == asked and shares[-1] == pytest.approx(1.0) and shares == sorted(shares)


def test_only_what_is_new_is_asked(tmp_path: Path) -> None:
    model = Said(after={"一": "1", "二": "2", "三": "3"})
    one, two, three = (Example(n, text, "?") for n, text in enumerate("一二三", 1))
    assert Remembered(model, tmp_path / "answers", "a").answers([one, two], True, 9) == ["1", "2"]
    assert Remembered(model, tmp_path / "answers", "a").answers([two, three, one, three], True, 9) == [
        "2",
        "3",
        "1",
        "3",
    ]
    assert model.heard == ["*一", "*二", "*三"]


@pytest.mark.parametrize("other", ["adapter", "base", "length", "before"])
def test_what_is_asked_of_another_or_otherwise_is_asked_anew(tmp_path: Path, other: str) -> None:
    model, one = Said(), Example(1, "一", "?")
    Remembered(model, tmp_path / "answers", "a").answers([one], True, 9)
    said = Example(1, "一", "?", (Message("system", "你是店员"),)) if other == "before" else one
    again = Remembered(model, tmp_path / "answers", "b" if other == "adapter" else "a")
    again.answers([said], other != "base", 10 if other == "length" else 9)
    assert len(model.heard) == 2


def test_probabilities_and_leanings_come_back_as_they_were(tmp_path: Path) -> None:
    sure = Prediction("好评", 0.75, {"好评": 0.75, "差评": 0.25})
    model = Said(after={"好": sure, "对": 0.125})
    for _ in range(2):
        again = Remembered(model, tmp_path / "answers", "a")
        assert again.classify([[Message("user", "好")]], True) == [sure]
        assert again.leanings([Example(1, "对", "甲", rejected="乙")], True) == [0.125]
    assert len(model.heard) == 2


def test_lines_that_cannot_be_read_are_asked_again(tmp_path: Path) -> None:
    model, file = Said(after={"一": "1", "二": "2"}), tmp_path / "answers"
    rows = [Example(n, text, "?") for n, text in enumerate("一二", 1)]
    Remembered(model, file, "a").answers(rows, True, 9)
    file.write_bytes(file.read_bytes()[:-3] + b"\xff")  # cut off by a crash
    for _ in range(2):
        assert Remembered(model, file, "a").answers(rows, True, 9) == ["1", "2"]
    assert model.heard == ["*一", "*二", "*二"]


def test_a_card_is_made_where_its_answers_cannot_be_kept(tmp_path: Path) -> None:
    nowhere = Remembered(Said(after={"一": "1"}), tmp_path / "no" / "folder", "a")
    assert nowhere.answers([Example(1, "一", "?")], True, 9) == ["1"]
