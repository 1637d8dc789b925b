"""Two people who label one dataset: which rows each of them gets, what each said, and what follows for the label.

Knows no screen; every function runs inside the caller's transaction. What was said is only ever appended to.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

from studio.data.store import edits

SHARED = 20  # per cent of the rows that both label
JUDGE = ""  # who decides where the two differ
# A row's slot, 0 … 99, spread evenly over any stretch of rows (the multiplier is 2^32 divided by the golden ratio).
SLOT = "(((number * 2654435761) & 4294967295) * 100 >> 32)"
# Slots below `shared` are both people's, the rest go to one and the other in turn.
MINE = f"({SLOT} < :shared OR ({SLOT} - :shared) % 2 = :place)"


@dataclass(frozen=True)
class Pair:
    names: tuple[str, str]
    shared: int

    def is_shared(self, number: int) -> bool:
        """Whether both label this row."""
        return (((number * 2654435761) & 4294967295) * 100 >> 32) < self.shared


def pair_of(db: sqlite3.Connection, dataset: int) -> Pair | None:
    """None while one person labels alone."""
    found = db.execute("SELECT name, shared FROM annotators WHERE dataset = ? ORDER BY place", (dataset,)).fetchall()
    return Pair((found[0]["name"], found[1]["name"]), found[0]["shared"]) if len(found) == 2 else None


def invite(db: sqlite3.Connection, dataset: int, names: Sequence[str], shared: int) -> None:
    """From now on two people label; what is labelled so far was said by the first."""
    dismiss(db, dataset)
    for place, name in enumerate(names):
        values = (dataset, place, name, shared)
        db.execute("INSERT INTO annotators (dataset, place, name, shared) VALUES (?, ?, ?, ?)", values)
    said_before = (
        "INSERT INTO votes (dataset, number, annotator, target, at) SELECT dataset, number, :name, target, :at"  # noqa: S608
        f" FROM rows WHERE dataset = :dataset AND target != '' AND {SLOT} < :shared AND NOT EXISTS"
        " (SELECT 1 FROM votes v WHERE v.dataset = rows.dataset AND v.number = rows.number AND v.undone = 0)"
    )
    db.execute(said_before, {"dataset": dataset, "name": names[0], "shared": shared, "at": time.time()})


def dismiss(db: sqlite3.Connection, dataset: int) -> None:
    """One person labels alone again; what was said is kept and counts again for the same names."""
    db.execute("DELETE FROM annotators WHERE dataset = ?", (dataset,))


def vote(db: sqlite3.Connection, dataset: int, number: int, name: str, target: str) -> None:
    before = edits.find(db, dataset, number)["target"]
    if before and not said(db, dataset, number):  # a label nobody signed: undoing the vote brings it back
        _say(db, dataset, number, name, before)
    _say(db, dataset, number, name, target)
    _settle(db, dataset, number)


def _say(db: sqlite3.Connection, dataset: int, number: int, name: str, target: str) -> None:
    query = "INSERT INTO votes (dataset, number, annotator, target, at) VALUES (?, ?, ?, ?, ?)"
    db.execute(query, (dataset, number, name, target, time.time()))


def undo(db: sqlite3.Connection, dataset: int, name: str, last: int) -> int | None:
    """Takes back what `name` said last, if that is vote `last`; its row, also if that was done before."""
    query = "SELECT number, undone FROM votes WHERE id = ? AND dataset = ? AND annotator = ?"
    found = db.execute(query, (last, dataset, name)).fetchone()
    if found is None or not found["undone"] and last_vote(db, dataset, name) != last:
        return None
    if not found["undone"]:
        db.execute("UPDATE votes SET undone = 1 WHERE id = ?", (last,))
        _settle(db, dataset, found["number"])
    return int(found["number"])


def last_vote(db: sqlite3.Connection, dataset: int, name: str) -> int:
    """The id of what `name` said last and did not take back; 0 when there is nothing."""
    query = "SELECT max(id) FROM votes WHERE dataset = ? AND annotator = ? AND undone = 0"
    return int(db.execute(query, (dataset, name)).fetchone()[0] or 0)


def said(db: sqlite3.Connection, dataset: int, number: int) -> dict[str, str]:
    """Name → the label they gave the row."""
    query = (
        "SELECT annotator, target, max(id) FROM votes WHERE dataset = ? AND number = ? AND undone = 0"
        " GROUP BY annotator ORDER BY annotator"
    )
    return {row["annotator"]: row["target"] for row in db.execute(query, (dataset, number))}


def revision(db: sqlite3.Connection, dataset: int, number: int, name: str) -> int:
    """How often `name` labelled the row or took that back."""
    query = "SELECT count(*) + coalesce(sum(undone), 0) FROM votes WHERE dataset = ? AND number = ? AND annotator = ?"
    return int(db.execute(query, (dataset, number, name)).fetchone()[0])


def pairs(db: sqlite3.Connection, dataset: int, pair: Pair) -> list[tuple[int, str, str]]:
    """Of each row that both labelled: its number, what the first said, what the second said."""
    query = (
        "WITH present AS (SELECT number, annotator, target, max(id) FROM votes"
        " WHERE dataset = ? AND undone = 0 GROUP BY number, annotator)"
        " SELECT one.number, one.target, two.target FROM present one JOIN present two USING (number)"
        " JOIN rows ON rows.dataset = ? AND rows.number = one.number"
        " WHERE one.annotator = ? AND two.annotator = ? ORDER BY one.number"
    )
    return [(row[0], row[1], row[2]) for row in db.execute(query, (dataset, dataset, *pair.names))]


def disputed(db: sqlite3.Connection, dataset: int, pair: Pair) -> list[int]:
    """The rows on which the two differ and nobody has decided."""
    decided = {
        row["number"]
        for row in db.execute(
            "SELECT number FROM votes WHERE dataset = ? AND annotator = ? AND undone = 0", (dataset, JUDGE)
        )
    }
    return [number for number, one, two in pairs(db, dataset, pair) if one != two and number not in decided]


def progress(db: sqlite3.Connection, dataset: int, pair: Pair, place: int) -> tuple[int, int]:
    """How many of the rows of the person at `place` they have labelled, of how many."""
    values = {"dataset": dataset, "shared": pair.shared, "place": place, "name": pair.names[place]}
    alone, total = db.execute(
        f"SELECT coalesce(sum({SLOT} >= :shared AND target != ''), 0), count(*) FROM rows"  # noqa: S608
        f" WHERE dataset = :dataset AND {MINE}",
        values,
    ).fetchone()
    (together,) = db.execute(
        "SELECT count(DISTINCT number) FROM votes WHERE dataset = :dataset AND annotator = :name AND undone = 0"  # noqa: S608
        f" AND {SLOT} < :shared AND EXISTS (SELECT 1 FROM rows WHERE dataset = :dataset AND number = votes.number)",
        values,
    ).fetchone()
    return int(alone + together), int(total)


def _settle(db: sqlite3.Connection, dataset: int, number: int) -> None:
    """The label is what was decided, else what all say; none while they differ."""
    present = said(db, dataset, number)
    voices = {present[JUDGE]} if JUDGE in present else set(present.values())
    edits.overwrite(db, dataset, number, {"target": voices.pop() if len(voices) == 1 else ""})
