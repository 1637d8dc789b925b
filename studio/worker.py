"""One background thread that works off a queue, one run at a time.

Knows nothing of training: what to do next and how to do it are handed in.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger("xiaozao")
IDLE_SECONDS = 1.0  # how often an idle worker looks for work that another process queued


class Worker:
    """`first(closing)` is done once, which may end early when `closing()`.
    Then `work()` does the next piece of work, or returns False when there is none."""

    def __init__(self, work: Callable[[], bool], first: Callable[[Callable[[], bool]], None]) -> None:
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
        """Returns when the present piece of work is done; whoever wants it to end early asks it to stop first."""
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def died(self) -> bool:
        """Whether the thread was started and has ended though nobody asked it to."""
        return self._thread.ident is not None and not self._closing and not self._thread.is_alive()

    def _loop(self) -> None:
        self._survive(lambda: self._first(lambda: self._closing))
        while not self._closing:
            if not self._survive(self._work):
                self._wake.wait(IDLE_SECONDS)
                self._wake.clear()

    def _survive(self, work: Callable[[], bool | None]) -> bool:
        """What `work` returns. Whatever it raises, a panic of a library or a full disk, is not the end of the thread:
        it is written to the server's log, and the next try comes after a rest."""
        try:
            return bool(work())
        except BaseException:
            log.exception("the worker's work failed")
            return False
