"""What a report card measures: one room a group of measures, one row in the table for each.

Knows no screen: a measure's value stands in the report under its name. One that the card has no place for is shown in
the part of the card that its row says: a share of rows as a line called `report_card.score_NAME` in the locale files,
with a sentence `said_NAME` and an explanation `about_NAME` where there are such, its `rows` and its `table` folded away
below; a bare number, 0 … 100, as a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from studio.contract import Job
from studio.data.schema import Example
from studio.evaluation.measures import (
    confusion,
    consistency,
    goal,
    json_format,
    kept,
    looked_up,
    manner,
    overlap,
    per_class,
    recall,
    scores,
    simple,
    strangers,
    unknown,
)
from studio.evaluation.sitting import Sitting, Wish

Part = Literal["learned", "handbook", "kept", "honest", "manner", "texts"]  # of the card, in their order on it


@dataclass(frozen=True)
class Measure:
    """`of`: its value, None where it says nothing of this sitting. `asks`: questions of its own, which the tuned model
    is asked and, if it is to ask `both`, the base before it. `says`: they want words of its own, whatever the task;
    a model that has none is not asked."""

    of: Callable[[Sitting], Any | None]
    part: Part = "learned"
    asks: Callable[[Job, Wish], Sequence[Example]] | None = None
    both: bool = True
    says: bool = False


MEASURES: dict[str, Measure] = {
    "base": Measure(scores.base),
    "tuned": Measure(scores.tuned),
    "trained": Measure(scores.trained),
    "baseline": Measure(simple.baseline),
    "together": Measure(simple.together_right),
    "confusion": Measure(confusion.confusion),
    "taught": Measure(recall.taught),
    "goal": Measure(goal.reached),
    "consistency": Measure(consistency.consistency, asks=consistency.asks, both=False),
    "handbook": Measure(looked_up.handbook, "handbook", looked_up.asks),
    "kept": Measure(kept.kept, "kept", kept.asks, says=True),
    "unknown": Measure(unknown.unknown, "honest", unknown.asks),
    "strangers": Measure(strangers.strangers, "honest", strangers.asks, both=False),
    "classes": Measure(per_class.classes),
    "calibration": Measure(per_class.calibration),
    "length": Measure(manner.length, "manner"),
    "tone": Measure(manner.tone, "manner"),
    "terms": Measure(manner.terms, "manner"),
    "format": Measure(json_format.format, "manner"),
    **{name: Measure(overlap.tuned(name), "texts") for name in overlap.OVERLAPS},
    "before": Measure(overlap.before, "texts"),
}
