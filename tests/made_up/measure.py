"""How many answers are as short as they should be."""

from __future__ import annotations

from studio.evaluation.measures import MEASURES, Measure
from studio.evaluation.metrics import shares
from studio.evaluation.sitting import Metrics, Sitting
from studio.words import catalogue


def short(sitting: Sitting) -> Metrics:
    pairs = zip(sitting.tuned, sitting.test, strict=True)
    return shares(sum(len(said.answer) <= len(row.target) for said, row in pairs), len(sitting.test))


MEASURES["short"] = Measure(short)
catalogue("zh")["report_card.score_short"] = "说得简短"
catalogue("en")["report_card.score_short"] = "Said briefly"
