"""Two report cards side by side, on the questions that both asked: what got better, and what got worse.

Knows no run and no language.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.data.near import normalise
from studio.data.thoughts import spoken
from studio.evaluation.metrics import MARKINGS
from studio.evaluation.report import Answered, Report


@dataclass(frozen=True)
class Changed:
    """A question that both cards asked, what the older model answered and what the newer one does."""

    row: Answered
    before: str


@dataclass(frozen=True)
class Difference:
    """`both`: questions that both cards asked. `worse`: of these, right before and wrong now; `better`: the other way
    round. `corrected`: whose right answer is another now: they count by the newer one. `new` and `gone`: questions that
    only the newer, or only the older, card asked, and that tell nothing here."""

    both: int
    before: int
    after: int
    worse: tuple[Changed, ...]
    better: tuple[Changed, ...]
    corrected: int
    new: int
    gone: int

    @property
    def clear(self) -> bool:
        """Whether the one is better than the other by more than luck: by more than two standard errors of the questions
        on which they differ (McNemar 1947)."""
        wins, losses = len(self.better), len(self.worse)
        return abs(wins - losses) > 2 * math.sqrt(wins + losses)


def compare(old: Report, new: Report) -> Difference:
    """What became of the questions of `old` in `new`. A question is known by its words, whatever its number."""
    known = {normalise(row.text): row for row in old.rows}
    both = [(known[normalise(row.text)], row) for row in new.rows if normalise(row.text) in known]
    marking = MARKINGS[new.task]
    right = [
        (marking.is_right(was.tuned, spoken(now.target)) if was.target != now.target else was.correct, now.correct)
        for was, now in both
    ]
    found = list(zip(both, right, strict=True))
    return Difference(
        both=len(both),
        before=sum(was for was, _ in right),
        after=sum(now for _, now in right),
        worse=tuple(Changed(now, was.tuned) for (was, now), (then, is_) in found if then and not is_),
        better=tuple(Changed(now, was.tuned) for (was, now), (then, is_) in found if is_ and not then),
        corrected=sum(was.target != now.target for was, now in both),
        new=len(new.rows) - len(both),
        gone=len(old.rows) - len(both),
    )


def differences(jobs: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The settings in which runs differ: {"name", "values": {run: value}}, in the order of the settings."""
    names = dict.fromkeys(name for values in jobs.values() for name in values)
    found = []
    for name in names:
        values = {run: settings.get(name) for run, settings in jobs.items()}
        if any(value != next(iter(values.values())) for value in values.values()):
            found.append({"name": name, "values": values})
    return found
