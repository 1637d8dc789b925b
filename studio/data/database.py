"""The tables that datasets live in, and one connection for each thread.

Knows no meaning of a row beyond its columns.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from studio.workspace import connect

SCHEMA = """
CREATE TABLE IF NOT EXISTS datasets (
    key INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL, task TEXT NOT NULL, created REAL NOT NULL,
    report TEXT NOT NULL, next_number INTEGER NOT NULL, changes INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS rows (
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, number INTEGER NOT NULL,
    text TEXT NOT NULL, target TEXT NOT NULL, context TEXT NOT NULL, part TEXT, revision INTEGER NOT NULL DEFAULT 0,
    uploaded_text TEXT, uploaded_target TEXT);  -- both NULL: the row is as uploaded
CREATE UNIQUE INDEX IF NOT EXISTS rows_by_number ON rows (dataset, number);
CREATE INDEX IF NOT EXISTS rows_by_target ON rows (dataset, target, number);
CREATE TABLE IF NOT EXISTS tallies (  -- rows per target, kept with every change, so that no key press counts them
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, target TEXT NOT NULL, rows INTEGER NOT NULL,
    place INTEGER NOT NULL, declared INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (dataset, target)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS edits (
    id INTEGER PRIMARY KEY, dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, batch INTEGER NOT NULL,
    number INTEGER NOT NULL, before TEXT, after TEXT, at REAL NOT NULL, undone INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS edits_last ON edits (dataset, undone, id);
CREATE TABLE IF NOT EXISTS versions (
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, version INTEGER NOT NULL, digest TEXT NOT NULL,
    seed INTEGER NOT NULL, changes INTEGER NOT NULL, created REAL NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (dataset, version));
"""


class Database:
    """Call it for this thread's connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._all: list[sqlite3.Connection] = []
        self().executescript(SCHEMA)

    def __call__(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = self._local.db = connect(self._path)
            with self._lock:
                self._all.append(db)
        return db

    def close(self) -> None:
        """Closes the connections of all threads; none may be in use."""
        with self._lock:
            while self._all:
                self._all.pop().close()
        self._local = threading.local()
