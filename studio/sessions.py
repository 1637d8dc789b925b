"""The one model in memory that answers, and the turn of those who want it.

Knows no list of runs: how a run's job is had is handed in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from studio.contract import Engine, Job, Session
from studio.workspace import Workspace


class Sessions:
    """A run's model, kept in memory between calls until another run's is asked for."""

    def __init__(self, engine: Engine, workspace: Workspace, job_of: Callable[[str], Job]) -> None:
        self._engine = engine
        self._workspace = workspace
        self._job_of = job_of
        self._turn = threading.Lock()  # this process's own callers of the device wait for each other
        self._open: tuple[str, Session] | None = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The device, while nobody else in any process uses it. Raises StudioError workspace.busy."""
        with self._turn, self._workspace.lease("device"):
            yield

    @contextmanager
    def open(self, run: str) -> Iterator[Session]:
        """The run's model, alone. Raises StudioError as `alone` and the engine do."""
        with self.alone():
            if self._open is None or self._open[0] != run:
                self.close()
                self._open = (run, self._engine.open(self._job_of(run)))
            yield self._open[1]

    def close(self, run: str | None = None) -> None:
        """Lets the model go: whichever it is, or only if it is that of `run`."""
        if self._open and run in (None, self._open[0]):
            self._open[1].close()
            self._open = None
