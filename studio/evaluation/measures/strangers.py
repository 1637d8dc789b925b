"""Whether a model that sorts texts is less sure of those that belong to none of its classes.

Knows no text that belongs to one.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean
from typing import Any

from studio.contract import Job
from studio.data.schema import Example
from studio.evaluation import outside
from studio.evaluation.metrics import shares
from studio.evaluation.sitting import Sitting, Wish
from studio.tasks import TASKS

FEWEST = 10  # texts, and right answers, below which nothing can be said
MOSTLY = 0.9  # of its own texts that it has right, it is at least so sure


def asks(job: Job, _: Wish) -> Sequence[Example]:
    """At most thirty texts of which neither the data nor the classes speak."""
    if not TASKS[job.config.task].labelled or outside.catches_all(job.splits.labels):
        return ()
    found = outside.strangers(job.splits)
    return [Example(at, text, "") for at, text in enumerate(found, 1)] if len(found) >= FEWEST else ()


def strangers(sitting: Sitting) -> dict[str, Any] | None:
    """Of how many it is less sure (`correct`) than of nine in ten of its own test rows that it has right: false alarms
    at a fixed rate of hits, by the probability of the likeliest class (Hendrycks and Gimpel 2017, arXiv 1610.02136).

    `wild`: of how many it is not; `sure` and `own`: how sure it is of them and of its own, on average. None where it
    has too few right, or where one class takes whatever there is."""
    right = sitting.right(sitting.tuned, sitting.test)
    own = sorted(one.confidence or 0.0 for one, good in zip(sitting.tuned, right, strict=True) if good)
    if (asked := sitting.asked.get("strangers")) is None or len(own) < FEWEST:
        return None
    usual = own[round((1 - MOSTLY) * len(own))]
    told = [(one, said, said.confidence or 0.0) for one, said in zip(asked.questions, asked.tuned, strict=True)]
    wild = [(one, said) for one, said, sure in told if sure >= usual]
    return {
        **shares(len(told) - len(wild), len(told)),
        "wild": len(wild),
        "sure": mean(sure for *_, sure in told),
        "own": mean(own),
        "rows": [{"number": one.number, "text": one.text, "target": "", "tuned": said.answer} for one, said in wild],
    }
