"""Whether a run went well: the rules behind the traffic light.

Knows no language and no page: a verdict is one word, said in `views`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from studio.intervals import wilson
from studio.runs import Progress, Run

Verdict = Literal["waiting", "untested", "astray", "not_yet", "nearly", "by_heart", "good"]
GOOD = 0.85  # a share of unseen rows right that a shop can work with
FAIR = 0.70
GAP = 0.20  # trained rows this much better than unseen ones were learned by heart
ENOUGH_ROWS = 30
NONE_UNSEEN = "engine.no_validation_rows"  # the note of a run whose tests were of rows it learned


def fit(trained: float, unseen: float) -> Literal["not_yet", "nearly", "by_heart", "good"]:
    """From the shares (0 … 1) of trained and of unseen rows that are right: 95 and 70 % is learned by heart, 60 and
    55 % is not learned yet."""
    if unseen >= GOOD:
        return "good"
    if trained >= GOOD and trained - unseen >= GAP:
        return "by_heart"
    return "nearly" if unseen >= FAIR else "not_yet"


def of_run(run: Run) -> Verdict:
    """How the learning goes, or, once it has ended, how the kept step did.

    What it has of the trained rows is taken as exp(-loss), the mean probability of a learned token, because nobody
    has the time to test all of them while training.
    """
    progress = run.progress
    losses = smooth_losses(progress)
    if not losses:
        return "waiting"
    if astray(losses):
        return "astray"
    if any(note.key == NONE_UNSEEN for note in progress.notes):
        return "untested"
    best = progress.best
    if best is None:
        return "untested" if run.ended else "waiting"
    test = best if run.ended else progress.evaluations[-1]
    until = sum(step.step <= test.step for step in progress.steps)
    trained = math.exp(-losses[max(until, 1) - 1])
    accuracy = test.correct / max(test.count, 1)
    lowest = min(evaluation.loss for evaluation in progress.evaluations)
    if accuracy < wilson(best.correct, best.count)[0]:
        return "by_heart"
    if accuracy < GOOD and trained >= GOOD and test.loss > 1.2 * lowest:
        return "by_heart"
    return fit(trained, accuracy)


def astray(losses: Sequence[float]) -> bool:
    """Whether a smoothed loss is no number any more, or has risen well above where it began and where it had been."""
    if not math.isfinite(losses[-1]):
        return True
    return len(losses) >= 10 and losses[-1] > 1.2 * losses[0] and losses[-1] > 1.5 * min(losses)


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


def too_few(count: int) -> bool:
    """Whether a score on so many rows says little: below 30 its 95 % interval is over 20 points wide."""
    return count < ENOUGH_ROWS


def share(metrics: Mapping[str, Any]) -> float:
    """The share of rows right, 0 … 1; 0 when there are none."""
    return metrics["correct"] / metrics["count"] if metrics["count"] else 0.0
