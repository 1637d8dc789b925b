"""How sure a share of rows is: the Wilson score interval.

Knows nothing of runs or reports.
"""

from __future__ import annotations

import math

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
