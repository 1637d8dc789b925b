"""The pages and counts of a dataset's rows, quick at 100,000 of them.

Knows no upload and changes nothing but what an import adds.
"""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from studio.data.intake.compared import no_pair
from studio.data.near import normalise
from studio.data.schema import Example, Part, Row
from studio.data.store.edits import WORDS, from_context, tallied, to_context, to_row
from studio.data.store.split import assign
from studio.data.teaching.exam import held_out
from studio.data.teaching.lesson import guess
from studio.tasks import TASKS

if TYPE_CHECKING:
    from studio.tasks import Task

Sort = Literal["number", "text", "target", "length"]
ORDERS: dict[Sort, str] = {"number": "number", "text": "text", "target": "target", "length": "length(text)"}
SHALLOW = 1_000  # places that SQLite sorts its way to at once; from there on the whole order is kept


@dataclass(frozen=True)
class Wanted:
    """Which rows a person looks for; None and "" stand for any, and a target of "" for rows without one."""

    search: str = ""
    target: str | None = None
    part: Part | None = None
    changed: bool = False  # only rows that differ from the upload
    numbers: tuple[int, ...] | None = None  # only these, such as the rows of a finding
    sort: Sort = "number"
    descending: bool = False


def insert(db: sqlite3.Connection, dataset: int, examples: Sequence[Example], task: Task) -> None:
    """All rows of an import, with the parts that they will have unless a person decides otherwise."""
    taught = [example for example in examples if example.target]
    if guess(taught, task) == "facts":
        held = held_out(taught)
        parts: dict[int, Part] = {example.number: held.get(example.number, "train") for example in taught}
    else:
        parts = assign(examples, task)
    db.executemany(
        "INSERT INTO rows (dataset, number, text, target, rejected, liked, group_name, context, part)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                dataset,
                one.number,
                one.text,
                one.target,
                one.rejected,
                one.liked,
                one.group,
                from_context(one.context),
                parts.get(one.number),
            )
            for one in examples
        ),  # fmt: skip
    )
    counts = Counter(tallied(task, example.target) for example in examples)
    db.executemany(
        "INSERT INTO tallies (dataset, target, rows, place) VALUES (?, ?, ?, ?)",
        ((dataset, target, rows, place) for place, (target, rows) in enumerate(counts.most_common(), 1)),
    )


def pairs(db: sqlite3.Connection, dataset: int) -> list[tuple[str, str]]:
    """Text and target of all rows, in their order."""
    query = "SELECT text, target FROM rows WHERE dataset = ? ORDER BY number"
    return [(text, target) for text, target in db.execute(query, (dataset,))]


class Orders:
    """The rows that were last searched or sorted, so that turning their pages reads nothing again."""

    def __init__(self) -> None:
        self._kept: tuple[Any, array[int]] = (None, array("q"))

    def get(self, db: sqlite3.Connection, dataset: int, wanted: Wanted) -> array[int]:
        """The rowids of all rows wanted, in order."""
        changes = db.execute("SELECT changes FROM datasets WHERE key = ?", (dataset,)).fetchone()["changes"]
        kept, rowids = self._kept
        if kept != (dataset, wanted, changes) or wanted.part:  # parts are drawn anew without a change
            where, values = _tests(dataset, wanted)
            found = db.execute(f"SELECT rowid FROM rows WHERE {where} ORDER BY {_order(wanted)}", values)  # noqa: S608
            rowids = array("q", (rowid for (rowid,) in found))
            self._kept = (dataset, wanted, changes), rowids
        return rowids


def page(
    db: sqlite3.Connection, dataset: int, wanted: Wanted, places: tuple[int, int], orders: Orders
) -> tuple[list[Row], int]:
    """The rows wanted from place `places[0]` on, at most `places[1]` of them, and how many are wanted in all."""
    offset, limit = max(0, places[0]), max(0, places[1])
    if wanted.search or (wanted.sort in ("text", "length") and offset > SHALLOW):
        rowids = orders.get(db, dataset, wanted)
        return _rows(db, rowids[offset : offset + limit]), len(rowids)
    where, values = _tests(dataset, wanted)
    values |= {"limit": limit, "offset": offset}
    # `where` is made of the tests below; what a person typed is bound
    found = f"SELECT rowid FROM rows WHERE {where} ORDER BY {_order(wanted)} LIMIT :limit OFFSET :offset"  # noqa: S608
    rows = _rows(db, [rowid for (rowid,) in db.execute(found, values)])
    if not (wanted.part or wanted.changed or wanted.target or wanted.numbers is not None):
        return rows, count(db, dataset, wanted.target)
    total = db.execute(f"SELECT count(*) FROM rows WHERE {where}", values).fetchone()[0]  # noqa: S608
    return rows, int(total)


