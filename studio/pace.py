"""How much more runs take on this machine than their sizes say, learned from those that were made.

Knows no engine: each run says what it was thought to take, and its steps say what it took.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from studio.config import RunConfig
from studio.runs import Progress, Run

LATEST = 5  # runs that are asked
FEWEST_STEPS = 10
SECONDS = 5.0  # of training, before a pace is believed
LIMITS = (0.2, 20.0)
MOST_MEMORY = 3.0
WRONG = 1.5  # times too long or too short, from where on it is said


@dataclass(frozen=True)
class Pace:
    """What to multiply by what the sizes of a run say."""

    seconds: float = 1.0
    memory: float = 1.0  # never less than 1: an estimate may be high, not low


def of(config: RunConfig, runs: Iterable[Run]) -> Pace:
    """The middle of what the latest runs of its model, method and task took, else of all; `runs` come newest first."""
    made = [run for run in runs if run.ended and run.progress.planned and run.progress.steps]
    like = [run for run in made if _kind(run.config) == _kind(config)][:LATEST]
    seconds = [took for run in like or made[:LATEST] if (took := _seconds(run.progress)) is not None]
    memory = [_memory(run.progress) for run in like]
    low, high = LIMITS
    return Pace(
        min(high, max(low, median(seconds))) if seconds else 1.0,
        min(MOST_MEMORY, max(1.0, *memory)) if memory else 1.0,
    )


def corrected(progress: Progress) -> tuple[float, float] | None:
    """The seconds that were said, and those that it takes by its first steps, where the two are far apart."""
    planned, whole = progress.planned, _whole(progress)
    if planned is None or whole is None or progress.known or progress.ending:
        return None
    said = planned.seconds * planned.times_seconds
    return (said, whole) if max(said / whole, whole / said) > WRONG else None


def _kind(config: RunConfig) -> tuple[str, str, str]:
    return config.model, config.method, config.task


def _seconds(progress: Progress) -> float | None:
    """How many times the seconds by its sizes a run took."""
    whole = _whole(progress)
    return whole / progress.planned.seconds if progress.planned and whole else None


def _memory(progress: Progress) -> float:
    assert progress.planned is not None, "only runs with a plan are asked"
    return max(step.memory_gib for step in progress.steps) / progress.planned.memory_gib


def _whole(progress: Progress) -> float | None:
    """The seconds of all planned steps at a run's pace, once enough of it was seen."""
    started, steps = progress.started, progress.steps
    if started is None or not steps:
        return None
    made, took = steps[-1].step - started.step, (progress.ending or steps[-1]).at - started.at
    return took / made * started.total_steps if made >= FEWEST_STEPS and took >= SECONDS else None
