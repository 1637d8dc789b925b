"""Passages found by what they mean, with meanings made by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from studio.handbook.cutting import Passage
from studio.handbook.finding import FAR, NEAR, Finder

HOURS, REFUND, PARKING = (
    Passage(1, "The doors open at nine in the morning."),
    Passage(2, "Money comes back within seven days."),
    Passage(3, "Cars stand behind the house."),
)
HANDBOOK = (HOURS, REFUND, PARKING)
TURN = {passage.text: angle for passage, angle in zip(HANDBOOK, (0.0, 1.5, 3.0), strict=True)}


@dataclass(frozen=True)
class Angles:
    """Texts as directions in a plane, so far from the first that their product is that of the angle."""

    of: dict[str, float]
    reading: bool = True

    def __call__(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [[math.cos(self.of[text]), math.sin(self.of[text])] for text in texts]

    def reads(self, texts: Sequence[str]) -> bool:
        return self.reading


def found(question: str, angle: float, reading: bool = True) -> list[int]:
    finder = Finder(HANDBOOK, Angles({**TURN, question: angle}, reading))
    return [passage.number for passage in finder.find(question)]


def test_a_passage_that_says_it_in_other_words_is_found() -> None:
    question = "refund policy"
    assert Finder(HANDBOOK).find(question) == []
    assert found(question, 1.5) == [2]


@pytest.mark.parametrize(("product", "wanted"), [(NEAR + 0.01, [1]), (NEAR - 0.01, [])])
def test_one_that_is_not_near_enough_is_not(product: float, wanted: list[int]) -> None:
    assert found("tickets", -math.acos(product)) == wanted


@pytest.mark.parametrize(("product", "wanted"), [(FAR + 0.01, [3]), (FAR - 0.01, [])])
def test_words_that_are_the_same_by_chance_are_not_enough(product: float, wanted: list[int]) -> None:
    assert [one.number for one in Finder(HANDBOOK).find("house cars")] == [3]
    assert found("house cars", 3.0 + math.acos(product)) == wanted


def test_words_and_meaning_together_say_which_comes_first() -> None:
    """Of the question's words only the second has any; by meaning the first is nearest: 1/61 + 1/62, and 1/61."""
    assert found("money within days", 0.7) == [2, 1]


def test_a_model_that_cannot_read_the_handbook_is_not_asked() -> None:
    assert found("refund policy", 1.5, reading=False) == []
