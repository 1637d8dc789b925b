"""Scores that are right, and say how sure they are."""

from __future__ import annotations

import pytest
from sklearn.metrics import confusion_matrix, f1_score

from studio.engine import metrics

LABELS = ["a", "b", "c"]


def test_macro_f1_and_confusion_equal_those_of_scikit_learn() -> None:
    targets = list("aaabbbccabca")
    answers = list("aabbbaccabcb")
    found = metrics.classified(answers, targets, LABELS)
    assert found["macro_f1"] == pytest.approx(f1_score(targets, answers, average="macro"))
    assert metrics.confusion(answers, targets, LABELS) == confusion_matrix(targets, answers, labels=LABELS).tolist()
    assert (found["correct"], found["count"]) == (9, 12) and found["accuracy"] == 0.75


def test_no_rows_are_no_success() -> None:
    assert metrics.classified([], [], LABELS) == {
        "accuracy": 0.0, "macro_f1": 0.0, "correct": 0, "count": 0, "interval": [0.0, 1.0]
    }  # fmt: skip
    assert metrics.replied([], [])["correct"] == 0


@pytest.mark.parametrize(
    ("answer", "target", "same"),
    [
        ("早上九点开门。", "早上九点开门", True),
        ("早上九点开门哦", "早上九点开门。", True),
        ("晚上九点开门。", "早上九点开门。", True),  # one letter in six: nearly the same words
        ("减20%糖浆。", "减20％ 糖浆", True),
        ("减30%糖浆。", "减20%糖浆。", False),
        ("加珍珠2元,红豆3元", "加珍珠3元,红豆2元", False),
        ("营业到10:00", "营业到10:30", False),
        ("1.5元一杯哦亲", "15元一杯哦亲", False),
        ("不知道", "早上九点开门。", False),
        ("", "早上九点开门。", False),
        ("OPEN AT NINE", "open at nine.", True),
    ],
)
def test_an_answer_is_right_when_words_are_alike_and_numbers_equal(answer: str, target: str, same: bool) -> None:
    assert metrics.fuzzy(answer, target) is same


def test_exact_ignores_spaces_width_case_and_punctuation_but_no_number() -> None:
    found = metrics.replied(["ＯＫ， 好的！", "1.5元", "好的"], ["ok,好的", "15元", "好"])
    assert (found["exact"], found["correct"]) == (pytest.approx(1 / 3), 1)
