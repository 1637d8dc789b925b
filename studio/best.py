"""Which of a run's tests decides the adapter that is kept.

Knows no weights: the trainer keeps by this rule, and the page stars by it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class Test(Protocol):
    """What a test found: `recalled` of `taught` questions known as they were taught (0 of 0 where that is not asked),
    `correct` of `count` other rows right, and the loss on these. `exact`: an answer is a label, right or wrong."""

    @property
    def step(self) -> int: ...

    @property
    def recalled(self) -> int: ...
    @property
    def taught(self) -> int: ...
    @property
    def correct(self) -> int: ...
    @property
    def count(self) -> int: ...
    @property
    def loss(self) -> float: ...
    @property
    def exact(self) -> bool: ...


AnyTest = TypeVar("AnyTest", bound=Test)


def best(tests: Iterable[AnyTest]) -> AnyTest | None:
    """The test whose adapter was kept, from all of a run in their order.

    What was taught comes first, then what was not, then the loss. Tests within one standard error of the top are as
    good as it (the one-standard-error rule, Breiman et al. 1984): with 19 rows, 11 right against 9 is luck, half the
    loss is not. So no adapter is kept that knows clearly less of what was taught than another did.

    Of labels, tests that are as good give way to the last of them, and one row less is always luck: a model that sorts
    ever better is ever surer where it is wrong, so that the loss of few rows rises all the while (Guo et al. 2017,
    arXiv 1706.04599) and is least before anything was learned. In the end the rate has fallen, too.
    """
    kept: AnyTest | None = None
    seen: list[AnyTest] = []
    for test in tests:
        seen.append(test)
        if kept is None or _standing(test, seen) > _standing(kept, seen):
            kept = test
    return kept


def _standing(test: Test, seen: Sequence[Test]) -> tuple[bool, bool, float]:
    """How a test compares, greater is better: whether it is near the top by recall, and of such ones by other rows."""
    most = max(one.recalled for one in seen)
    knowing = [one for one in seen if _near(one.recalled, most, one.taught)]
    top = max(one.correct for one in knowing)
    luck = _near(test.correct, top, test.count) or (test.exact and test.correct == top - 1)
    return test in knowing, luck, test.step if test.exact else -test.loss


def _near(right: int, top: int, count: int) -> bool:
    """Whether `right` of `count` lies within one standard error of the most that any test had, `top`."""
    share = min(1.0, top / max(count, 1))
    return right >= top - math.sqrt(count * share * (1 - share))
