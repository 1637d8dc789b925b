"""The simple methods that every model is held against."""

from __future__ import annotations

import pytest

from studio.contract import Prediction
from studio.evaluation.baselines import beats, letters, most_frequent, together

GOOD, BAD = "很好喝，还会再来", "太难喝了，不来了"
PAIRS = [(f"{text}{n}", label) for n in range(6) for text, label in ((GOOD, "好评"), (BAD, "差评"))]


def test_counting_letters_tells_what_it_was_told_and_how_sure_it_is() -> None:
    answers = letters(PAIRS)
    assert answers is not None
    said = answers([GOOD, BAD])
    assert [one.answer for one in said] == ["好评", "差评"]
    for one in said:
        assert one.confidence == max(one.probabilities.values()) > 0.5
        assert sum(one.probabilities.values()) == pytest.approx(1)
    assert answers([]) == []


@pytest.mark.parametrize("pairs", [[], [("好", "好评")] * 30, [("", "a"), (" \n", "b")] * 10])
def test_where_nothing_can_be_told_apart_there_are_no_answers(pairs: list[tuple[str, str]]) -> None:
    assert letters(pairs) is None


def test_the_most_frequent_label_is_that_of_most_rows() -> None:
    assert most_frequent([("好", "好评"), ("差", "差评"), ("行", "好评")]) == "好评"


def said(good: float, bad: float) -> Prediction:
    return Prediction("好评" if good > bad else "差评", max(good, bad), {"好评": good, "差评": bad})


def test_the_surer_of_two_votes_decides() -> None:
    assert together(said(0.6, 0.4), said(0.1, 0.9)).answer == "差评"
    both = together(said(0.9, 0.1), said(0.4, 0.6))
    assert both.answer == "好评" and both.confidence == pytest.approx(0.9 * 0.4**2 / (0.9 * 0.4**2 + 0.1 * 0.6**2))
    assert sum(both.probabilities.values()) == pytest.approx(1)


def test_a_label_that_only_the_model_knows_is_the_models_to_give_when_nothing_else_is_left() -> None:
    new = Prediction("中性", 1.0, {"中性": 1.0, "好评": 0.0, "差评": 0.0})
    assert together(new, said(0.5, 0.5)) == new


def test_a_method_is_clearly_better_by_the_rows_on_which_the_two_differ() -> None:
    alike = [True] * 1000
    assert not beats(alike + [True], alike + [False])  # one row is luck, however many both have right
    assert beats(alike + [True] * 5 + [False], alike + [False] * 5 + [True])
    assert not beats(alike + [False] * 5, alike + [True] * 5)
    assert not beats([], [])
