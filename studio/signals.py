"""The signals by which a person or the system asks a program to end, and what becomes of them.

Knows no run and no server.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

# Ctrl-C; `kill`, a service that stops; a terminal that closes; Ctrl-Break on Windows
NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
ENDING = tuple(found for found in signal.Signals if found.name in NAMES)


def interrupt() -> None:
    """From now on each of them is a KeyboardInterrupt, wherever the main thread is. For that thread to call."""

    def end(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    for one in ENDING:
        signal.signal(one, end)


@contextmanager
def noted() -> Iterator[Event]:
    """Inside, none of them interrupts anything: the event is set, for whoever looks. For the main thread."""
    asked = Event()

    def note(_number: int, _frame: Any) -> None:
        asked.set()

    before = {one: signal.signal(one, note) for one in ENDING}
    try:
        yield asked
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
