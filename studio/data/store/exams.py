"""What a dataset teaches, and what a person changed in the exam of it.

Knows no upload and no version; every function runs inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import cast

from studio.data.schema import Example
from studio.data.store import edits, queries
from studio.data.teaching import exam
from studio.data.teaching import lesson as lessons
from studio.tasks import TASKS, Lesson, Task

INTO_EXAM = "INSERT OR REPLACE INTO exam_changes (dataset, number, text, kept) VALUES (?, ?, ?, ?)"


def lesson_of(db: sqlite3.Connection, dataset: int, task: Task, examples: Sequence[Example]) -> Lesson:
    """What a person said that the dataset teaches, else the guess."""
    said = db.execute("SELECT lesson FROM datasets WHERE key = ?", (dataset,)).fetchone()
    if said["lesson"] in TASKS[task].lessons:  # a dataset that was read again may have another task
        return cast(Lesson, said["lesson"])
    return lessons.guess(examples, task)


def teach(db: sqlite3.Connection, dataset: int, task: Task, lesson: str) -> None:
    """Says what the dataset teaches. Raises StudioError lesson.not_of_task."""
    said = lessons.allowed(lesson, task)
    db.execute("UPDATE datasets SET lesson = ? WHERE key = ?", (said, dataset))
    edits.changed(db, dataset)


def composed(db: sqlite3.Connection, dataset: int, seed: int) -> exam.Exam:
    """The exam of a dataset of facts as it stands now, with what was struck from it."""
    return exam.compose(queries.with_target(db, dataset), changes(db, dataset), seed)


def changes(db: sqlite3.Connection, dataset: int) -> list[exam.Change]:
    """The questions of the exam that were struck or written, in the order in which they were."""
    query = "SELECT number, text, kept FROM exam_changes WHERE dataset = ? ORDER BY id"
    found = db.execute(query, (dataset,)).fetchall()
    return [exam.Change(number=one["number"], text=one["text"], kept=bool(one["kept"])) for one in found]


def strike(db: sqlite3.Connection, dataset: int, number: int, text: str, kept: bool) -> None:
    """Takes a question out of the exam, or with `kept` back into it; one that a person wrote is gone for good."""
    known = "DELETE FROM exam_changes WHERE dataset = ? AND number = ? AND text = ?"
    if not db.execute(known, (dataset, number, text)).rowcount and not kept:
        db.execute(INTO_EXAM, (dataset, number, text, 0))
    edits.changed(db, dataset)


def write(db: sqlite3.Connection, dataset: int, number: int, text: str) -> None:
    """Puts a question into the exam whose right answer is that of row `number`. Raises StudioError data.no_such_row."""
    edits.find(db, dataset, number)
    db.execute(INTO_EXAM, (dataset, number, text, 1))
    edits.changed(db, dataset)
