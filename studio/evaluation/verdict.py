"""The one set of rules behind the traffic light: from a model's figures to a verdict, and to the step that would help.

Knows no run, no page and no language: whoever has the same figures says the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from studio.evaluation.report import Metrics, Report
from studio.intervals import wilson
from studio.preferences import Of

Verdict = Literal[
    "waiting", "untested", "too_few", "astray", "not_learned", "worse", "nearly", "by_heart", "no_clear_gain",
    "simple_is_better", "already_right", "learned",
]  # fmt: skip
Colour = Literal["grey", "green", "amber", "red"]
COLOURS: Mapping[Verdict, Colour] = {
    "waiting": "grey", "untested": "grey", "too_few": "grey",
    "astray": "red", "not_learned": "red", "worse": "red",
    "nearly": "amber", "by_heart": "amber", "no_clear_gain": "amber", "simple_is_better": "amber",
    "already_right": "green", "learned": "green",
}  # fmt: skip
GOOD = 0.85  # a share of unseen rows right that a shop can work with
FAIR = 0.70
POOR = 0.60  # of the very rows it learned: not learned, however few there are to test it on
KNOWN = 0.90  # of the facts that were taught
FITTED = 0.95  # the mean probability of a learned token; more passes over the same rows add nothing
GAP = 0.20  # trained rows this much better than unseen ones were learned by heart
FEW = 10  # with fewer unseen rows only a clearly bad result is one
ENOUGH = 30  # below, a score's 95 % interval is over 20 points wide
LOOKED_UP = "nearest"  # what that method is called among a report's baselines
MOST_TAUGHT = 64  # taught questions that are asked; of 64 all known, at least 94 % of all are (Wilson)


@dataclass(frozen=True)
class Score:
    """`correct` of `count` rows right; of no rows: it was not asked."""

    correct: int = 0
    count: int = 0

    @property
    def share(self) -> float:
        return self.correct / self.count if self.count else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.correct, self.count)

    @property
    def error(self) -> float:
        """One standard error of the share."""
        return math.sqrt(self.share * (1 - self.share) / max(self.count, 1))


@dataclass(frozen=True)
class Figures:
    """What is known of a model. `unseen` rows were not learned, and the untouched `base` was asked the same, as was a
    `simple` method, told only where it clearly does better. `taught` are facts, asked as they were taught. `trained`,
    0 … 1, is how well it has learned its rows, None when nobody knows.
    """

    unseen: Score = Score()
    base: Score = Score()
    simple: Score = Score()
    taught: Score = Score()
    trained: float | None = None
    # A row is a pair of answers, and right where the better one is preferred, or one answer, and right where it has
    # become likelier as it was liked or less so as it was not; else "".
    compared: Of | Literal[""] = ""
    looked_up: bool = False  # the simple method is to give the answer of the most similar taught question

    @property
    def few(self) -> bool:
        return self.unseen.count < FEW

    @property
    def plausible(self) -> float:
        """The share of unseen rows right; of few, the most that it may be, so that bad luck condemns nobody."""
        return self.unseen.interval[1] if self.few else self.unseen.share

    @property
    def gained(self) -> bool:
        """Whether it is better than the base by more than chance."""
        return self.unseen.interval[0] > self.base.share


def judge(figures: Figures) -> Verdict:
    """The verdict on a model as it is: what it was taught decides first, few rows hide nothing bad."""
    if figures.taught.count:
        return _of_facts(figures)
    if figures.unseen.count:
        return _of_rows(figures)
    return "untested" if figures.trained is None or figures.trained >= POOR else "not_learned"


def _of_facts(figures: Figures) -> Verdict:
    recall = figures.taught.share
    if recall < KNOWN:
        return "nearly" if recall >= FAIR else "not_learned"
    if figures.unseen.count and figures.plausible < FAIR:
        return "by_heart"
    return "already_right" if figures.base.share >= GOOD and not figures.gained else "learned"


def _of_rows(figures: Figures) -> Verdict:
    trained = figures.trained
    if figures.unseen.interval[1] < figures.base.share:
        return "worse"
    if figures.plausible < FAIR and (trained is None or trained < GOOD):
        return "not_learned"
    if figures.few and trained is not None and trained < POOR:
        return "not_learned"
    if figures.simple.count:
        return "simple_is_better"
    if figures.plausible < FAIR:
        return "by_heart"
    if figures.few:
        return "too_few"
    if not figures.gained:
        return "already_right" if figures.base.share >= GOOD else "no_clear_gain"
    if figures.unseen.share >= GOOD:
        return "learned"
    return "by_heart" if trained is not None and trained >= figures.unseen.share + GAP else "nearly"


def advice(verdict: Verdict, figures: Figures) -> str:
    """The name of the next step after a run: that of its verdict, or a closer one where that would not fit."""
    if figures.taught.count and verdict in ("not_learned", "nearly"):
        fitted = figures.trained is not None and figures.trained >= FITTED
        return "facts_stuck" if fitted else "facts_missing"
    if figures.taught.count and verdict in ("by_heart", "learned"):
        return f"facts_{verdict}"
    if verdict == "not_learned" and figures.simple.count:
        return "simple_is_better"
    if verdict == "no_clear_gain" and figures.unseen.correct == figures.unseen.count:
        return "all_right"
    return verdict


def of_report(report: Report) -> Figures:
    """What a report card knows; of facts, how well they are known is asked, not guessed."""
    unseen, taught = _score(report.tuned), report.taught
    better = {name: _score(one) for name, one in report.baseline.items() if _clearly_better(one, unseen)}
    simple = max(better, key=lambda name: better[name].share, default="")
    return Figures(
        unseen=unseen,
        base=_score(report.base),
        simple=better.get(simple, Score()),
        taught=Score(taught.recalled, taught.count) if taught else Score(),
        trained=report.trained.share if report.trained.count else None,
        compared=report.opinions,
        looked_up=simple == LOOKED_UP,
    )


def _score(metrics: Metrics) -> Score:
    return Score(metrics.correct, metrics.count)


def _clearly_better(metrics: Metrics, unseen: Score) -> bool:
    """Whether a simple method does better than by luck: as the report tells, which compares row by row, or by more than
    one standard error."""
    if metrics.clearly_better is not None:
        return metrics.clearly_better
    return metrics.share > unseen.share + unseen.error


def too_few(count: int) -> bool:
    """Whether a score on so many rows says little."""
    return count < ENOUGH
