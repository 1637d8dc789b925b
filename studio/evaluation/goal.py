"""A share of right answers that was wanted beforehand: reached, missed or not yet sure, and how many rows would tell.

Knows no run and no language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.intervals import wilson

State = Literal["reached", "missed", "unsure"]
MOST_ROWS = 10_000  # more than that nobody asks: the score lies where the goal is


@dataclass(frozen=True)
class Goal:
    """`share`: what was wanted, 0 … 1. `rows`: of how many rows in all the test would have to be to settle it, if as
    large a share of them came out right; None where it is settled, or never will be."""

    share: float
    state: State
    rows: int | None = None


def goal(correct: int, count: int, share: float) -> Goal | None:
    """None where nothing was wanted, or nothing asked. Reached or missed only where the whole 95 % interval says so."""
    if not share or not count:
        return None
    low, high = wilson(correct, count)
    if low >= share:
        return Goal(share, "reached")
    if high < share:
        return Goal(share, "missed")
    return Goal(share, "unsure", _rows(correct / count, count, share))


def _rows(found: float, count: int, share: float) -> int | None:
    """The fewest rows from which on the interval of the share `found` lies on one side of `share`; by halving, because
    it narrows with each row."""
    low, high = count, MOST_ROWS
    if not _settles(found, high, share):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _settles(found, middle, share) else (middle + 1, high)
    return high


def _settles(found: float, count: int, share: float) -> bool:
    low, high = wilson(round(found * count), count)
    return low >= share or high < share
