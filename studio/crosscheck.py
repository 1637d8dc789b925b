"""Every row tested once by a model that did not learn it: k runs, one score, and the labels that these models doubt.

Knows no page: whatever it does it asks of a studio.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from studio.config import RunConfig
from studio.contract import Progress, no_progress
from studio.data.labelling.first import First
from studio.errors import StudioError
from studio.evaluation.goal import Goal, goal
from studio.evaluation.report import Answered, Report
from studio.intervals import wilson
from studio.plan import Plan
from studio.runs import Run
from studio.studio import Studio
from studio.tasks import TASKS

PARTS = 5


@dataclass(frozen=True)
class Joint:
    """What the folds come to together; `rows` were each answered by the one model that had not learned them."""

    runs: tuple[str, ...]
    correct: int
    count: int
    each: tuple[tuple[int, int], ...]  # right and asked, fold by fold
    base: tuple[int, int]
    rows: tuple[Answered, ...]
    doubted: tuple[Answered, ...]
    goal: Goal | None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.correct, self.count)

    def as_json(self) -> dict[str, Any]:
        doubted = [
            {
                "number": row.number,
                "text": row.text,
                "label": row.target,
                "said": row.tuned,
                "confidence": row.confidence,
            }
            for row in self.doubted
        ]
        return {
            "runs": list(self.runs),
            "correct": self.correct,
            "count": self.count,
            "share": round(self.correct / self.count, 4) if self.count else 0.0,
            "interval": list(self.interval),
            "folds": [{"correct": right, "count": asked} for right, asked in self.each],
            "base": {"correct": self.base[0], "count": self.base[1]},
            "goal": vars(self.goal) if self.goal else None,
            "doubted": doubted,
        }


def plan(studio: Studio, dataset: str, parts: int = PARTS, changes: Mapping[str, Any] | None = None) -> Plan:
    """The plan of the first of `parts` runs; the others differ in their fold alone. Raises StudioError."""
    return studio.plan(dataset, changes={**(changes or {}), "folds": parts, "fold": 1})


def configs(first: RunConfig) -> list[RunConfig]:
    """The settings of all runs of a cross-check, of which one is given."""
    return [first.with_changes({"fold": place}) for place in range(1, first.folds + 1)]


def of(studio: Studio, run: Run) -> list[Run]:
    """The runs of the cross-check that a run belongs to, by fold; of runs of the same fold the newest."""
    wanted = run.config.with_changes({"fold": 1})
    found: dict[int, Run] = {}
    for one in reversed(studio.runs_of(run.config.dataset)):
        if one.config.folds and one.config.with_changes({"fold": 1}) == wanted:
            found[one.config.fold] = one
    return [found[place] for place in sorted(found)]


def missing(runs: Sequence[Run]) -> int:
    """How many folds have not been learned yet."""
    return runs[0].config.folds - sum(run.has_adapter and run.ended for run in runs)


def joint(studio: Studio, run: str, progress: Progress = no_progress) -> Joint:
    """Tests each run of a cross-check that was not tested yet, and puts their report cards together.

    Raises StudioError rounds.not_folds, rounds.folds_missing.
    """
    known = studio.run(run)
    if not known.config.folds:
        raise StudioError("rounds.not_folds", run=run)
    runs = of(studio, known)
    if left := missing(runs):
        raise StudioError("rounds.folds_missing", left=left, folds=known.config.folds)
    reports = []
    for place, one in enumerate(runs):
        if studio.report(one.id) is None:
            studio.evaluate(one.id, progress=lambda share, place=place: progress((place + share) / len(runs)))  # type: ignore[misc]
        report = studio.report(one.id)
        assert report is not None, "it was just written"
        reports.append(report)
    return _together(runs, reports)


def _together(runs: Sequence[Run], reports: Sequence[Report]) -> Joint:
    each = tuple((report.tuned.correct, report.tuned.count) for report in reports)
    correct, count = (sum(part) for part in zip(*each, strict=True))
    rows = tuple(row for report in reports for row in report.rows)
    config = runs[0].config
    return Joint(
        runs=tuple(run.id for run in runs),
        correct=correct,
        count=count,
        each=each,
        base=(sum(report.base.correct for report in reports), sum(report.base.count for report in reports)),
        rows=rows,
        doubted=tuple(doubted(rows)) if TASKS[config.task].labelled else (),
        goal=goal(correct, count, config.target),
    )


def doubted(rows: Iterable[Answered]) -> list[Answered]:
    """The rows whose label is likely wrong, the likeliest first: a model that did not learn the row is as sure of
    another label as it mostly is of rows which have that one.

    Confident learning (Northcutt, Jiang and Chuang 2021, arXiv 1911.00068), with the mean over the rows of a label that
    are answered so as its threshold.
    """
    rows = list(rows)
    sure: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.correct and row.confidence is not None:
            sure[row.tuned].append(row.confidence)
    found = [
        row
        for row in rows
        if not row.correct and row.confidence is not None and row.confidence >= mean(sure.get(row.tuned) or [1.0])
    ]
    return sorted(found, key=lambda row: (-(row.confidence or 0.0), row.number))


def line_up(studio: Studio, found: Joint) -> int:
    """Makes the rows with a likely wrong label the first to be looked at; how many there are."""
    dataset = studio.run(found.runs[0]).config.dataset
    line = [First(row.number, "doubted", row.tuned, row.confidence or 0.0) for row in found.doubted]
    return studio.data.labelling.put_first(dataset, line)
