"""One background thread that works off a queue, one run at a time.

Knows nothing of training: what to do next and how to do it are handed in.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

IDLE_SECONDS = 1.0  # how often an idle worker looks for work that another process queued


class StopFlag(threading.Event):
    """A stop sign that another process can raise too: `asked` is looked up at most twice a second."""

    def __init__(self, asked: Callable[[], bool]) -> None:
        super().__init__()
        self._asked = asked
        self._next_look = 0.0

    def is_set(self) -> bool:
        if not super().is_set() and time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + 0.5
            if self._asked():
                self.set()
        return super().is_set()


class Worker:
    """`first()` is done once; then `work()` does the next piece of work, or returns False when there is none."""

    def __init__(self, work: Callable[[], bool], first: Callable[[], None]) -> None:
        self._work = work
        self._first = first
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._loop, name="worker")

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def close(self) -> None:
        """Returns when the present piece of work is done; whoever wants it to end early raises its stop flag first."""
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _loop(self) -> None:
        self._first()
        while not self._closing:
            if not self._work():
                self._wake.wait(IDLE_SECONDS)
                self._wake.clear()
