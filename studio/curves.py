"""A run's curves in numbers: the points of every line, what a page that drew some of them lacks, and all as a table.

Knows no figure and no language: how a line looks and what it is called is decided by whoever draws it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.evaluation.verdict import Score
from studio.events import Evaluated, Step
from studio.intervals import wilson
from studio.runs import Run
from studio.verdicts import smooth_losses

MOST_POINTS = 1000  # on one line; more cannot be seen and slow the page down
Points = tuple[list[float], list[float | None]]  # x, y; None where there is no number
COLUMNS = (
    "step", "epoch", "seconds", "train_loss", "learning_rate", "grad_norm", "tokens_per_second", "memory_gib",
    "validation_loss", "validation_correct", "validation_count", "validation_accuracy", "train_correct", "train_count",
    "train_accuracy", "train_margin", "validation_margin",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """How much of a run a page has drawn; `at` is the time of the last step it drew, which tells one attempt from
    the next; `total` is how many steps the axis was made for."""

    steps: int = 0
    evaluations: int = 0
    at: float = 0.0
    total: int = 0


def seen_of(run: Run) -> Seen:
    """What a page has drawn once it has drawn all of a run."""
    progress = run.progress
    last = progress.steps[-1].at if progress.steps else 0.0
    return Seen(len(progress.steps), len(progress.evaluations), last, progress.total_steps)


def still_valid(run: Run, seen: Seen) -> bool:
    """Whether what was drawn is still the beginning of the run: a resumed run takes back steps."""
    progress = run.progress
    if seen.steps > len(progress.steps) or seen.evaluations > len(progress.evaluations):
        return False
    if seen.total != progress.total_steps:
        return False
    if seen.evaluations == 0 and teaches_facts(run):  # its lines have other names
        return False
    return seen.steps == 0 or progress.steps[seen.steps - 1].at == seen.at


def teaches_facts(run: Run) -> bool:
    return any(test.taught for test in run.progress.evaluations)


def learned(test: Evaluated) -> Score:
    """What a test found of what is learned: facts as they were taught, else some of the rows."""
    return Score(test.recalled, test.taught) if test.taught else Score(test.trained_correct, test.trained_count)


def of_steps(value: Callable[[Step], float]) -> Callable[[Run, Seen], Points]:
    def points(run: Run, seen: Seen) -> Points:
        steps = run.progress.steps[seen.steps :]
        return [step.step for step in steps], [_number(value(step)) for step in steps]

    return points


def of_tests(value: Callable[[Evaluated], float]) -> Callable[[Run, Seen], Points]:
    def points(run: Run, seen: Seen) -> Points:
        tests = run.progress.evaluations[seen.evaluations :]
        return [test.step for test in tests], [_number(value(test)) for test in tests]

    return points


def smooth_loss(run: Run, seen: Seen) -> Points:
    steps = run.progress.steps
    losses = smooth_losses(run.progress)
    return [step.step for step in steps[seen.steps :]], [_number(value) for value in losses[seen.steps :]]


def share(test: Evaluated) -> float:
    return test.correct / test.count if test.count else math.nan


def unseen_loss(test: Evaluated) -> float:
    """Of the rows that were not learned: of facts that no other words ask for there is none to show."""
    return math.nan if test.taught and not test.count else test.loss


def end(which: Literal[0, 1]) -> Callable[[Evaluated], float]:
    """One end of the interval of a test's share."""
    return lambda test: wilson(test.correct, test.count)[which] if test.count else math.nan


def of_learned(run: Run, seen: Seen) -> Points:
    """How much of what is learned comes out right; no point for a test that did not ask."""
    tests = [(test.step, learned(test)) for test in run.progress.evaluations[seen.evaluations :]]
    asked = [(step, score) for step, score in tests if score.count]
    return [step for step, _ in asked], [_number(score.share) for _, score in asked]


def best(run: Run, seen: Seen) -> Points:
    """The best test, once, whenever there is a new test."""
    kept = run.progress.best
    if kept is None or seen.evaluations >= len(run.progress.evaluations):
        return [], []
    alone = kept.taught and not kept.count  # facts that only the taught questions ask for
    return [kept.step], [_number(kept.recalled / kept.taught if alone else share(kept))]


def thin(x: Sequence[float], y: Sequence[float | None], most: int = MOST_POINTS) -> Points:
    """At most `most` points that keep every spike: the lowest and highest of each stretch, the first and the last."""
    if len(x) <= most:
        return list(x), list(y)
    stretch = math.ceil(len(x) / (most // 2 - 1))
    kept = {0, len(x) - 1}
    for start in range(0, len(x), stretch):
        numbers = [place for place in range(start, min(start + stretch, len(x))) if y[place] is not None]
        if numbers:
            kept |= {min(numbers, key=lambda place: y[place]), max(numbers, key=lambda place: y[place])}  # type: ignore[arg-type,return-value]
    places = sorted(kept)
    return [x[place] for place in places], [y[place] for place in places]


def table(run: Run) -> list[tuple[float | None, ...]]:
    """COLUMNS of every step and test, by step; None where nothing was measured, as between two tests."""
    steps = {step.step: step for step in run.progress.steps}
    tests = {test.step: test for test in run.progress.evaluations}
    return [_row(steps.get(number), tests.get(number)) for number in sorted({*steps, *tests})]


def _row(step: Step | None, test: Evaluated | None) -> tuple[float | None, ...]:
    found: dict[str, float | None] = dict.fromkeys(COLUMNS)
    if step:
        found |= {name: getattr(step, name) for name in COLUMNS if name in vars(step)}
        found |= {"train_loss": step.loss, "train_margin": step.margin}
    if test:
        score = learned(test)
        found |= {"step": test.step, "epoch": test.epoch, "validation_margin": test.margin}
        found |= {"validation_loss": unseen_loss(test)}
        if test.count:
            found |= {"validation_correct": test.correct, "validation_count": test.count}
            found |= {"validation_accuracy": share(test)}
        if score.count:
            found |= {"train_correct": score.correct, "train_count": score.count, "train_accuracy": score.share}
    return tuple(None if value is None else _number(value) for value in found.values())


def _number(value: float) -> float | None:
    """JSON has no NaN, and a gap in a line says it better."""
    return round(value, 6) if math.isfinite(value) else None
