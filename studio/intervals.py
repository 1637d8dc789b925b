"""How sure a share of rows is: the Wilson score interval, and one for votes that are watched as they come.

Knows nothing of runs or reports.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Z95 = 1.959963984540054


def wilson(correct: int, count: int, z: float = Z95) -> tuple[float, float]:
    """The 95 % interval (low, high) of the true share behind `correct` of `count` rows; (0, 1) when there are none.

    Wilson 1927. Unlike share ± error it stays within 0 … 1 and is honest for few rows: 9 of 10 give 0.60 to 0.98.
    """
    if count == 0:
        return 0.0, 1.0
    share = correct / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    spread = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    low = 0.0 if correct == 0 else max(0.0, middle - spread)  # exactly, where the sums come to 1e-17
    high = 1.0 if correct == count else min(1.0, middle + spread)
    return low, high


def watched(wins: int, count: int) -> tuple[float, float]:
    """The 95 % interval of the true share behind `wins` of `count`, which holds however often it is looked at.

    Wilson's is meant for one look at the end: whoever votes until it leaves out one half is wrong far oftener than 5 %
    of the time. This one is wider and may be watched after every vote, to stop when it tells. It holds the shares that
    Robbins' mixture martingale (Robbins 1970; Ville's inequality) does not reject: those p with
    B(wins + 1, losses + 1) / (p^wins · (1 - p)^losses) < 20. (0, 1) when there is none.
    """
    losses = count - wins
    mixture = math.lgamma(wins + 1) + math.lgamma(losses + 1) - math.lgamma(count + 2) - math.log(20)

    def rejected(p: float) -> bool:
        said = (wins * math.log(p) if wins else 0.0) + (losses * math.log(1 - p) if losses else 0.0)
        return mixture >= said

    share = wins / count if count else 0.5
    low = _edge(rejected, share, 0.0) if wins else 0.0
    high = _edge(rejected, share, 1.0) if losses else 1.0
    return low, high


def _edge(rejected: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where shares begin to be rejected on the way from one that is not to an end that is."""
    for _ in range(40):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if rejected(middle) else (middle, outside)
    return outside
