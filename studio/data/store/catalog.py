"""The catalog of datasets: of each its id, its name, its task, and the report of its import.

Knows no file and no row; every function runs inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from typing import Any, cast

from studio.data.intake.intake import report_from_json, report_to_json
from studio.data.schema import Dataset, ImportReport
from studio.errors import StudioError

LONGEST_NAME = 80


def card(db: sqlite3.Connection, dataset_id: str) -> sqlite3.Row:
    """All that is kept of a dataset beside its rows. Raises StudioError data.no_such_dataset."""
    found = db.execute("SELECT * FROM datasets WHERE id = ?", (dataset_id,)).fetchone()
    if found is None:
        raise StudioError("data.no_such_dataset", id=dataset_id[:80])
    return cast(sqlite3.Row, found)


def key(db: sqlite3.Connection, dataset_id: str) -> int:
    """The number by which the other tables know a dataset. Raises StudioError data.no_such_dataset."""
    found = db.execute("SELECT key FROM datasets WHERE id = ?", (dataset_id,)).fetchone()
    if found is None:
        raise StudioError("data.no_such_dataset", id=dataset_id[:80])
    return int(found["key"])


def get(db: sqlite3.Connection, dataset_id: str) -> Dataset:
    """Raises StudioError data.no_such_dataset."""
    return _dataset(card(db, dataset_id))


def names(db: sqlite3.Connection) -> dict[str, str]:
    """Every dataset's name by its id, and nothing more of it."""
    return {row["id"]: row["name"] for row in db.execute("SELECT id, name FROM datasets")}


def listed(db: sqlite3.Connection) -> list[Dataset]:
    """All datasets, newest first."""
    return [_dataset(record) for record in db.execute("SELECT * FROM datasets ORDER BY key DESC")]


def ids(db: sqlite3.Connection) -> set[str]:
    return {record["id"] for record in db.execute("SELECT id FROM datasets")}


def add(db: sqlite3.Connection, dataset_id: str, name: str, report: ImportReport, rows: int) -> int:
    """A new dataset whose rows are 1 … `rows`; its key."""
    made = db.execute(
        "INSERT INTO datasets (id, name, task, created, report, next_number) VALUES (?, ?, ?, ?, ?, ?)",
        (dataset_id, name[:LONGEST_NAME], report.task, time.time(), report_to_json(report), rows + 1),
    ).lastrowid
    assert made is not None
    return made


def read_anew(db: sqlite3.Connection, dataset: int, report: ImportReport, rows: int) -> None:
    """The same dataset as another reading of its files found it, with rows 1 … `rows`."""
    db.execute(
        "UPDATE datasets SET task = ?, report = ?, next_number = ?, changes = changes + 1 WHERE key = ?",
        (report.task, report_to_json(report), rows + 1, dataset),
    )


def rename(db: sqlite3.Connection, dataset: int, name: str) -> None:
    db.execute("UPDATE datasets SET name = ? WHERE key = ?", (name, dataset))


def note(db: sqlite3.Connection, dataset: int, **news: Any) -> None:
    """Brings the report up to date."""
    found = db.execute("SELECT report FROM datasets WHERE key = ?", (dataset,)).fetchone()
    report = replace(report_from_json(found["report"]), **news)
    db.execute("UPDATE datasets SET report = ? WHERE key = ?", (report_to_json(report), dataset))


def allow(db: sqlite3.Connection, dataset: int, kind: str) -> None:
    """Lets a kind of finding pass that would stop the training."""
    found = db.execute("SELECT report FROM datasets WHERE key = ?", (dataset,)).fetchone()
    note(db, dataset, allowed=tuple(dict.fromkeys((*report_from_json(found["report"]).allowed, kind))))


def delete(db: sqlite3.Connection, dataset: int) -> None:
    """The dataset, and with it its rows and versions."""
    db.execute("DELETE FROM datasets WHERE key = ?", (dataset,))


def changes(db: sqlite3.Connection, dataset: int) -> int:
    """How many changes the dataset has seen."""
    return int(db.execute("SELECT changes FROM datasets WHERE key = ?", (dataset,)).fetchone()[0])


def _dataset(card: sqlite3.Row) -> Dataset:
    return Dataset(card["id"], card["name"], card["task"], card["created"], report_from_json(card["report"]))
