"""The database that datasets live in: one connection for each thread, closed when the thread has ended.

Knows no table: which there are, and how they came about, is in `migrations`.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakSet

from studio.migrations import opened


@dataclass(eq=False)
class Held:
    """A connection in the hands of the one thread that holds this. Python drops it when the thread ends, which closes
    the connection at once: a page's handlers come and go in hundreds of threads, and what is only dropped stays open
    until Python next looks for rings of objects, of which a connection and its statements are one. One whose rows
    somebody still reads waits for that."""

    connection: sqlite3.Connection
    references: int = 0  # to the connection while nobody uses it

    def __del__(self) -> None:
        if sys.getrefcount(self.connection) <= self.references:
            self.connection.close()


class Database:
    """Call it for this thread's connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._all: WeakSet[Held] = WeakSet()
        self()  # so that a file that cannot be read is told now

    def __call__(self) -> sqlite3.Connection:
        held: Held | None = getattr(self._local, "held", None)
        if held is None:
            held = self._local.held = Held(opened(self._path))
            held.references = sys.getrefcount(held.connection)
            with self._lock:
                self._all.add(held)
        return held.connection

    def close(self) -> None:
        """Closes the connections of all threads; none may be in use."""
        with self._lock:
            for held in list(self._all):
                held.connection.close()
        self._local = threading.local()
