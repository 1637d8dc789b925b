"""What the rows without a label are probably, and how sure that is: kept beside them, whoever said it.

Knows nobody who says it. A suggestion is no label: nothing counts or freezes it until a person takes it.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

FEWEST = 5  # rows of a label before it can be told from another
MOST = 4000  # labelled rows to learn from: enough for words, and fitted within seconds
BEGINS = 10  # labelled rows before the first lesson; half as many more before each next one


@dataclass(frozen=True)
class Suggestion:
    label: str
    confidence: float  # 0 … 1, as the model itself sees it


@dataclass(frozen=True)
class Waiting:
    """A row without a label."""

    number: int
    text: str


# A label that was renamed since the run learned it is nothing to take.
CHOOSABLE = "label IN (SELECT target FROM tallies WHERE dataset = ?1)"
TAKEABLE = f"dataset = ?1 AND waiting = 1 AND confidence >= ?2 AND {CHOOSABLE}"
Guess = Callable[[Sequence[str]], list[Suggestion]]


def lesson(labelled: int) -> str:
    """The name of the baseline for so many labelled rows; it changes whenever learning anew pays. "" before that."""
    rows, reached = BEGINS, 0
    while rows <= labelled:
        reached, rows = rows, rows + max(rows // 2, 1)
    return f"words-{reached}" if reached else ""


def enough(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether two labels at least have rows enough to be told apart."""
    return sum(rows >= FEWEST for rows in Counter(label for _, label in pairs).values()) >= 2


def examples(db: sqlite3.Connection, dataset: int) -> list[tuple[str, str]]:
    """Rows to learn from; of very many, some from everywhere, always the same."""
    query = (
        "SELECT text, target FROM rows WHERE dataset = ? AND target != ''"
        " ORDER BY (number * 2654435761) & 4294967295 LIMIT ?"
    )
    return [(row["text"], row["target"]) for row in db.execute(query, (dataset, MOST))]


def unsuggested(db: sqlite3.Connection, dataset: int, source: str, after: int, limit: int) -> list[Waiting]:
    """The next rows behind `after` that have neither a label nor a suggestion from `source`."""
    query = (
        "SELECT number, text FROM rows WHERE dataset = ?1 AND target = '' AND number > ?2 AND NOT EXISTS"
        " (SELECT 1 FROM suggestions s WHERE s.dataset = ?1 AND s.number = rows.number AND s.source = ?3)"
        " ORDER BY number LIMIT ?4"
    )
    return [Waiting(*row) for row in db.execute(query, (dataset, after, source, limit))]


def keep(db: sqlite3.Connection, dataset: int, source: str, found: Iterable[tuple[Waiting, Suggestion]]) -> None:
    """Puts suggestions beside their rows, but for rows that were changed or labelled meanwhile."""
    db.executemany(
        "INSERT OR REPLACE INTO suggestions (dataset, number, label, confidence, source)"
        " SELECT dataset, number, ?4, ?5, ?6 FROM rows WHERE dataset = ?1 AND number = ?2"
        " AND text = ?3 AND target = ''",
        ((dataset, row.number, row.text, said.label, said.confidence, source) for row, said in found),
    )


def of(db: sqlite3.Connection, dataset: int, number: int) -> Suggestion | None:
    query = f"SELECT label, confidence FROM suggestions WHERE dataset = ?1 AND number = ?2 AND {CHOOSABLE}"  # noqa: S608
    found = db.execute(query, (dataset, number)).fetchone()
    return None if found is None else Suggestion(*found)


def next_uncertain(db: sqlite3.Connection, dataset: int, after: int) -> int | None:
    """The row without a label whose suggestion is the next surer one than that of row `after`, else the least sure."""
    query = (
        "SELECT number FROM suggestions WHERE dataset = ?1 AND waiting = 1 AND (confidence, number) >"
        " (coalesce((SELECT confidence FROM suggestions WHERE dataset = ?1 AND number = ?2), -1), ?2)"
        " ORDER BY confidence, number LIMIT 1"
    )
    for start in (after, 0):
        found = db.execute(query, (dataset, start)).fetchone()
        if found is not None:
            return int(found[0])
    return None


def count_above(db: sqlite3.Connection, dataset: int, threshold: float) -> int:
    """How many rows without a label have a suggestion at least so sure."""
    query = f"SELECT count(*) FROM suggestions WHERE {TAKEABLE}"  # noqa: S608
    return int(db.execute(query, (dataset, threshold)).fetchone()[0])


def above(db: sqlite3.Connection, dataset: int, threshold: float) -> dict[int, str]:
    """Row number → label of the suggestions that `count_above` counts."""
    query = f"SELECT number, label FROM suggestions WHERE {TAKEABLE}"  # noqa: S608
    return {row["number"]: row["label"] for row in db.execute(query, (dataset, threshold))}


def source(db: sqlite3.Connection, dataset: int) -> str:
    """The run, or the `lesson`, that the least sure suggestion comes from; "" when there is none."""
    query = "SELECT source FROM suggestions WHERE dataset = ? AND waiting = 1 ORDER BY confidence LIMIT 1"
    found = db.execute(query, (dataset,)).fetchone()
    return "" if found is None else str(found[0])
