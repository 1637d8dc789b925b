"""The pages and counts of a dataset's rows, quick at 100,000 of them.

Knows no upload and changes nothing but what an import adds.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.data.edits import from_context, tallied, to_row
from studio.data.schema import Example, Part, Row
from studio.data.split import assign

if TYPE_CHECKING:
    from studio.config import Task


@dataclass(frozen=True)
class Wanted:
    """Which rows a person looks for; None and "" stand for any, and a target of "" for rows without one."""

    search: str = ""
    target: str | None = None
    part: Part | None = None


def insert(db: sqlite3.Connection, dataset: int, examples: Sequence[Example], task: Task) -> None:
    """All rows of an import, with their first split."""
    parts = assign(examples, task)
    db.executemany(
        "INSERT INTO rows (dataset, number, text, target, context, part) VALUES (?, ?, ?, ?, ?, ?)",
        ((dataset, x.number, x.text, x.target, from_context(x.context), parts.get(x.number)) for x in examples),
    )
    counts = Counter(tallied(task, example.target) for example in examples)
    db.executemany(
        "INSERT INTO tallies (dataset, target, rows, place) VALUES (?, ?, ?, ?)",
        ((dataset, target, rows, place) for place, (target, rows) in enumerate(counts.most_common(), 1)),
    )


def page(db: sqlite3.Connection, dataset: int, wanted: Wanted, offset: int, limit: int) -> tuple[list[Row], int]:
    """The rows from place `offset` on among those wanted, in their order, and how many are wanted in all."""
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", wanted.search) + "%" if wanted.search else None
    tests = {
        "target = :target": wanted.target,
        "part = :part": wanted.part,
        r"(text LIKE :pattern ESCAPE '\' OR target LIKE :pattern ESCAPE '\')": pattern,
    }
    where = " AND ".join(["dataset = :dataset", *(test for test, value in tests.items() if value is not None)])
    values = {"dataset": dataset, "target": wanted.target, "part": wanted.part, "pattern": pattern}
    values |= {"limit": max(0, limit), "offset": max(0, offset)}
    # `where` is made of the tests above; what a person typed is bound
    found = f"SELECT rowid FROM rows WHERE {where} ORDER BY number LIMIT :limit OFFSET :offset"  # noqa: S608
    rows = db.execute(f"SELECT * FROM rows WHERE rowid IN ({found}) ORDER BY number", values).fetchall()  # noqa: S608
    if wanted in (Wanted(), Wanted(target="")):
        total = count(db, dataset, wanted.target)
    else:
        total = db.execute(f"SELECT count(*) FROM rows WHERE {where}", values).fetchone()[0]  # noqa: S608
    return [to_row(row) for row in rows], total


def count(db: sqlite3.Connection, dataset: int, target: str | None) -> int:
    """Rows with this tally, or all rows, without counting them."""
    query = "SELECT coalesce(sum(rows), 0) FROM tallies WHERE dataset = ?1 AND (target = ?2 OR ?2 IS NULL)"
    return int(db.execute(query, (dataset, target)).fetchone()[0])


def labels(db: sqlite3.Connection, dataset: int) -> list[str]:
    query = "SELECT target FROM tallies WHERE dataset = ? AND target != '' ORDER BY place"
    return [row["target"] for row in db.execute(query, (dataset,))]


def next_unlabelled(db: sqlite3.Connection, dataset: int, after: int) -> int | None:
    query = "SELECT min(number) FROM rows WHERE dataset = ? AND target = '' AND number > ?"
    for start in (after, 0):
        (number,) = db.execute(query, (dataset, start)).fetchone()
        if number is not None:
            return int(number)
    return None
