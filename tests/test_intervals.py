"""The Wilson interval against figures computed by hand, and one for votes that are watched against its definition."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import beta

from studio.intervals import watched, wilson


@pytest.mark.parametrize(
    ("correct", "count", "low", "high"),
    [(9, 10, 0.596, 0.982), (18, 20, 0.699, 0.972), (90, 100, 0.826, 0.945), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0)],
)
def test_known_intervals(correct: int, count: int, low: float, high: float) -> None:
    assert wilson(correct, count) == pytest.approx((low, high), abs=5e-4)


def test_no_rows_tell_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 500).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_share_lies_within_and_the_ends_within_nought_and_one(counts: tuple[int, int]) -> None:
    correct, count = counts
    low, high = wilson(correct, count)
    assert 0 <= low <= correct / count + 1e-12 and correct / count - 1e-12 <= high <= 1


# --- watched as they come


@pytest.mark.parametrize(("wins", "count"), [(7, 7), (12, 16), (3, 20), (30, 60)])
def test_a_watched_interval_is_where_the_mixture_bets_less_than_twenty_to_one(wins: int, count: int) -> None:
    low, high = watched(wins, count)
    for end in (low, high):
        if 0 < end < 1:
            odds = beta(wins + 1, count - wins + 1) / (end**wins * (1 - end) ** (count - wins))
            assert odds == pytest.approx(20, rel=1e-6)
    assert low < wilson(wins, count)[0] + 1e-9 and high > wilson(wins, count)[1] - 1e-9


def test_no_vote_tells_nothing() -> None:
    assert watched(0, 0) == (0.0, 1.0)


def covered(share: float, interval: Callable[[int, int], tuple[float, float]], *, watching: bool) -> float:
    """Of 1,000 series of up to 60 votes, how many had the true share inside: at the end, or at every look."""
    draws = np.random.default_rng(7).random((1000, 60)) < share
    wins = draws.cumsum(axis=1)
    known = {(w, n): interval(w, n) for n in range(1, 61) for w in range(n + 1)}
    looks = range(1, 61) if watching else (60,)
    return float(
        np.mean([all(known[row[n - 1], n][0] <= share <= known[row[n - 1], n][1] for n in looks) for row in wins])
    )


@pytest.mark.parametrize("share", [0.5, 0.65, 0.8])
def test_whoever_watches_is_right_nineteen_times_of_twenty_only_with_the_one_made_for_it(share: float) -> None:
    assert 0.93 <= covered(share, wilson, watching=False) <= 0.97
    assert covered(share, watched, watching=True) >= 0.95
    assert covered(share, wilson, watching=True) < 0.85
