"""Which of a run's tests decides the adapter that is kept.

Knows no weights: the trainer keeps by this rule, and the page stars by it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Test(Protocol):
    """What a test found: `correct` of `count` rows right, and the loss on them."""

    @property
    def correct(self) -> int: ...
    @property
    def count(self) -> int: ...
    @property
    def loss(self) -> float: ...


AnyTest = TypeVar("AnyTest", bound=Test)


def better(test: Test, kept: Test | None, top: int) -> bool:
    """Whether `test` takes the place of `kept`, where `top` is the most rows that any test so far had right.

    Tests within one standard error of the top are as good as it, and of these the one with the least loss is kept (the
    one-standard-error rule, Breiman et al. 1984): with 19 rows, 11 right against 9 is luck, half the loss is not.
    """
    share = top / max(test.count, 1)
    enough = top - math.sqrt(test.count * share * (1 - share))
    return test.correct >= enough and (kept is None or kept.correct < enough or test.loss < kept.loss)


def best(tests: Iterable[AnyTest]) -> AnyTest | None:
    """The test whose adapter was kept, from all of a run in their order."""
    kept: AnyTest | None = None
    top = 0
    for test in tests:
        top = max(top, test.correct)
        if better(test, kept, top):
            kept = test
    return kept
