"""The database that datasets live in: one connection for each thread.

Knows no table: which there are, and how they came about, is in `migrations`.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from studio.migrations import opened


class Database:
    """Call it for this thread's connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._all: list[sqlite3.Connection] = []
        self()  # so that a file that cannot be read is told now

    def __call__(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = self._local.db = opened(self._path)
            with self._lock:
                self._all.append(db)
        return db

    def close(self) -> None:
        """Closes the connections of all threads; none may be in use."""
        with self._lock:
            while self._all:
                self._all.pop().close()
        self._local = threading.local()
