"""What a report card measures: one room a group of measures, one row in the table for each.

Knows no screen: a measure's value stands in the report under its name. One that the card has no place for is shown
as a share of rows, called `report_card.score_NAME` in the locale files.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.evaluation.measures import confusion, recall, scores, simple
from studio.evaluation.sitting import Sitting

# None where a measure says nothing of this sitting.
Measure = Callable[[Sitting], Any | None]

MEASURES: dict[str, Measure] = {
    "base": scores.base,
    "tuned": scores.tuned,
    "trained": scores.trained,
    "baseline": simple.baseline,
    "together": simple.together_right,
    "confusion": confusion.confusion,
    "taught": recall.taught,
}
