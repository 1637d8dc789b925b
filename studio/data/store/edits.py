"""Annotations and fixes laid over the upload: every change is logged with what stood before, so it can be undone.

Knows no upload and no version; every function runs inside the caller's transaction.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from studio.data.schema import Message, Row
from studio.errors import StudioError
from studio.tasks import TASKS

WORDS = ("text", "target", "rejected")
SAID = (*WORDS, "liked")  # what a person may change in a row
UPLOADED = tuple(f"uploaded_{name}" for name in SAID)  # all None: the row is as uploaded
STATE = (*SAID, "context", *UPLOADED, "group_name")
LATER = ("rejected", "liked")  # what a state that was logged before there was such a thing does not tell of
BEFORE = {**dict.fromkeys(LATER, ""), **dict.fromkeys(f"uploaded_{name}" for name in LATER)}
ANSWERED = "reply"
State = dict[str, Any]  # the columns of STATE; None where the row does not exist


def to_row(record: sqlite3.Row) -> Row:
    return Row(
        number=record["number"],
        text=record["text"],
        target=record["target"],
        part=record["part"],
        revision=record["revision"],
        changed=record["uploaded_text"] is not None,
        context=to_context(record["context"]),
        rejected=record["rejected"],
        liked=record["liked"],
    )


def to_context(stored: str) -> tuple[Message, ...]:
    return tuple(Message(**turn) for turn in json.loads(stored)) if stored else ()


def from_context(context: Sequence[Message]) -> str:
    return json.dumps([asdict(turn) for turn in context], ensure_ascii=False) if context else ""


def find(db: sqlite3.Connection, dataset: int, number: int) -> sqlite3.Row:
    """The stored row. Raises StudioError data.no_such_row."""
    record = db.execute("SELECT * FROM rows WHERE dataset = ? AND number = ?", (dataset, number)).fetchone()
    if record is None:
        raise StudioError("data.no_such_row", number=number)
    return cast(sqlite3.Row, record)


def overwrite(
    db: sqlite3.Connection, dataset: int, number: int, values: Mapping[str, str], batch: int | None = None
) -> None:
    """Sets some of SAID of a row; remembers what was uploaded until the row is as uploaded again."""
    before = _state(find(db, dataset, number))
    after = {**before, **values}
    if after == before:
        return
    if before["uploaded_text"] is None:
        after |= {uploaded: before[name] for name, uploaded in zip(SAID, UPLOADED, strict=True)}
    if all(after[name] == (after[uploaded] or "") for name, uploaded in zip(SAID, UPLOADED, strict=True)):
        after |= dict.fromkeys(UPLOADED)
    _change(db, dataset, number, before, after)
    _log(db, dataset, number, (before, after), batch)


def append(
    db: sqlite3.Connection, dataset: int, values: Mapping[str, str], batch: int | None = None, group: str = ""
) -> int:
    """A new last row of these values of SAID; its number."""
    number: int = db.execute("SELECT next_number FROM datasets WHERE key = ?", (dataset,)).fetchone()[0]
    db.execute("UPDATE datasets SET next_number = ? WHERE key = ?", (number + 1, dataset))
    after = {**dict.fromkeys((*SAID, *UPLOADED, "context"), ""), **values, "group_name": group}
    _change(db, dataset, number, None, after)
    _log(db, dataset, number, (None, after), batch)
    return number


def drop(db: sqlite3.Connection, dataset: int, number: int, batch: int | None = None) -> None:
    before = _state(find(db, dataset, number))
    _change(db, dataset, number, before, None)
    _log(db, dataset, number, (before, None), batch)


def last_batch(db: sqlite3.Connection, dataset: int) -> int:
    """The batch of changes that `undo` would take back; 0 for none."""
    query = "SELECT batch FROM edits WHERE dataset = ? AND undone = 0 ORDER BY id DESC LIMIT 1"
    last = db.execute(query, (dataset,)).fetchone()
    return 0 if last is None else int(last["batch"])


def undo(db: sqlite3.Connection, dataset: int, batch: int | None = None) -> Row | None:
    """Takes the last batch of changes back, or nothing when that is not `batch`.

    Its first row as it is now, or as it was where undoing took it away; None when there is nothing left to undo.
    """
    last = last_batch(db, dataset)
    if not last or batch not in (None, last):
        return None
    entries = db.execute(
        "SELECT * FROM edits WHERE dataset = ?1 AND undone = 0 AND batch = ?2 AND id >= ?2 ORDER BY id DESC",
        (dataset, last),  # a batch is called by the id of its first entry
    ).fetchall()
    for entry in entries:
        number = entry["number"]
        was = db.execute("SELECT * FROM rows WHERE dataset = ? AND number = ?", (dataset, number)).fetchone()
        _change(db, dataset, number, _load(entry["after"]), _load(entry["before"]))
        db.execute("UPDATE edits SET undone = 1 WHERE id = ?", (entry["id"],))
    return to_row(was) if entries[-1]["before"] is None else to_row(find(db, dataset, number))


def declare(db: sqlite3.Connection, dataset: int, label: str) -> None:
    """A label that may be chosen although no row has it yet."""
    _tally(db, dataset, label, 0, declared=1)


def move(db: sqlite3.Connection, dataset: int, label: str, name: str) -> None:
    """Puts a name where its label stands among the labels; the rows still count for the label."""
    db.execute(
        "INSERT INTO tallies (dataset, target, rows, place, declared)"
        " SELECT dataset, ?3, 0, place, declared FROM tallies WHERE dataset = ?1 AND target = ?2"
        " ON CONFLICT DO NOTHING",
        (dataset, label, name),
    )
    db.execute("UPDATE tallies SET declared = 0 WHERE dataset = ? AND target = ?", (dataset, label))
    db.execute("DELETE FROM tallies WHERE dataset = ? AND target = ? AND rows = 0", (dataset, label))


def next_batch(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM edits").fetchone()[0])


def _state(record: sqlite3.Row) -> State:
    return {name: record[name] for name in STATE}


def _load(stored: str | None) -> State | None:
    return None if stored is None else {**BEFORE, **json.loads(stored)}


def _log(
    db: sqlite3.Connection,
    dataset: int,
    number: int,
    change: tuple[State | None, State | None],
    batch: int | None = None,
) -> None:
    states = [None if state is None else json.dumps(state, ensure_ascii=False) for state in change]
    db.execute(
        "INSERT INTO edits (dataset, batch, number, before, after, at) VALUES (?, ?, ?, ?, ?, ?)",
        (dataset, next_batch(db) if batch is None else batch, number, *states, time.time()),
    )


def _change(db: sqlite3.Connection, dataset: int, number: int, before: State | None, after: State | None) -> None:
    """Brings the row from one state to the other and keeps the tallies and the dataset's count of changes."""
    if after is None:
        db.execute("DELETE FROM rows WHERE dataset = ? AND number = ?", (dataset, number))
    elif before is None:  # a row that comes back gets a revision it never had: each edit and each undo raised it by one
        known = "SELECT count(*) FROM edits WHERE dataset = ? AND number = ?"
        revision = 2 * db.execute(known, (dataset, number)).fetchone()[0]
        db.execute(
            "INSERT INTO rows (dataset, number, revision, text, target, rejected, liked, context, uploaded_text,"
            " uploaded_target, uploaded_rejected, uploaded_liked, group_name) VALUES (:dataset, :number, :revision,"
            " :text, :target, :rejected, :liked, :context, :uploaded_text, :uploaded_target, :uploaded_rejected,"
            " :uploaded_liked, :group_name)",
            {**after, "dataset": dataset, "number": number, "revision": revision},
        )
    else:
        db.execute(
            "UPDATE rows SET text = :text, target = :target, rejected = :rejected, liked = :liked, context = :context,"
            " uploaded_text = :uploaded_text, uploaded_target = :uploaded_target,"
            " uploaded_rejected = :uploaded_rejected, uploaded_liked = :uploaded_liked,"
            " part = CASE WHEN :target = '' THEN NULL ELSE part END,"
            " revision = revision + 1 WHERE dataset = :dataset AND number = :number",  # a change is never of the group
            {**after, "dataset": dataset, "number": number},
        )
    (task,) = db.execute("SELECT task FROM datasets WHERE key = ?", (dataset,)).fetchone()
    for state, step in ((before, -1), (after, 1)):
        if state is not None:
            _tally(db, dataset, tallied(task, state["target"]), step)
    changed(db, dataset)


def changed(db: sqlite3.Connection, dataset: int) -> None:
    """What was worked out from the dataset so far is of before."""
    db.execute("UPDATE datasets SET changes = changes + 1 WHERE key = ?", (dataset,))


def tallied(task: str, target: str) -> str:
    """What a row counts as: its label; of replies, which all differ, only that there is one."""
    return target if TASKS[task].labelled or not target else ANSWERED


def _tally(db: sqlite3.Connection, dataset: int, target: str, step: int, declared: int = 0) -> None:
    db.execute(
        "INSERT INTO tallies (dataset, target, rows, place, declared) VALUES (?1, ?2, ?3,"
        " (SELECT coalesce(max(place), 0) + 1 FROM tallies WHERE dataset = ?1), ?4)"
        " ON CONFLICT DO UPDATE SET rows = rows + ?3, declared = max(declared, ?4)",
        (dataset, target, step, declared),
    )
    db.execute("DELETE FROM tallies WHERE dataset = ? AND target = ? AND rows = 0 AND declared = 0", (dataset, target))
