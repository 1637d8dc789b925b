"""The rows of a dataset in numbers: counted once each, whatever is missing."""

from __future__ import annotations

import pytest

from studio.data.statistics import MANY, Statistics, statistics


def test_texts_are_counted_by_how_long_they_are() -> None:
    found = statistics([("字" * length, "好评") for length in (1, 10, 11, 20, 51, 5_000)], labelled=True)
    assert found.lengths == {10: 2, 20: 2, 50: 0, 100: 1, 200: 0, 500: 0, 1_000: 0, 2_000: 0, 0: 1}
    assert (found.middle, found.longest) == (15, 5_000)


def test_labels_are_counted_as_they_stand_the_most_frequent_first() -> None:
    found = statistics([("a", "差评"), ("b", "好评"), ("c", "好评"), ("d", ""), ("e", "NA")], labelled=True)
    assert list(found.labels.items()) == [("好评", 2), ("差评", 1), ("NA", 1)]
    assert found.answers == found.ways == {}


def test_questions_and_answers_are_counted_by_each_other() -> None:
    ways = [(f"第{number}种问法", "九点") for number in range(MANY + 3)]
    pairs = [*ways, ("几点关门", "十点"), ("几点关门", "十点半"), ("几点关门", "十点"), ("没有答案", "")]
    found = statistics(pairs, labelled=False)
    assert found.answers == {1: MANY + 3, 2: 1}, "the question without an answer has no part"
    assert found.ways == {1: 2, MANY: 1}
    assert found.labels == {}


@pytest.mark.parametrize("labelled", [True, False])
def test_of_nothing_there_is_nothing_to_tell(labelled: bool) -> None:
    assert statistics([], labelled) == Statistics(0, 0, {}, 0, 0, {}, {}, {})
