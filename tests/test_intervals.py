"""The Wilson interval against figures computed by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.intervals import wilson


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
