"""Whether the share of right answers that was wanted beforehand is reached.

Knows nothing of what else is measured.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from studio.evaluation.goal import goal
from studio.evaluation.sitting import Sitting


def reached(sitting: Sitting) -> dict[str, Any] | None:
    right = sum(sitting.right(sitting.tuned, sitting.test))
    found = goal(right, len(sitting.test), sitting.job.config.target)
    return asdict(found) if found else None
