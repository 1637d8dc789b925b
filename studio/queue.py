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
    queued_at: float | None  # None: it does not wait

    @property
    def queued(self) -> bool:
        return self.queued_at is not None


@dataclass(frozen=True)
class Rules:
    """`held`: none that waits is begun. `past_failures`: when one fails, the next is begun all the same."""

    held: bool
    past_failures: bool


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
        """Before all that wait: who goes on has waited longest."""
        self._write(
            "UPDATE run SET queued_at = (SELECT min(coalesce(min(queued_at), ?1), ?1) - 1 FROM run) WHERE id = ?2",
            time.time(),
            run,
        )

    def dequeue(self, run: str) -> None:
        self._write("UPDATE run SET queued_at = NULL WHERE id = ?", run)

    def waiting(self) -> list[str]:
        """The runs that wait, in their order."""
        query = "SELECT id FROM run WHERE queued_at IS NOT NULL ORDER BY queued_at, id"
        with self._lock:
            return [row["id"] for row in self._db.execute(query)]

    def next(self) -> str | None:
        """The first of those that wait, unless they are held."""
        waiting = [] if self.rules().held else self.waiting()
        return waiting[0] if waiting else None

    def move(self, run: str, by: int) -> None:
        """Changes places with the one `by` places further on; nothing where there is none."""
        with self._lock, transaction(self._db):
            waiting = self.waiting()
            place = waiting.index(run) if run in waiting else -1
            if place < 0 or not 0 <= place + by < len(waiting):
                return
            waiting[place], waiting[place + by] = waiting[place + by], run
            now = time.time()
            for number, one in enumerate(waiting):  # anew, for two may have been queued at one moment
                at = now + (number - len(waiting)) * 1e-3
                self._db.execute("UPDATE run SET queued_at = ? WHERE id = ?", (at, one))

    def rules(self) -> Rules:
        with self._lock:
            held, past_failures = self._db.execute("SELECT held, past_failures FROM queue_rules").fetchone()
        return Rules(bool(held), bool(past_failures))

    def hold(self, held: bool) -> None:
        self._write("UPDATE queue_rules SET held = ?", held)

    def go_past_failures(self, on: bool) -> None:
        self._write("UPDATE queue_rules SET past_failures = ?", on)

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


def _entry(row: Any) -> Entry:
    return Entry(row["id"], row["created"], row["queued_at"])
