"""The list of all runs and the queue among them, in the workspace's database.

Knows no training and no status: whether a run is under way is told by its lock and its events.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock
from typing import Any

from studio.migrations import opened
from studio.workspace import Workspace, transaction


@dataclass(frozen=True)
class Entry:
    """A run as the list has it."""

    run: str
    created: float
    queued: bool


class Queue:
    """One row a run. A run with `queued_at` waits for a worker; every change is durable before the call returns."""

    def __init__(self, workspace: Workspace) -> None:
        self._db = opened(workspace.database)
        self._lock = RLock()  # one connection for all threads of this process

    def add(self, run: str, *, queued: bool, check: Callable[[], None]) -> None:
        """Lists a new run. `check` runs inside the transaction, so that of two starts at once only one passes it."""
        now = time.time()
        with self._lock, transaction(self._db):
            check()
            values = (run, now, now if queued else None)
            self._db.execute("INSERT INTO run (id, created, queued_at) VALUES (?, ?, ?)", values)

    def restore(self, run: str, created: float) -> None:
        """Lists a run that is on the disk, as when the database was lost. It does not wait for a worker."""
        self._write("INSERT OR IGNORE INTO run (id, created) VALUES (?, ?)", run, created)

    def enqueue(self, run: str) -> None:
        self._write("UPDATE run SET queued_at = ? WHERE id = ?", time.time(), run)

    def dequeue(self, run: str) -> None:
        self._write("UPDATE run SET queued_at = NULL WHERE id = ?", run)

    def is_queued(self, run: str) -> bool:
        return self._value("SELECT queued_at FROM run WHERE id = ?", run) is not None

    def first(self) -> str | None:
        """The run that has waited longest."""
        return self._value("SELECT id FROM run WHERE queued_at IS NOT NULL ORDER BY queued_at LIMIT 1")

    def entries(self) -> list[Entry]:
        """All runs, newest first, by one question however many there are."""
        query = "SELECT id, created, queued_at FROM run ORDER BY created DESC, id DESC"
        with self._lock:
            rows = self._db.execute(query).fetchall()
        return [_entry(row) for row in rows]

    def entry(self, run: str) -> Entry | None:
        """One run; None where it is not listed."""
        query = "SELECT id, created, queued_at FROM run WHERE id = ?"
        with self._lock:
            row = self._db.execute(query, (run,)).fetchone()
        return _entry(row) if row else None

    def remove(self, run: str) -> None:
        self._write("DELETE FROM run WHERE id = ?", run)

    def close(self) -> None:
        self._db.close()

    def _write(self, statement: str, *values: str | float) -> None:
        with self._lock, transaction(self._db):
            self._db.execute(statement, values)

    def _value(self, query: str, *values: str) -> Any:
        with self._lock:
            row = self._db.execute(query, values).fetchone()
        return row[0] if row else None


def _entry(row: Any) -> Entry:
    return Entry(row["id"], row["created"], row["queued_at"] is not None)
