"""A run's traffic light: its events folded into figures, and these judged by the rules of `evaluation.verdict`.

Knows no language and no page: a verdict is one word, said in `views`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from studio.best import best
from studio.config import RunConfig
from studio.evaluation.report import Report
from studio.evaluation.verdict import COLOURS, Colour, Figures, Score, Verdict, judge, of_report
from studio.events import Evaluated
from studio.runs import Progress, Run

GOES_ON = {"not_learned", "worse", "nearly", "no_clear_gain"}  # what the steps that were spared may yet mend
NONE_UNSEEN = "engine.no_validation_rows"  # the note of a run whose tests were of rows it learned


@dataclass(frozen=True)
class Light:
    """A verdict with the figures that it tells; `step` is the one that is kept. While a run learns, only one that goes
    astray is red: what is not there yet may still come. `on_the_way`: the figures are of a test on the way, though all
    is learned and nothing was asked yet of what was kept for the end. `left`: the steps that whoever stopped it spared.
    """

    verdict: Verdict
    figures: Figures
    running: bool = False
    step: int = 0
    on_the_way: bool = False
    paused: bool = False
    left: int = 0

    @property
    def colour(self) -> Colour:
        hopes = self.running and self.verdict != "astray" and COLOURS[self.verdict] == "red"
        return "amber" if hopes else COLOURS[self.verdict]

    @property
    def spared(self) -> bool:
        """Whether it was stopped before it had learned enough."""
        return self.left > 0 and self.verdict in GOES_ON


def light(run: Run, report: Report | None = None) -> Light:
    """How the learning goes, or, once it has ended, how the kept step did: by its report card where there is one, which
    has asked more."""
    progress = run.progress
    trail = _trail(progress, run.config)
    kept = best(test.found for test in trail if test.found.step > 0)
    figures = next((test.figures for test in trail if test.found is kept), Figures())
    step = kept.step if kept else 0
    verdict = _running(trail)
    if not run.ended or run.status == "paused":
        shown = trail[-1].figures if verdict == "by_heart" else figures  # going on is what does harm then
        return Light(_unless_broken(progress, verdict), shown, True, step, paused=run.status == "paused")
    if report is not None:
        figures = of_card(report, figures)
    ended: Verdict = judge(figures) if kept or run.has_adapter else "waiting"
    if COLOURS[ended] == "red" and any(test.risen for test in trail):
        ended = "astray"
    on_the_way = report is None and run.has_adapter and figures.unseen.count > 0
    left = progress.total_steps - progress.step if run.status == "stopped" else 0
    return Light(_unless_broken(progress, ended), figures, False, step, on_the_way=on_the_way, left=left)


def of_card(report: Report, run: Figures) -> Figures:
    """A report card's figures. Of facts, how far the training loss fell is known to the run alone; it decides whether
    more passes would help."""
    figures = of_report(report)
    return replace(figures, trained=run.trained) if figures.taught.count else figures


@dataclass(frozen=True)
class _Test:
    """A test on the way with what is known then; `risen`: the training loss stands well above where it began and where
    it had been."""

    found: Evaluated
    figures: Figures
    risen: bool


def _trail(progress: Progress, config: RunConfig) -> list[_Test]:
    """The tests of a run, that of the base at step 0 among them; of one that goes on from an earlier run that test is
    of what it began with, and how the base does is not known, nor of one that learns from thumbs: the base is what its
    rewards are measured from.

    How well it has learned its rows is taken as exp(-loss), the mean probability of a learned token, because nobody has
    the time to test all of them while training.
    """
    if not progress.evaluations:
        return []
    losses, steps = smooth_losses(progress), [step.step for step in progress.steps]
    unseen = all(note.key != NONE_UNSEEN for note in progress.notes)
    compared = config.opinions  # then a loss is no probability
    known = not config.continues and compared != "thumbs"
    before = (Score(test.correct, test.count) for test in progress.evaluations if test.step == 0 and known)
    base = next(before, Score())
    trail = []
    for test in progress.evaluations:
        until = losses[: bisect_right(steps, test.step)]
        fit = math.exp(-until[-1]) if until and not compared else None
        asked, taught = Score(test.correct, test.count), Score(test.recalled, test.taught)
        figures = Figures(asked, base, taught=taught, trained=fit, compared=compared)
        if not unseen:
            figures = Figures(taught=taught, trained=fit if taught.count else asked.share, compared=compared)
        trail.append(_Test(test, figures, _risen(until)))
    return trail


def _risen(losses: Sequence[float]) -> bool:
    """By half a nat, which is to say that a learned token has become two fifths less likely; from 0.01 to 0.05 is not
    risen."""
    return len(losses) >= 10 and losses[-1] > 1.2 * losses[0] and losses[-1] > min(losses) + 0.5


def _running(trail: Sequence[_Test]) -> Verdict:
    """What is said while it learns, the same for everybody who looks.

    A verdict takes the place of another when two tests in a row say so. Only red ends at once when more is right again;
    and "not learned" is never gone back to from one that says more, because what is kept gets no worse.
    """
    shown: Verdict = "waiting"
    before: Verdict | None = None
    for end in range(1, len(trail) + 1):
        if trail[end - 1].found.step == 0:
            continue
        now = _so_far(trail[:end])
        settled = now == before and (now != "not_learned" or shown == "astray")
        recovers = shown == "astray" and _climbing(trail[:end])
        if before is not None and (shown == "waiting" or settled or recovers):
            shown = now
        before = now
    return shown


def _so_far(trail: Sequence[_Test]) -> Verdict:
    """What the tests until one of them say."""
    learned = [test for test in trail if test.found.step > 0]
    kept = best(test.found for test in learned)
    figures = next(test.figures for test in learned if test.found is kept)
    if all(test.risen for test in learned[-2:]) and not _climbing(trail):
        return "astray"
    if _at_its_best(trail):  # then it is not held against it that it knows the trained rows better still
        return judge(replace(figures, trained=None))
    last = trail[-1].figures
    if last.unseen.share < figures.unseen.interval[0] and not last.taught.count:
        return "by_heart"
    return judge(figures)


def _climbing(trail: Sequence[_Test]) -> bool:
    """Whether one of the latest two tests knew more than the one before it, of what was taught or of what was not."""
    return any(now > before for known in _known(trail) for before, now in pairwise(known[-3:]))


def _at_its_best(trail: Sequence[_Test]) -> bool:
    """Whether one of the latest two tests knew more than all before."""
    return any(max(known[-2:]) > max(known[:-2], default=0.0) for known in _known(trail))


def _known(trail: Sequence[_Test]) -> tuple[list[float], list[float]]:
    """At each test, the share of what was taught that it knew, and of what was not."""
    asked = [Score(test.found.correct, test.found.count) for test in trail]
    return [test.figures.taught.share for test in trail], [score.share for score in asked]


def _unless_broken(progress: Progress, verdict: Verdict) -> Verdict:
    """A loss that is no number is not waited for."""
    return "astray" if progress.steps and not math.isfinite(progress.steps[-1].loss) else verdict


def smooth_losses(progress: Progress) -> list[float]:
    """The loss of each step without most of its noise: averaged over a twentieth of the run, at most ten steps."""
    keep = min(0.9, max(0.0, 1 - 20 / max(progress.total_steps, 1)))
    return smooth([step.loss for step in progress.steps], keep)


def smooth(values: Sequence[float], keep: float) -> list[float]:
    """Exponential moving average, unbiased from the first value on (as in Adam, Kingma and Ba 2015); later values
    never change earlier ones. After a value that is no number, all that follow are none."""
    averages, total, weight = [], 0.0, 0.0
    for value in values:
        total = keep * total + (1 - keep) * value
        weight = keep * weight + (1 - keep)
        averages.append(total / weight)
    return averages
