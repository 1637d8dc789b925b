"""A run as it stands, folded from its events; nothing about it is kept twice.

Knows no thread and no page: whether a process holds the run is told to it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from studio import jobfile
from studio.best import best
from studio.config import RunConfig
from studio.errors import StudioError
from studio.events import (
    Evaluated,
    Event,
    EventLog,
    Failed,
    Finished,
    Known,
    Named,
    Note,
    Paused,
    Planned,
    Saved,
    Started,
    Step,
    Stopped,
    Unknown,
)
from studio.words import LANGS

JOB, EVENTS = "job.yaml", "events.jsonl"
Status = Literal["queued", "running", "stopping", "paused", "finished", "stopped", "failed", "interrupted", "damaged"]
# No process works on it, and none will unless a person says so.
ENDED: tuple[Status, ...] = ("paused", "finished", "stopped", "failed", "interrupted", "damaged")


@dataclass(frozen=True)
class Progress:
    """What the events say: the curves without what a resume made void, and how it ended, if it did."""

    started: Started | None = None
    steps: tuple[Step, ...] = ()
    evaluations: tuple[Evaluated, ...] = ()
    notes: tuple[Note, ...] = ()
    saved_step: int = 0
    ending: Finished | Stopped | Failed | None = None
    planned: Planned | None = None  # of a run made before that was written down: None
    known: Known | None = None  # when all that was taught was known before the planned end
    named: Named | None = None  # by a person
    paused: bool = False  # asked for a rest since it last began

    @property
    def total_steps(self) -> int:
        if self.known:
            return self.known.total_steps
        return self.started.total_steps if self.started else 0

    @property
    def step(self) -> int:
        return self.steps[-1].step if self.steps else (self.started.step if self.started else 0)

    @property
    def best(self) -> Evaluated | None:
        """The evaluation whose adapter was kept; that of the untouched model, at step 0, does not count."""
        return best(test for test in self.evaluations if test.step > 0)

    @property
    def seconds_left(self) -> float | None:
        """From the pace of the latest steps of this attempt; None until two are done."""
        if self.ending or self.started is None:
            return None
        recent = [step for step in self.steps[-20:] if step.step > self.started.step]
        if len(recent) < 2 or recent[-1].step == recent[0].step:
            return None
        pace = (recent[-1].at - recent[0].at) / (recent[-1].step - recent[0].step)
        return pace * (self.total_steps - self.step)


def fold(events: Sequence[Event | Unknown]) -> Progress:
    """All known facts into the present. A `Started` voids each later step of an earlier attempt, and its ending."""
    started: Started | None = None
    steps: list[Step] = []
    evaluations: list[Evaluated] = []
    notes: list[Note] = []
    ending: Finished | Stopped | Failed | None = None
    known: Known | None = None
    saved_step = 0
    for event in events:
        match event:
            case Started():
                started, ending = event, None
                steps = [step for step in steps if step.step <= event.step]
                evaluations = [test for test in evaluations if test.step <= event.step]
                known = known if known and known.step <= event.step else None
                saved_step = min(saved_step, event.step)
            case Step():
                steps.append(event)
            case Evaluated():
                evaluations = [test for test in evaluations if test.step != event.step] + [event]
            case Known():
                known = event
            case Saved():
                saved_step = event.step
            case Note():
                notes.append(event)
            case Finished() | Stopped() | Failed():
                ending = event
    said = _last(events, Planned), known, _last(events, Named), isinstance(_last(events, Started, Paused), Paused)
    return Progress(started, tuple(steps), tuple(evaluations), tuple(notes), saved_step, ending, *said)


def _last(events: Sequence[Event | Unknown], *kinds: type[Any]) -> Any:
    """The last fact of some kinds; None without one."""
    return next((event for event in reversed(events) if isinstance(event, kinds)), None)


class RunFolder:
    """A run's files: the settings, read once, and the facts, folded anew only when there are more.

    Raises StudioError run.damaged where they cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._run = path.name
        self._place = str(path)
        try:
            self.job = jobfile.read_file(path / JOB)
        except (StudioError, OSError, ValueError, RecursionError) as error:
            raise damage(self._run, error) from error
        self.config = self.job.config
        self.log = EventLog(path / EVENTS)
        self._folded = (-1, Progress())  # how many facts, and what they say

    def is_there(self) -> bool:
        """Whether nobody has deleted it by hand."""
        return os.path.isdir(self._place)

    def progress(self) -> Progress:
        try:
            events = self.log.read()
        except OSError as error:
            raise damage(self._run, error) from error
        if len(events) != self._folded[0]:
            self._folded = len(events), fold([*self._said(), *events])
        return self._folded[1]

    def _said(self) -> tuple[Note, ...]:
        """What is to be known of the settings themselves."""
        unknown = self.job.unknown_names
        return (Note(at=0.0, key="run.newer_job", details={"settings": unknown}),) if unknown else ()


@dataclass(frozen=True)
class Run:
    """One run for whoever asks: its settings, where it stands, its curves."""

    id: str
    config: RunConfig
    status: Status
    created: float
    dataset_name: str
    progress: Progress
    queued_at: float | None = None  # the order in which runs that wait are taken

    @property
    def name(self) -> str:
        """What a person calls it; "" for none."""
        return self.progress.named.name if self.progress.named else ""

    @property
    def note(self) -> str:
        return self.progress.named.note if self.progress.named else ""

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def can_resume(self) -> bool:
        """Interrupted or failed runs go on from their last whole checkpoint; others from where they stopped."""
        return self.status in ("interrupted", "failed", "stopped", "paused")

    @property
    def has_adapter(self) -> bool:
        """Whether there is something learned to talk to."""
        ending = self.progress.ending
        return isinstance(ending, (Finished, Stopped)) and ending.best_step > 0


@dataclass(frozen=True)
class DamagedRun:
    """A run whose settings cannot be read: nothing can be done with it but to see why, and to delete it."""

    id: str
    created: float
    why: StudioError
    status: Literal["damaged"] = "damaged"


def damage(run: str, error: Exception) -> StudioError:
    """`error` as the reason why a run cannot be read."""
    if not isinstance(error, StudioError):
        problem: Any = f"{type(error).__name__}: {error}"[:200]
    elif "problem" in error.details:  # what a parser said, without the advice for a file that a person wrote
        problem = f"{JOB}: {error.details['problem']}"
    else:
        problem = {lang: error.say(lang) for lang in LANGS}
    return StudioError("run.damaged", run=run, problem=problem)


def status_of(progress: Progress, *, queued: bool, held: bool, stop_asked: bool) -> Status:
    """`held`: a living process works on it now. Without one, a run that has not ended was interrupted."""
    if held:
        return "stopping" if stop_asked else "running"
    if queued:
        return "queued"
    match progress.ending:
        case Finished():
            return "finished"
        case Stopped():
            return "paused" if progress.paused else "stopped"
        case Failed():
            return "failed"
        case None:
            return "interrupted"
