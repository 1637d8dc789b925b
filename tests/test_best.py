"""What is kept of a run: not the luckiest test, the best one."""

from __future__ import annotations

import random

import pytest

from studio.best import best
from studio.events import Evaluated


def tests_of(*found: tuple[int, float], count: int = 20) -> list[Evaluated]:
    return [
        Evaluated(step=step, epoch=step, loss=loss, correct=correct, count=count)
        for step, (correct, loss) in enumerate(found, 1)
    ]


@pytest.mark.parametrize(
    ("found", "step"),
    [
        ([(5, 1.0), (15, 0.5), (10, 0.4)], 2),  # clearly more rows right
        ([(11, 0.8), (9, 0.4)], 2),  # two rows in twenty are luck, half the loss is not
        ([(9, 0.4), (11, 0.8)], 1),
        ([(20, 0.3), (20, 0.2), (20, 0.25)], 2),  # all right: the least loss
        ([(0, 3.0), (0, 2.0), (0, 2.5)], 2),
        ([(12, 0.4), (14, 0.6), (20, 0.7)], 3),
    ],
)
def test_rows_right_come_first_unless_the_difference_is_luck(found: list[tuple[int, float]], step: int) -> None:
    kept = best(tests_of(*found))
    assert kept is not None and kept.step == step


def test_with_many_rows_a_small_difference_is_no_luck() -> None:
    kept = best(tests_of((1100, 0.8), (1000, 0.4), count=2000))
    assert kept is not None and kept.step == 1


def test_without_a_test_nothing_is_kept() -> None:
    assert best(()) is None


def facts_of(*found: tuple[int, int, float], taught: int = 30, count: int = 20) -> list[Evaluated]:
    return [
        Evaluated(step=step, epoch=step, loss=loss, correct=correct, count=count, recalled=recalled, taught=taught)
        for step, (recalled, correct, loss) in enumerate(found, 1)
    ]


@pytest.mark.parametrize(
    ("found", "step"),
    [
        ([(0, 0, 2.0), (12, 3, 1.1), (30, 3, 4.0)], 3),  # the least loss on other words is no reason to know less
        ([(30, 5, 1.0), (20, 15, 0.2)], 1),  # what was taught comes first
        ([(30, 5, 1.0), (30, 15, 2.0)], 2),  # then other words
        ([(28, 15, 1.0), (27, 16, 0.9)], 2),  # one fact in thirty may be luck, less loss is not
        ([(30, 15, 1.0), (30, 14, 0.5)], 2),
    ],
)
def test_of_facts_what_was_taught_decides_first(found: list[tuple[int, int, float]], step: int) -> None:
    kept = best(facts_of(*found))
    assert kept is not None and kept.step == step


def test_no_adapter_is_kept_that_knows_clearly_less_than_another() -> None:
    draw = random.Random(0)
    for _ in range(300):
        tests = facts_of(*((draw.randint(0, 30), draw.randint(0, 20), draw.random()) for _ in range(8)))
        kept, most = best(tests), max(test.recalled for test in tests)
        assert kept is not None
        error = (most * (1 - most / 30)) ** 0.5
        assert kept.recalled >= most - error


def labels_of(*found: tuple[int, float], exact: bool = True) -> list[Evaluated]:
    """What tests of ten unseen rows had right, and the loss."""
    return [
        Evaluated(step=step, epoch=step, loss=loss, correct=correct, count=10, exact=exact)
        for step, (correct, loss) in enumerate(found, 1)
    ]


# As it was seen: in the end 47 of 100 others were right, after the second test 29; and, of two classes, 82 and 53.
EIGHT_CLASSES = [(3, 0.82), (2, 0.60), (1, 0.71), (2, 0.82), (2, 0.77), (2, 0.74)]
TWO_CLASSES = [(5, 0.684), (6, 2.22), (5, 4.69), (6, 3.19), (6, 2.30)]


@pytest.mark.parametrize(("found", "by_loss"), [(EIGHT_CLASSES, 2), (TWO_CLASSES, 1)])
def test_of_labels_the_last_of_those_that_are_as_good_is_kept(found: list[tuple[int, float]], by_loss: int) -> None:
    assert best(labels_of(*found)).step == len(found)  # type: ignore[union-attr]
    assert best(labels_of(*found, exact=False)).step == by_loss  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("found", "step"),
    [
        ([(9, 0.3), (3, 0.2)], 1),  # clearly more rows right
        ([(10, 0.1), (9, 0.2), (5, 0.3)], 2),  # a row less is luck
        ([(10, 0.1), (8, 0.2)], 1),
    ],
)
def test_of_labels_unseen_rows_come_first(found: list[tuple[int, float]], step: int) -> None:
    assert best(labels_of(*found)).step == step  # type: ignore[union-attr]
