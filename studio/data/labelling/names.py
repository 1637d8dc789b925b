"""What the labels of a dataset are called: each with a few of its rows, and what a code probably stands for.

Knows no screen; every function runs inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.data.intake.codes import guesses, is_code, said_by
from studio.data.intake.intake import report_from_json
from studio.data.store import queries, rows
from studio.errors import StudioError

READ = 200  # rows of a label that a guess is made from
SHOWN = 3
LONGEST = 40  # characters of a name


@dataclass(frozen=True)
class Named:
    """A label, and whether it is a code that says nothing by itself."""

    label: str
    rows: int
    code: bool
    guess: str  # what the code probably stands for; "" where neither its column nor the texts tell
    texts: tuple[str, ...]


def named(db: sqlite3.Connection, dataset: int) -> list[Named]:
    """The labels in the order of their keys."""
    labels = queries.labels(db, dataset)
    texts = {label: _texts(db, dataset, label) for label in labels}
    guessed = guesses(texts) | said_by(_heading(db, dataset))
    return [
        Named(
            label, queries.count(db, dataset, label), is_code(label), guessed.get(label, ""),
            _middling(texts[label]),
        )
        for label in labels
    ]  # fmt: skip


def _heading(db: sqlite3.Connection, dataset: int) -> str:
    """What the column of labels was called."""
    (report,) = db.execute("SELECT report FROM datasets WHERE key = ?", (dataset,)).fetchone()
    return next((name for name, role in report_from_json(report).roles.items() if role == "label"), "")


def rename(db: sqlite3.Connection, dataset: int, names: Mapping[str, str]) -> int:
    """Calls labels otherwise; how many rows changed. One undo takes it all back.

    Raises StudioError label.no_such_label, label.name_too_long.
    """
    wanted = {label: name.strip() for label, name in names.items() if name.strip() not in ("", label)}
    for name in wanted.values():
        if len(name) > LONGEST:
            raise StudioError("label.name_too_long", name=name[:LONGEST], most=LONGEST)
    return rows.name_labels(db, dataset, wanted)


def _middling(texts: Sequence[str]) -> tuple[str, ...]:
    """A few that are short, but not the shortest: those say least."""
    first = len(texts) // 4
    return tuple(sorted(texts, key=len)[first : first + SHOWN])


def _texts(db: sqlite3.Connection, dataset: int, label: str) -> list[str]:
    query = "SELECT text FROM rows WHERE dataset = ? AND target = ? ORDER BY number LIMIT ?"
    return [text for (text,) in db.execute(query, (dataset, label, READ))]
