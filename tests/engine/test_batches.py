"""Every row once an epoch, little padding, and an order that depends on seed and epoch alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.engine.batches import POOL, collate, order, steps_per_epoch, within
from studio.engine.encode import Encoded

LENGTHS = st.lists(st.integers(2, 200), min_size=1, max_size=300)


@given(LENGTHS, st.integers(1, 40), st.integers(0, 5), st.integers(0, 5))
def test_every_row_is_in_exactly_one_batch_of_an_epoch(lengths: list[int], size: int, seed: int, epoch: int) -> None:
    batches = order(lengths, size, seed, epoch)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    assert len(batches) == steps_per_epoch(len(lengths), size)
    assert all(1 <= len(batch) <= size for batch in batches)


def test_the_order_follows_from_seed_and_epoch() -> None:
    lengths = [length % 37 for length in range(100)]
    first, same, later, other = (
        [batch.tolist() for batch in order(lengths, 8, seed, epoch)] for seed, epoch in ((1, 3), (1, 3), (1, 4), (2, 3))
    )
    assert first == same and first != later and first != other


@given(LENGTHS, st.integers(1, 40), st.integers(0, 5), st.integers(0, 5))
def test_the_order_is_that_of_runs_before_rows_lay_on_the_disk(
    lengths: list[int], size: int, seed: int, epoch: int
) -> None:
    """A run that was interrupted goes on with the rows that were next."""
    random = np.random.default_rng([seed, epoch])
    rows = random.permutation(len(lengths))
    batches: list[list[int]] = []
    for start in range(0, len(rows), POOL * size):
        near = sorted(rows[start : start + POOL * size].tolist(), key=lambda row: lengths[row])
        batches += [near[at : at + size] for at in range(0, len(near), size)]
    expected = [batches[at] for at in random.permutation(len(batches))]
    assert [batch.tolist() for batch in order(lengths, size, seed, epoch)] == expected


def test_rows_of_like_length_go_together() -> None:
    lengths = [(length * 7919) % 200 + 2 for length in range(1000)]
    padded = sum(len(batch) * max(lengths[row] for row in batch) for batch in order(lengths, 8, 0, 0))
    assert padded < 1.1 * sum(lengths)


def test_a_batch_scores_the_completion_and_nothing_else() -> None:
    rows = [Encoded(1, (5, 6, 7), (8, 9), "a"), Encoded(2, (5,), (6,), "b")]
    batch = collate(rows, pad=0)
    assert batch.ids.tolist() == [[5, 6, 7, 8, 9], [5, 6, 0, 0, 0]]
    assert batch.targets.tolist() == [8, 9, 6]
    assert batch.ids.flatten()[batch.scored].tolist() == [7, 8, 5]  # each predicts the next token
    assert batch.tokens == 7


@given(LENGTHS, st.integers(1, 500))
def test_parts_keep_the_budget_and_the_order(lengths: list[int], budget: int) -> None:
    rows = [Encoded(number, (1,) * length, (), "") for number, length in enumerate(lengths)]
    parts = list(within(rows, budget))
    assert [row.number for part in parts for row in part] == list(range(len(rows)))
    assert all(len(part) == 1 or max(map(len, part)) * len(part) <= budget for part in parts)
