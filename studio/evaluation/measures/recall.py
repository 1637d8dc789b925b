"""How many of the facts that were taught are known.

Knows no question that was not taught.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.contract import Prediction
from studio.data.schema import Example
from studio.data.teaching import lesson
from studio.evaluation.facts import agrees
from studio.evaluation.sitting import Metrics, Sitting
from studio.intervals import wilson


def taught(sitting: Sitting) -> Metrics | None:
    return recall(sitting.known, sitting.trained) if sitting.job.splits.lesson == "facts" else None


def recall(known: Sequence[Example], answers: Sequence[Prediction]) -> Metrics:
    """How many facts are known as they were taught, each in all the ways in which it was asked; and which are not.

    `recalled` of `count` facts, with `interval`; `missed` has one question of each of the others, with its answers.
    """
    said = {example.number: one.answer for example, one in zip(known, answers, strict=True)}
    by_fact = lesson.facts(sorted(known, key=lambda example: example.number))
    wrong = [[row for row in fact if not agrees(said[row.number], row.target)] for fact in by_fact]
    missed = [rows[0] for rows in wrong if rows]
    recalled = len(by_fact) - len(missed)
    return {
        "recalled": recalled,
        "count": len(by_fact),
        "interval": list(wilson(recalled, len(by_fact))),
        "missed": [
            {"number": row.number, "text": row.text, "target": row.target, "tuned": said[row.number]} for row in missed
        ],
    }
