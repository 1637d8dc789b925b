"""Models on their way to this machine: each in a thread of its own, so that closing every browser stops none of them.

Knows no hub. A token that was given lives in the memory of the thread that uses it, and nowhere else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from studio.contract import Engine, Source
from studio.errors import StudioError

WINDOW = 8.0  # seconds over which the speed is measured
ENDS = 20.0  # seconds in which a download has heard that it is to stop, whatever the network does
PARTING = 2.0  # and those that are waited for when all ends; what was fetched stays in any case
State = Literal["running", "stopped", "failed", "finished"]
log = logging.getLogger(__name__)


class Stopped(Exception):
    """Somebody stopped it; what was fetched stays."""


@dataclass(frozen=True)
class Seen:
    """How far a download is: bytes that are here, of how many (0 while that is not known), and bytes a second."""

    model: str
    state: State
    done: int = 0
    total: int = 0
    speed: float = 0.0
    why: StudioError | None = None

    @property
    def left(self) -> float | None:
        """Seconds, as far as it can be told."""
        return (self.total - self.done) / self.speed if self.speed and self.total else None


@dataclass
class Download:
    """One of them, from its start to its end."""

    model: str
    state: State = "running"
    done: int = 0
    total: int = 0
    why: StudioError | None = None
    stopping: bool = False
    marks: deque[tuple[float, int]] = field(default_factory=deque)  # moments, and the bytes that were here then
    thread: threading.Thread | None = None

    def told(self, done: int, total: int) -> None:
        """Raises Stopped once it is to stop."""
        if self.stopping:
            raise Stopped
        now = time.monotonic()
        if total and not self.total:
            self.marks.clear()  # what was here before is no speed
        self.done, self.total = done, total
        if not self.marks or now - self.marks[-1][0] > WINDOW / 20:
            self.marks.append((now, done))
        while now - self.marks[0][0] > WINDOW:
            self.marks.popleft()

    def seen(self) -> Seen:
        marks = list(self.marks)
        took, came = (marks[-1][0] - marks[0][0], marks[-1][1] - marks[0][1]) if marks else (0.0, 0)
        speed = max(came, 0) / took if took and self.state == "running" else 0.0
        return Seen(self.model, "stopped" if self.stopping else self.state, self.done, self.total, speed, self.why)


class Downloads:
    """Those of this process. Any number of them at once, but only one of a model."""

    def __init__(self, engine: Engine, models: Path) -> None:
        self._engine = engine
        self._models = models
        self._known: dict[str, Download] = {}
        self._lock = threading.Lock()

    def start(self, model: str, source: Source) -> None:
        """Begins one, or goes on with it; one that is under way goes on as it was begun."""
        with self._lock:
            before = self._known.get(model)
        if before and before.thread and before.thread.is_alive():
            if not before.stopping:
                return
            before.thread.join(ENDS)  # else the new one would find the model taken
        with self._lock:
            if self._known.get(model) is not before:
                return  # somebody else was quicker
            begun = Download(model)
            begun.thread = threading.Thread(target=self._run, args=(begun, source), name="download", daemon=True)
            self._known[model] = begun
            begun.thread.start()

    def stop(self, model: str) -> None:
        """Ends one where it is; nothing where there is none."""
        with self._lock:
            if known := self._known.get(model):
                known.stopping = known.state == "running"

    def seen(self) -> dict[str, Seen]:
        """All of this process, by model; `Engine.unready` tells of those of before."""
        with self._lock:
            return {model: one.seen() for model, one in self._known.items()}

    def forget(self, model: str) -> None:
        """Tells no more of one that has ended, because what it fetched is gone."""
        with self._lock:
            if (known := self._known.get(model)) and known.state != "running":
                del self._known[model]

    def close(self) -> None:
        """Ends all; what was fetched stays."""
        with self._lock:
            known = list(self._known.values())
        for one in known:
            one.stopping = one.state == "running"
        until = time.monotonic() + PARTING
        for one in known:
            if one.thread:
                one.thread.join(max(0.0, until - time.monotonic()))

    def _run(self, one: Download, source: Source) -> None:
        try:
            self._engine.download(one.model, self._models, source, one.told)
            one.state = "finished"
        except Stopped:
            one.state = "stopped"
        except StudioError as error:
            one.why, one.state = error, "failed"
        except Exception as error:
            log.exception("the download of %s failed", one.model)
            one.why, one.state = StudioError("engine.hub_unwell", hub=one.model, problem=type(error).__name__), "failed"
        one.stopping = False
