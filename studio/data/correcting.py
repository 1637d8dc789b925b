"""What a person makes of wrong answers: a right answer corrected, a question of the exam taken into the lessons.

Knows no run and no report: which rows were answered wrongly is handed in.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.data.labelling.first import First
from studio.data.near import normalise
from studio.data.schema import Example, Origin
from studio.data.store import catalog, edits, exams, queries, rows
from studio.data.store.database import Database
from studio.workspace import transaction

MOST_WAITING = 20_000  # rows without a label that are compared with a mistake


@dataclass(frozen=True)
class Correction:
    """A question of an exam, the answer that is right, and whether it is to be learned from now on."""

    number: int
    text: str
    target: str
    origin: Origin = "own"
    learn: bool = False


@dataclass(frozen=True)
class Corrected:
    """How many rows got another answer, how many questions became lessons, and how many are in the data no more."""

    changed: int = 0
    learned: int = 0
    gone: int = 0


@dataclass(frozen=True)
class Added:
    """How many rows are new, how many the dataset had already, and how many could not be added."""

    added: int
    known: int
    left_out: int = 0


class Correcting:
    """Of one workspace. Safe to use from any thread."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def correct(self, dataset: str, corrections: Sequence[Correction]) -> Corrected:
        """Lays all of them over the data at once; one undo takes the new answers and the new rows back.

        A corrected answer corrects the exam, which goes on asking that question. One that is to be learned leaves the
        exam: a row of its own becomes a lesson when the next version is frozen, and another one takes its place there;
        a question that only the exam asks becomes a row.
        """
        found = Corrected()
        with transaction(self._db()) as db:
            key, batch = catalog.key(db, dataset), edits.next_batch(db)
            facts = _teaches_facts(db, key)
            for one in corrections:
                found = _corrected(db, key, one, (batch, facts), found)
            if found.learned:
                edits.changed(db, key)
        return found

    def add(self, dataset: str, rows_: Sequence[Example]) -> Added:
        """New last rows that say what these do, but for what the dataset says already; one undo takes them all away."""
        added = known = 0
        with transaction(self._db()) as db:
            key, batch = catalog.key(db, dataset), edits.next_batch(db)
            said = queries.texts(db, key)
            for row in rows_:
                if normalise(row.text) in said:
                    known += 1
                    continue
                said.add(normalise(row.text))
                edits.append(db, key, {name: getattr(row, name) for name in edits.SAID}, batch)
                added += 1
        return Added(added, known)

    def like(self, dataset: str, texts: Sequence[str], count: int) -> list[First]:
        """The rows without a label whose texts are most like these, the most alike first.

        Alike by the letters that they share (TF-IDF of runs of one to three, cosine), as the simple method counts.
        """
        key = catalog.key(self._db(), dataset)
        query = "SELECT number, text FROM rows WHERE dataset = ? AND target = '' ORDER BY number LIMIT ?"
        waiting = self._db().execute(query, (key, MOST_WAITING)).fetchall()
        if not waiting or not texts:
            return []
        from sklearn.feature_extraction.text import TfidfVectorizer

        counted = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        table = counted.fit_transform([*texts, *(row["text"] for row in waiting)])
        alike = (table[len(texts) :] @ table[: len(texts)].T).max(axis=1).toarray().ravel()
        best = sorted(range(len(waiting)), key=lambda place: (-alike[place], waiting[place]["number"]))
        return [First(waiting[place]["number"], "like") for place in best[:count] if alike[place] > 0]


def _teaches_facts(db: sqlite3.Connection, key: int) -> bool:
    (task,) = db.execute("SELECT task FROM datasets WHERE key = ?", (key,)).fetchone()
    return exams.lesson_of(db, key, task, queries.with_target(db, key)) == "facts"


def _corrected(
    db: sqlite3.Connection, key: int, one: Correction, how: tuple[int, bool], so_far: Corrected
) -> Corrected:
    """`how`: the batch, and whether all rows with the same answer are one fact, which has one answer."""
    batch, facts = how
    row = db.execute("SELECT * FROM rows WHERE dataset = ? AND number = ?", (key, one.number)).fetchone()
    if row is None or (one.origin == "own" and normalise(row["text"]) != normalise(one.text)):
        return replace(so_far, gone=so_far.gone + 1)
    target = one.target.strip()
    if target and target != row["target"]:
        same = "SELECT number FROM rows WHERE dataset = ? AND target = ?"
        whole = [number for (number,) in db.execute(same, (key, row["target"]))] if facts else [one.number]
        for number in whole:
            edits.overwrite(db, key, number, {"target": target}, batch)
        so_far = replace(so_far, changed=so_far.changed + 1)
    if one.learn and one.origin != "own":
        rows.insert_like(db, key, one.number, [one.text], batch)
        return replace(so_far, learned=so_far.learned + 1)
    if one.learn and row["part"] != "train":
        db.execute("UPDATE rows SET part = 'train' WHERE dataset = ? AND number = ?", (key, one.number))
        return replace(so_far, learned=so_far.learned + 1)
    return so_far
