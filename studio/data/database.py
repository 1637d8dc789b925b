"""The tables that datasets live in, and one connection for each thread.

Knows no meaning of a row beyond its columns.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from studio.workspace import connect, intact

SCHEMA = """
CREATE TABLE IF NOT EXISTS datasets (
    key INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL, task TEXT NOT NULL, created REAL NOT NULL,
    report TEXT NOT NULL, next_number INTEGER NOT NULL, changes INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS rows (
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, number INTEGER NOT NULL,
    text TEXT NOT NULL, target TEXT NOT NULL, context TEXT NOT NULL, part TEXT, revision INTEGER NOT NULL DEFAULT 0,
    uploaded_text TEXT, uploaded_target TEXT);  -- both NULL: the row is as uploaded
CREATE UNIQUE INDEX IF NOT EXISTS rows_by_number ON rows (dataset, number);
CREATE TABLE IF NOT EXISTS row_groups (  -- of rows whose file has a column of groups; they outlive a deleted row
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, number INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (dataset, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lessons (  -- what a person said that a dataset teaches; none: it is guessed
    dataset INTEGER PRIMARY KEY REFERENCES datasets ON DELETE CASCADE, lesson TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS exam_changes (  -- questions that a person struck from the exam (kept 0) or wrote (kept 1)
    id INTEGER PRIMARY KEY, dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, number INTEGER NOT NULL,
    text TEXT NOT NULL, kept INTEGER NOT NULL, UNIQUE (dataset, number, text));
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
CREATE TABLE IF NOT EXISTS version_facts (  -- what a list of versions tells, without reading their content
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, version INTEGER NOT NULL, facts TEXT NOT NULL,
    PRIMARY KEY (dataset, version)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suggestions (  -- what a model would label a row; no label until a person takes it
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, number INTEGER NOT NULL, label TEXT NOT NULL,
    confidence REAL NOT NULL, source TEXT NOT NULL, waiting INTEGER NOT NULL DEFAULT 1,  -- 0: the row has a label
    PRIMARY KEY (dataset, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS suggestions_by_confidence ON suggestions (dataset, waiting, confidence, number);
CREATE TRIGGER IF NOT EXISTS suggestion_taken AFTER UPDATE OF target ON rows
    WHEN (old.target = '') != (new.target = '') BEGIN
    UPDATE suggestions SET waiting = new.target = '' WHERE dataset = new.dataset AND number = new.number; END;
CREATE TRIGGER IF NOT EXISTS suggestion_outdated AFTER UPDATE OF text ON rows WHEN old.text != new.text BEGIN
    DELETE FROM suggestions WHERE dataset = old.dataset AND number = old.number; END;
CREATE TRIGGER IF NOT EXISTS suggestion_gone AFTER DELETE ON rows BEGIN
    DELETE FROM suggestions WHERE dataset = old.dataset AND number = old.number; END;
CREATE TABLE IF NOT EXISTS annotators (  -- two or none for a dataset
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, place INTEGER NOT NULL, name TEXT NOT NULL,
    shared INTEGER NOT NULL, PRIMARY KEY (dataset, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS votes (  -- only ever appended to; a person's last one that is not undone counts
    id INTEGER PRIMARY KEY, dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, number INTEGER NOT NULL,
    annotator TEXT NOT NULL, target TEXT NOT NULL, at REAL NOT NULL, undone INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS votes_by_row ON votes (dataset, number, annotator);
CREATE INDEX IF NOT EXISTS votes_last ON votes (dataset, annotator, undone, id);
"""


class Database:
    """Call it for this thread's connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._all: list[sqlite3.Connection] = []
        with intact(path):
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
