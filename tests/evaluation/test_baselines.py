"""The simple methods that every model is held against."""

from __future__ import annotations

import pytest

from studio.evaluation.baselines import letters, most_frequent

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
