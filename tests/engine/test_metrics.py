"""Scores that are right, and say how sure they are."""

from __future__ import annotations

import pytest

from studio.evaluation import metrics

TARGETS, ANSWERS = list("aaabbbccabca"), list("aabbbaccabcb")


def test_macro_f1_counts_every_label_that_occurs_the_same() -> None:
    found = metrics.classified(ANSWERS, TARGETS)
    assert found["macro_f1"] == pytest.approx((2 * 3 / 9 + 2 * 3 / 9 + 2 * 3 / 6) / 3)
    assert (found["correct"], found["count"]) == (9, 12) and found["accuracy"] == 0.75


def test_confusion_has_a_row_for_every_label() -> None:
    assert metrics.confusion(ANSWERS, TARGETS, list("abcd")) == [[3, 2, 0, 0], [1, 3, 0, 0], [0, 0, 3, 0], [0, 0, 0, 0]]
    assert metrics.confusion([], [], ["a", "b"]) == [[0, 0], [0, 0]]


def test_no_rows_are_no_success() -> None:
    assert metrics.classified([], []) == {
        "accuracy": 0.0, "macro_f1": 0.0, "correct": 0, "count": 0, "interval": [0.0, 1.0]
    }  # fmt: skip
    assert metrics.replied([], [])["correct"] == 0


def test_exact_ignores_spaces_width_case_and_punctuation_but_no_number() -> None:
    found = metrics.replied(["ＯＫ， 好的！", "1.5元", "好的"], ["ok,好的", "15元", "好"])
    assert (found["exact"], found["correct"]) == (pytest.approx(1 / 3), 1)


def test_an_answer_is_correct_by_its_facts_and_not_by_its_letters() -> None:
    targets = ["早上九点半开门。"] * 3
    found = metrics.replied(["早上9:30开门", "早上十点半开门。", "早上九点半不开门。"], targets)
    assert (found["correct"], found["exact"]) == (1, 0.0) and found["similarity"] > 0.75