def numbers(db: sqlite3.Connection, dataset: int, wanted: Wanted) -> list[int]:
    """The numbers of all rows wanted, in the order of the rows."""
    where, values = _tests(dataset, wanted)
    found = db.execute(f"SELECT number FROM rows WHERE {where} ORDER BY number", values)  # noqa: S608
    return [number for (number,) in found]


def everything(db: sqlite3.Connection, dataset: int) -> list[Row]:
    """All rows in their order."""
    return [to_row(record) for record in db.execute("SELECT * FROM rows WHERE dataset = ? ORDER BY number", (dataset,))]


def with_target(db: sqlite3.Connection, dataset: int) -> list[Example]:
    """The rows that have a target, and where the task compares a worse one or a thumb, as a model would see them, in
    order."""
    rows = db.execute(
        "SELECT number, text, target, context, group_name, rejected, liked FROM rows WHERE dataset = ? AND target != ''"
        " ORDER BY number",
        (dataset,),
    )
    (task,) = db.execute("SELECT task FROM datasets WHERE key = ?", (dataset,)).fetchone()
    return [
        Example(number, text, target, to_context(turns), group, rejected=rejected, liked=liked)
        for number, text, target, turns, group, rejected, liked in rows
        if not (TASKS[task].compares and no_pair(target, rejected, liked))
    ]


def texts(db: sqlite3.Connection, dataset: int) -> set[str]:
    """All texts as `normalise` leaves them."""
    return {normalise(text) for (text,) in db.execute("SELECT text FROM rows WHERE dataset = ?", (dataset,))}


def edited(db: sqlite3.Connection, dataset: int) -> int:
    """How many rows differ from the upload."""
    query = "SELECT count(*) FROM rows WHERE dataset = ? AND uploaded_text IS NOT NULL"
    return int(db.execute(query, (dataset,)).fetchone()[0])


def _tests(dataset: int, wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """What rows must fulfil, as SQL whose values are bound by name."""
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", wanted.search) + "%" if wanted.search else None
    listed = None if wanted.numbers is None else json.dumps(wanted.numbers)
    tests = {
        "target = :target": wanted.target,
        "part = :part": wanted.part,
        "uploaded_text IS NOT NULL": wanted.changed or None,
        "number IN (SELECT value FROM json_each(:listed))": listed,
        "(" + " OR ".join(rf"{name} LIKE :pattern ESCAPE '\'" for name in WORDS) + ")": pattern,
    }
    where = " AND ".join(["dataset = :dataset", *(test for test, value in tests.items() if value is not None)])
    return where, {
        "dataset": dataset, "target": wanted.target, "part": wanted.part, "listed": listed, "pattern": pattern
    }  # fmt: skip


def _order(wanted: Wanted) -> str:
    way = " DESC" if wanted.descending else ""
    return ", ".join(f"{column}{way}" for column in dict.fromkeys((ORDERS[wanted.sort], "number")))


def _rows(db: sqlite3.Connection, rowids: Sequence[int]) -> list[Row]:
    """The rows in the order of `rowids`."""
    query = "SELECT rowid, * FROM rows WHERE rowid IN (SELECT value FROM json_each(?))"
    found = {record["rowid"]: to_row(record) for record in db.execute(query, (json.dumps(list(rowids)),))}
    return [found[rowid] for rowid in rowids if rowid in found]


def count(db: sqlite3.Connection, dataset: int, target: str | None) -> int:
    """Rows with this tally, or all rows, without counting them."""
    query = "SELECT coalesce(sum(rows), 0) FROM tallies WHERE dataset = ?1 AND (target = ?2 OR ?2 IS NULL)"
    return int(db.execute(query, (dataset, target)).fetchone()[0])


def progress(db: sqlite3.Connection, dataset: int) -> tuple[int, int]:
    """How many rows have a target, of how many."""
    total = count(db, dataset, None)
    return total - count(db, dataset, ""), total


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
