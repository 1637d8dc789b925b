"""The values of judging: who gave two answers, the answers, and what somebody said of them.

Knows no database and no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from studio.data.schema import Message, Thumb

Better = Literal["run", "against", "same"]  # whose answer is the better one
Side = Literal["run", "against"]
SIDES: tuple[Side, ...] = get_args(Side)
# How somebody judged: a person who saw whose answer was whose, one who did not, or a model.
Way = Literal["seen", "blind", "model"]
PEOPLE: tuple[Way, ...] = ("seen", "blind")
LONGEST_NAME = 60
# What can be made of all that was said: pairs, thumbs, questions with answers.
Kind = Literal["prefer", "thumbs", "chat"]


@dataclass(frozen=True)
class Contest:
    """Two who answer the same questions: a run as it was after `step` steps, and what it is compared `against`: another
    run after `against_step` steps, or "" for the run's own untouched base. `dataset`: what the run learned from."""

    dataset: str
    run: str
    step: int
    against: str = ""
    against_step: int = 0


@dataclass(frozen=True)
class Asked:
    """A question, what was said before it, and what should be answered; "" where nobody knows."""

    text: str
    context: tuple[Message, ...] = ()
    wanted: str = ""


@dataclass(frozen=True)
class Match:
    """A question with the answers of both. `id` is its number in the database, never used again."""

    id: int
    asked: Asked
    answer: str  # the run's
    other: str  # of what it is compared against

    @property
    def alike(self) -> bool:
        """Whether there is nothing to choose between."""
        return self.answer.strip() == self.other.strip()

    def of(self, side: Side) -> str:
        return self.answer if side == "run" else self.other


@dataclass(frozen=True)
class Verdict:
    """What `judge` said of match `match`. `first`: whose answer stood first, or at the left."""

    match: int
    judge: str
    better: Better
    way: Way
    first: Side = "run"
    why: str = ""


@dataclass(frozen=True)
class Mark:
    """What `judge` gave an answer, 1 … 5, for one of the criteria."""

    match: int
    of: Side
    judge: str
    criterion: str
    mark: int


@dataclass(frozen=True)
class Correction:
    """What should have been answered instead."""

    dataset: str
    run: str
    asked: Asked  # `wanted` is the corrected answer
    answer: str  # as it was given


@dataclass(frozen=True)
class Thumbed:
    """That somebody liked one answer, or did not; "" takes back what was said of it."""

    dataset: str
    run: str
    asked: Asked
    answer: str
    liked: Thumb


def named(judge: str) -> str:
    """A judge's name as it is kept."""
    return " ".join(judge.split())[:LONGEST_NAME]
