"""How the workspace's database came to its present shape: numbered steps, each taken once, in their order.

Knows no meaning of a row beyond its columns. A step that has been taken somewhere is never changed, only followed.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from studio.errors import StudioError
from studio.workspace import GIB, connect, intact, need_space, transaction

GROWN = """
CREATE TABLE IF NOT EXISTS datasets (
    key INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL, task TEXT NOT NULL, created REAL NOT NULL,
    report TEXT NOT NULL, next_number INTEGER NOT NULL, changes INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS rows (
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, number INTEGER NOT NULL,
    text TEXT NOT NULL, target TEXT NOT NULL, context TEXT NOT NULL, part TEXT, revision INTEGER NOT NULL DEFAULT 0,
    uploaded_text TEXT, uploaded_target TEXT);  -- both NULL: the row is as uploaded
CREATE UNIQUE INDEX IF NOT EXISTS rows_by_number ON rows (dataset, number);
CREATE TABLE IF NOT EXISTS row_groups (
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, number INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (dataset, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lessons (
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
CREATE TABLE IF NOT EXISTS version_facts (
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
CREATE TABLE IF NOT EXISTS run (
    id TEXT PRIMARY KEY, created REAL NOT NULL, queued_at REAL, stop_asked INTEGER NOT NULL DEFAULT 0);
"""


def tables_as_they_grew(db: sqlite3.Connection) -> None:
    """All tables of the time before there were numbers; a file of that time has those that its version knew."""
    _take(db, GROWN)


def replies_tallied_as_one(db: sqlite3.Connection) -> None:
    """The first version counted every reply by itself, as if it were a label."""
    _take(
        db,
        """
        DELETE FROM tallies WHERE dataset IN (SELECT key FROM datasets WHERE task = 'chat');
        INSERT INTO tallies (dataset, target, rows, place)
            SELECT dataset, CASE target WHEN '' THEN '' ELSE 'reply' END AS kind, count(*), target = '' FROM rows
            WHERE dataset IN (SELECT key FROM datasets WHERE task = 'chat') GROUP BY dataset, kind;
        """,
    )


def lesson_beside_its_dataset(db: sqlite3.Connection) -> None:
    """What a person said that a dataset teaches; NULL: it is guessed."""
    _take(
        db,
        """
        ALTER TABLE datasets ADD COLUMN lesson TEXT;
        UPDATE datasets SET lesson = (SELECT lesson FROM lessons WHERE dataset = key);
        DROP TABLE lessons;
        """,
    )


def group_beside_its_row(db: sqlite3.Connection) -> None:
    """The group of a row, '' for none; that of a deleted row moves to where the row itself is remembered."""
    _take(
        db,
        """
        ALTER TABLE rows ADD COLUMN group_name TEXT NOT NULL DEFAULT '';
        UPDATE rows SET group_name = coalesce(
            (SELECT name FROM row_groups g WHERE g.dataset = rows.dataset AND g.number = rows.number), '');
        UPDATE edits SET before = json_set(before, '$.group_name', coalesce(
            (SELECT name FROM row_groups g WHERE g.dataset = edits.dataset AND g.number = edits.number), ''))
            WHERE before IS NOT NULL;
        DROP TABLE row_groups;
        """,
    )


def facts_beside_their_version(db: sqlite3.Connection) -> None:
    """What a list of versions tells without reading their content; NULL: frozen before this was kept."""
    _take(
        db,
        """
        ALTER TABLE versions ADD COLUMN facts TEXT;
        UPDATE versions SET facts = (
            SELECT facts FROM version_facts f WHERE f.dataset = versions.dataset AND f.version = versions.version);
        DROP TABLE version_facts;
        """,
    )


def rows_of_versions_in_files(_: sqlite3.Connection) -> None:
    """What is frozen from here on has no content: its rows lie in the workspace's `versions/`. What was frozen before
    stays as it is. Nothing changes but the number, by which a program that would look for the content refuses."""


def stops_as_marks(db: sqlite3.Connection) -> None:
    """That a run is asked to stop stands in its folder."""
    db.execute("ALTER TABLE run DROP COLUMN stop_asked")


def worse_answer_beside_its_row(db: sqlite3.Connection) -> None:
    """The answer that a row's target is better than, '' for none; as uploaded, once it was changed."""
    _take(
        db,
        """
        ALTER TABLE rows ADD COLUMN rejected TEXT NOT NULL DEFAULT '';
        ALTER TABLE rows ADD COLUMN uploaded_rejected TEXT;
        """,
    )


def what_is_said_of_answers(db: sqlite3.Connection) -> None:
    """Pairs of answers with what was said of them, and what should have been answered instead. They outlive their runs
    and datasets, so they refer to none."""
    _take(
        db,
        """
        CREATE TABLE matches (  -- two answers to one question; against '': the run's own base
            id INTEGER PRIMARY KEY, dataset TEXT NOT NULL, run TEXT NOT NULL, step INTEGER NOT NULL,
            against TEXT NOT NULL, against_step INTEGER NOT NULL, question TEXT NOT NULL, context TEXT NOT NULL,
            wanted TEXT NOT NULL, answer TEXT NOT NULL, other TEXT NOT NULL, at REAL NOT NULL);
        CREATE INDEX matches_of_contest ON matches (run, step, against, against_step);
        CREATE INDEX matches_of_dataset ON matches (dataset);
        CREATE TABLE verdicts (  -- only ever appended to; a judge's last one of a match that is not undone counts
            id INTEGER PRIMARY KEY, match INTEGER NOT NULL REFERENCES matches, judge TEXT NOT NULL, way TEXT NOT NULL,
            better TEXT NOT NULL, first TEXT NOT NULL, why TEXT NOT NULL, at REAL NOT NULL,
            undone INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX verdicts_of_match ON verdicts (match, judge);
        CREATE TABLE marks (  -- only ever appended to; a judge's last one for a criterion counts
            id INTEGER PRIMARY KEY, match INTEGER NOT NULL REFERENCES matches, side TEXT NOT NULL, judge TEXT NOT NULL,
            criterion TEXT NOT NULL, mark INTEGER NOT NULL, at REAL NOT NULL);
        CREATE INDEX marks_of_match ON marks (match, judge);
        CREATE TABLE corrections (  -- only ever appended to; the last one of an answer counts
            id INTEGER PRIMARY KEY, dataset TEXT NOT NULL, run TEXT NOT NULL, question TEXT NOT NULL,
            context TEXT NOT NULL, answer TEXT NOT NULL, corrected TEXT NOT NULL, at REAL NOT NULL);
        CREATE INDEX corrections_of_dataset ON corrections (dataset);
        """,
    )


def rows_first_in_line(db: sqlite3.Connection) -> None:
    """Rows that a person should look at before all others, in the order of `place`; done once their label is said."""
    _take(
        db,
        """
        CREATE TABLE first_in_line (
            dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE, number INTEGER NOT NULL,
            place INTEGER NOT NULL, why TEXT NOT NULL, label TEXT NOT NULL, confidence REAL NOT NULL,
            done INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (dataset, number)) WITHOUT ROWID;
        CREATE TRIGGER first_in_line_gone AFTER DELETE ON rows BEGIN
            DELETE FROM first_in_line WHERE dataset = old.dataset AND number = old.number; END;
        """,
    )


def rules_of_the_queue(db: sqlite3.Connection) -> None:
    """Whether the runs that wait are held, and whether one that fails leaves the others going; of one row."""
    _take(
        db,
        """
        CREATE TABLE queue_rules (held INTEGER NOT NULL, past_failures INTEGER NOT NULL);
        INSERT INTO queue_rules VALUES (0, 1);
        """,
    )


def thumb_beside_its_row(db: sqlite3.Connection) -> None:
    """Whether people liked an answer that stands alone."""
    _take(
        db,
        """
        ALTER TABLE rows ADD COLUMN liked TEXT NOT NULL DEFAULT '';
        ALTER TABLE rows ADD COLUMN uploaded_liked TEXT;
    """,
    )


def thumbs_given_in_a_talk(db: sqlite3.Connection) -> None:
    """Whether somebody liked an answer in the chat. Only appended to; an answer's last one counts, '' takes it back."""
    db.execute(
        "CREATE TABLE thumbs (id INTEGER PRIMARY KEY, dataset TEXT NOT NULL, run TEXT NOT NULL, question TEXT NOT NULL,"
        " context TEXT NOT NULL, answer TEXT NOT NULL, liked TEXT NOT NULL, at REAL NOT NULL)"
    )
    db.execute("CREATE INDEX thumbs_of_dataset ON thumbs (dataset)")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    tables_as_they_grew,
    replies_tallied_as_one,
    lesson_beside_its_dataset,
    group_beside_its_row,
    facts_beside_their_version,
    rows_of_versions_in_files,
    stops_as_marks,
    worse_answer_beside_its_row,
    what_is_said_of_answers,
    rows_first_in_line,
    rules_of_the_queue,
    thumb_beside_its_row,
    thumbs_given_in_a_talk,
)
PRESENT = len(MIGRATIONS)  # the number of a file that all steps were taken in; 0 is one from before there were numbers


def opened(path: Path) -> sqlite3.Connection:
    """A connection to a database of the present shape, whatever it was before.

    Raises StudioError workspace.newer_database, workspace.damaged_database, workspace.no_room.
    """
    db = connect(path)
    with intact(path), ExitStack() as undone:
        undone.callback(db.close)
        if version_of(db) != PRESENT:
            _bring_forward(db, path)
        undone.pop_all()
    return db


def version_of(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _bring_forward(db: sqlite3.Connection, path: Path) -> None:
    """Takes the steps that are missing, all or none, and keeps the file as it was before the first."""
    with transaction(db):
        version = version_of(db)  # asked again: another process may just have been here
        if version > PRESENT:
            raise StudioError("workspace.newer_database", file=str(path), version=version, known=PRESENT)
        if version < PRESENT and db.execute("SELECT 1 FROM sqlite_schema").fetchone():
            _keep_copy(path, version)
        for step in MIGRATIONS[version:]:
            step(db)
        db.execute(f"PRAGMA user_version = {PRESENT}")


def _keep_copy(path: Path, version: int) -> None:
    """The whole database beside itself, named by its version and the time; on the disk when this returns."""
    need_space(path.parent, 3 * path.stat().st_size / GIB)  # the copy, and the changes
    aside = path.with_name(f"{path.name}.version-{version}-{time.strftime('%Y%m%d-%H%M%S')}")
    draft = path.with_name(f".{aside.name}.draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(draft)) as copy:
        source.backup(copy)
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(draft, aside)


def _take(db: sqlite3.Connection, script: str) -> None:
    """Executes the statements one by one: `executescript` would commit before the first of them."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
