"""Rows that are to be looked at before all others, labelled or not: likely wrong labels, and what is like a mistake.

Knows nobody who chose them. A row leaves the line once a person has said its label, the same one or another.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio.data.labelling.desk import Card, Desk
from studio.data.labelling.suggest import Suggestion
from studio.data.store import edits
from studio.workspace import transaction

Why = Literal["doubted", "like"]
NEXT = "SELECT number FROM first_in_line WHERE dataset = :dataset AND {test} ORDER BY place {way} LIMIT 1"
PLACE = "(SELECT place FROM first_in_line WHERE dataset = :dataset AND number = :number)"


@dataclass(frozen=True)
class First:
    """A row in the line: why it is there, and what a model would label it, "" where that is not known."""

    number: int
    why: Why
    label: str = ""
    confidence: float = 0.0


@dataclass(frozen=True)
class Line:
    """How many rows wait, of how many, and why the next of them does."""

    left: int
    total: int
    why: Why


def put(db: sqlite3.Connection, dataset: int, rows: Sequence[First]) -> int:
    """Makes these the line, in their order, in place of what was in it; how many of them there are."""
    db.execute("DELETE FROM first_in_line WHERE dataset = ?", (dataset,))
    db.executemany(
        "INSERT OR IGNORE INTO first_in_line (dataset, number, place, why, label, confidence)"
        " SELECT dataset, number, ?3, ?4, ?5, ?6 FROM rows WHERE dataset = ?1 AND number = ?2",
        ((dataset, row.number, place, row.why, row.label, row.confidence) for place, row in enumerate(rows, 1)),
    )
    return int(db.execute("SELECT count(*) FROM first_in_line WHERE dataset = ?", (dataset,)).fetchone()[0])


def line(db: sqlite3.Connection, dataset: int) -> Line | None:
    """None where no row waits."""
    query = "SELECT count(*), sum(done = 0), (SELECT why FROM first_in_line WHERE dataset = ?1 AND done = 0"
    query += " ORDER BY place LIMIT 1) FROM first_in_line WHERE dataset = ?1"
    total, left, why = db.execute(query, (dataset,)).fetchone()
    return Line(left, total, why) if left else None


@dataclass(frozen=True)
class FirstDesk(Desk):
    """Of one person: only the rows in the line, in its order."""

    def waiting(self, after: int) -> int | None:
        behind = self._in_line(f"done = 0 AND place > coalesce({PLACE}, 0)", after)
        return behind or self._in_line("done = 0", after)

    def beside(self, number: int, step: int) -> int:
        found = (
            self._in_line(f"place > {PLACE}", number)
            if step > 0
            else self._in_line(f"place < {PLACE}", number, way="DESC")
        )
        return found or number

    def nearest(self, number: int) -> int | None:
        return self._in_line("number = :number", number) or self._in_line("1", number)

    def card(self, number: int) -> Card:
        row = edits.to_row(edits.find(self.db, self.key, number))
        query = "SELECT label, confidence FROM first_in_line WHERE dataset = ? AND number = ?"
        said = self.db.execute(query, (self.key, number)).fetchone()
        found = line(self.db, self.key)
        total = found.total if found else 0
        suggested = Suggestion(*said) if said and said["label"] and said["label"] != row.target else None
        last = edits.last_batch(self.db, self.key)
        return Card(row, row.target, row.revision, total - (found.left if found else 0), total, last, suggested)

    def put(self, number: int, target: str, revision: int) -> None:
        super().put(number, target, revision)
        self._mark(number, done=bool(target))

    def undo(self, last: int) -> int | None:
        number = super().undo(last)
        if number:
            self._mark(number, done=False)
        return number

    def _mark(self, number: int, *, done: bool) -> None:
        with transaction(self.db) as db:
            query = "UPDATE first_in_line SET done = ? WHERE dataset = ? AND number = ?"
            db.execute(query, (done, self.key, number))

    def _in_line(self, test: str, number: int, way: str = "") -> int | None:
        query = NEXT.format(test=test, way=way)
        found = self.db.execute(query, {"dataset": self.key, "number": number}).fetchone()
        return None if found is None else int(found[0])
