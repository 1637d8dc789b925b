"""The facts a run reports, and the append-only file they live in, one JSON object a line.

Knows nothing of charts or status: those are folded from the facts in `runs`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from pydantic import TypeAdapter

from studio.commit import fsync
from studio.words import Lang, kept


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What every event has: when it happened, in seconds since 1970."""

    kind: ClassVar[str]
    at: float = field(default_factory=time.time)


@dataclass(frozen=True, kw_only=True)
class Planned(Fact):
    """What a run was thought to take as it began: by its sizes alone, and how many times that by what earlier runs on
    this machine took."""

    kind: ClassVar[str] = "planned"
    seconds: float
    memory_gib: float
    times_seconds: float
    times_memory: float


@dataclass(frozen=True, kw_only=True)
class Started(Fact):
    """A process began to train; `step` > 0 when it went on from a checkpoint, and later facts of before are void."""

    kind: ClassVar[str] = "started"
    step: int
    total_steps: int
    device: str
    precision: str
    trainable_parameters: int
    parameters: int


@dataclass(frozen=True, kw_only=True)
class Step(Fact):
    """One optimizer step; `loss` is in nats per learned token, `seconds` is training time since the first step.

    Of pairs `margin` is by how much the better answer's reward is the higher one, and `loss` what their way of learning
    has as such.
    """

    kind: ClassVar[str] = "step"
    step: int
    epoch: float
    loss: float
    learning_rate: float
    grad_norm: float
    tokens_per_second: float
    memory_gib: float
    seconds: float
    margin: float | None = None


@dataclass(frozen=True, kw_only=True)
class Evaluated(Fact):
    """A test on the way: `correct` of `count` rows that are not learned were classified, or answered, right, or the
    better answer of the two found the likelier.

    Of facts it also says how well they are known as they were taught: `recalled` of `taught` questions, which are all
    of them or a fixed sample; 0 of 0 where the lesson is not one of facts. Of other lessons, `trained_correct` of
    `trained_count` rows that are learned, always the same ones, came out right; 0 of 0 in the files of before.
    """

    kind: ClassVar[str] = "evaluated"
    step: int
    epoch: float
    loss: float
    correct: int
    count: int
    recalled: int = 0
    taught: int = 0
    margin: float | None = None  # of pairs
    trained_correct: int = 0
    trained_count: int = 0
    exact: bool = False  # whether an answer is right or wrong, as a label is


@dataclass(frozen=True, kw_only=True)
class Known(Fact):
    """All that was taught is known at `step`: the rate falls from here on, and the run ends at `total_steps`."""

    kind: ClassVar[str] = "known"
    step: int
    total_steps: int


@dataclass(frozen=True, kw_only=True)
class Saved(Fact):
    """A checkpoint was committed: from here the run can go on after anything."""

    kind: ClassVar[str] = "saved"
    step: int


@dataclass(frozen=True, kw_only=True)
class Note(Fact):
    """Something worth knowing that stops nothing: a sentence of the locale files."""

    kind: ClassVar[str] = "note"
    key: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Named(Fact):
    """What a person calls a run, "" for the name of its dataset and model, and what they noted; the last one counts."""

    kind: ClassVar[str] = "named"
    name: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Paused(Fact):
    """A person wants a rest: once it has stopped, the run waits to be gone on with."""

    kind: ClassVar[str] = "paused"


@dataclass(frozen=True, kw_only=True)
class Finished(Fact):
    """All steps done, or no progress for `patience` tests; the adapter kept is that of `best_step`."""

    kind: ClassVar[str] = "finished"
    step: int
    best_step: int


@dataclass(frozen=True, kw_only=True)
class Stopped(Fact):
    """The user stopped it; what was learned until `step` is kept (`best_step` 0: nothing was learned yet)."""

    kind: ClassVar[str] = "stopped"
    step: int
    best_step: int


@dataclass(frozen=True, kw_only=True)
class Failed(Fact):
    """It could not go on: the sentence of the locale files that says why and what to do."""

    kind: ClassVar[str] = "failed"
    key: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unknown:
    """A fact that only a newer version can read: of another kind, or with other values. Kept, and skipped by whoever
    looks for facts that it knows."""

    kind: str
    fields: Mapping[str, Any]


Event = Planned | Started | Step | Evaluated | Known | Saved | Note | Named | Paused | Finished | Stopped | Failed
KINDS: dict[str, type[Event]] = {
    cls.kind: cls
    for cls in (Planned, Started, Step, Evaluated, Known, Saved, Note, Named, Paused, Finished, Stopped, Failed)
}
# Of a kind that is known, a field that only a newer version knows is passed over; it stays in the file.
READERS = {kind: TypeAdapter[Event](cls) for kind, cls in KINDS.items()}


class EventLog:
    """One writer, many readers. A reader parses each line once, however often it asks.

    A line half written when the power went is ended by the next writer's newline and skipped by every reader.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._place = str(path)  # asked for at every look of every page: a Path would be taken apart each time
        self._events: tuple[Event | Unknown, ...] = ()
        self._offset = 0  # bytes already parsed

    def append(self, event: Event | Unknown, durable: bool = False) -> None:
        """Adds a fact; `durable` waits until the disk has it. Raises ValueError on a number that is not finite."""
        values = event.fields if isinstance(event, Unknown) else asdict(event)
        line = json.dumps({"kind": event.kind, **values}, ensure_ascii=False, allow_nan=False) + "\n"
        with self._lock:
            begins = not self.path.exists()
            with self.path.open("ab") as file:
                file.write((self._mend() + line).encode())
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            if begins:
                fsync(self.path.parent)

    def _mend(self) -> str:
        """A newline when the last writer was cut off in the middle of a line."""
        if not self.path.exists() or self.path.stat().st_size == 0:
            return ""
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return "" if file.read(1) == b"\n" else "\n"

    def read(self) -> tuple[Event | Unknown, ...]:
        """All facts so far. A half-written last line is left for the next call."""
        with self._lock:
            if self._size() > self._offset:
                with self.path.open("rb") as file:
                    file.seek(self._offset)
                    whole, newline, _torn = file.read().rpartition(b"\n")
                more = [event for line in whole.splitlines() if (event := parse(line)) is not None]
                self._events = (*self._events, *more)
                self._offset += len(whole) + len(newline)
            return self._events

    def _size(self) -> int:
        try:
            return os.stat(self._place).st_size
        except FileNotFoundError:
            return 0


def parse(line: bytes) -> Event | Unknown | None:
    """One line of the file as an event; None when a crash tore it, or it is no fact at all."""
    try:
        fact = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fact, dict) or not isinstance(fact.get("kind"), str):
        return None
    try:
        return READERS[fact["kind"]].validate_python(fact)
    except (ValueError, KeyError):
        return Unknown(fact.pop("kind"), fact)


def told(fact: Note | Failed, lang: Lang) -> str:
    """Its sentence; a general one with the key where only another version knows it."""
    return kept(fact.key, lang, **fact.details)
