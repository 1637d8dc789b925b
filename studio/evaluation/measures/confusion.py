"""Which labels are taken for which.

Knows nothing of how many are right.
"""

from __future__ import annotations

from studio.evaluation import metrics
from studio.evaluation.sitting import Sitting


def confusion(sitting: Sitting) -> list[list[int]] | None:
    """Rows: the true label; columns: the answer; in the order of the report's labels."""
    if not sitting.labelled:
        return None
    targets = [example.target for example in sitting.test]
    return metrics.confusion([one.answer for one in sitting.tuned], targets, sitting.labels)
