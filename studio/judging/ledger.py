"""What was answered and what was said of it, in the workspace's database.

Knows no model and no rule: every change is on the disk before the call returns, and nothing is ever overwritten.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from studio.data.schema import Message
from studio.data.store.database import Database
from studio.errors import StudioError
from studio.judging.opinions import Asked, Contest, Correction, Mark, Match, Thumbed, Verdict
from studio.workspace import Workspace, transaction

CONTEST = "run = :run AND step = :step AND against = :against AND against_step = :against_step"
SAID = ("matches", "corrections", "thumbs")  # tables that name a run and its dataset
PRESENT = (  # a judge's last verdict on a match, seen from either side of it
    "SELECT v.* FROM verdicts v JOIN (SELECT max(id) AS last FROM verdicts WHERE undone = 0"
    " GROUP BY match, judge, CASE way WHEN 'model' THEN first ELSE '' END) ON last = v.id"
)


class Ledger:
    """Of one workspace. Safe to use from any thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._db = Database(workspace.database)

    def close(self) -> None:
        self._db.close()

    # answers

    def matches(self, contest: Contest) -> list[Match]:
        """In the order in which they were kept."""
        query = f"SELECT * FROM matches WHERE {CONTEST} ORDER BY id"  # noqa: S608  (columns of our own)
        return [_match(row) for row in self._db().execute(query, asdict(contest))]

    def match(self, number: int) -> tuple[Contest, Match]:
        """Raises StudioError judging.no_such_match."""
        row = self._db().execute("SELECT * FROM matches WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise StudioError("judging.no_such_match", number=number)
        return _contest(row), _match(row)

    def there(self, number: int) -> bool:
        return self._db().execute("SELECT 1 FROM matches WHERE id = ?", (number,)).fetchone() is not None

    def keep(self, contest: Contest, answered: Iterable[tuple[Asked, str, str]]) -> list[int]:
        """Notes questions with both answers, those that are there already not again; the id of each."""
        with transaction(self._db()) as db:
            return [_kept(db, contest, *one) for one in answered]

    def dataset_of(self, run: str) -> str:
        """What a run learned from of whose answers something was said; "" where nothing was."""
        query = " UNION ".join(f"SELECT dataset FROM {table} WHERE run = ?" for table in SAID)  # noqa: S608
        found = self._db().execute(query, (run,) * len(SAID)).fetchone()
        return str(found["dataset"]) if found else ""

    def contests(self, dataset: str, run: str) -> list[Contest]:
        """All between answers of this run, or of any that learned from this dataset, those of deleted ones too."""
        query = (
            "SELECT * FROM matches WHERE run = ? OR (dataset = ? AND dataset != '')"
            " GROUP BY run, step, against, against_step"
        )
        return [_contest(row) for row in self._db().execute(query, (run, dataset))]

    # what was said

    def say(self, verdict: Verdict) -> int:
        """Appends a verdict; its id. Raises StudioError judging.no_such_match."""
        with transaction(self._db()) as db:
            if db.execute("SELECT 1 FROM matches WHERE id = ?", (verdict.match,)).fetchone() is None:
                raise StudioError("judging.no_such_match", number=verdict.match)
            values = (
                verdict.match,
                verdict.judge,
                verdict.way,
                verdict.better,
                verdict.first,
                verdict.why,
                time.time(),
            )
            query = "INSERT INTO verdicts (match, judge, way, better, first, why, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
            return int(db.execute(query, values).lastrowid or 0)

    def take_back(self, contest: Contest, judge: str, way: str) -> int | None:
        """Takes back what `judge` said last in this contest; the match it was about, None where there is nothing."""
        query = (
            "SELECT v.id, match FROM verdicts v JOIN matches m ON m.id = match WHERE undone = 0"  # noqa: S608
            f" AND judge = :judge AND way = :way AND {CONTEST} ORDER BY v.id DESC LIMIT 1"
        )
        with transaction(self._db()) as db:
            found = db.execute(query, {**asdict(contest), "judge": judge, "way": way}).fetchone()
            if found is None:
                return None
            db.execute("UPDATE verdicts SET undone = 1 WHERE id = ?", (found["id"],))
            return int(found["match"])

    def verdicts(self, contest: Contest) -> list[Verdict]:
        """What counts: of each judge the last on each match, of a model one for either order of the answers."""
        query = f"SELECT * FROM ({PRESENT}) p JOIN matches m ON m.id = p.match WHERE {CONTEST} ORDER BY p.id"  # noqa: S608
        return [
            Verdict(row["match"], row["judge"], row["better"], row["way"], row["first"], row["why"])
            for row in self._db().execute(query, asdict(contest))
        ]

    def mark(self, marks: Sequence[Mark]) -> None:
        """Appends marks, all or none."""
        with transaction(self._db()) as db:
            query = "INSERT INTO marks (match, side, judge, criterion, mark, at) VALUES (?, ?, ?, ?, ?, ?)"
            now = time.time()
            db.executemany(query, [(one.match, one.of, one.judge, one.criterion, one.mark, now) for one in marks])

    def marks(self, contest: Contest) -> list[Mark]:
        """Of each judge the last for each answer and criterion."""
        query = (
            "SELECT k.match, side, judge, criterion, mark FROM marks k JOIN matches m ON m.id = k.match"  # noqa: S608
            f" WHERE {CONTEST} AND k.id IN (SELECT max(id) FROM marks GROUP BY match, side, judge, criterion)"
            " ORDER BY k.id"
        )
        return [Mark(*row) for row in self._db().execute(query, asdict(contest))]

    def correct(self, correction: Correction) -> None:
        asked = correction.asked
        values = (
            correction.dataset, correction.run, asked.text, _written(asked.context), correction.answer, asked.wanted,
            time.time(),
        )  # fmt: skip
        with transaction(self._db()) as db:
            names = "dataset, run, question, context, answer, corrected, at"
            db.execute(f"INSERT INTO corrections ({names}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608

    def corrections(self, dataset: str, run: str) -> list[Correction]:
        """The last one of each answer, of this run or of any that learned from this dataset."""
        query = (
            "SELECT * FROM corrections WHERE id IN (SELECT max(id) FROM corrections"
            " WHERE run = ? OR (dataset = ? AND dataset != '') GROUP BY run, question, context, answer) ORDER BY id"
        )
        return [
            Correction(
                row["dataset"],
                row["run"],
                Asked(row["question"], _read(row["context"]), row["corrected"]),
                row["answer"],
            )
            for row in self._db().execute(query, (run, dataset))
        ]

    def thumb(self, thumbed: Thumbed) -> None:
        asked = thumbed.asked
        values = (
            thumbed.dataset, thumbed.run, asked.text, _written(asked.context), thumbed.answer, thumbed.liked,
            time.time(),
        )  # fmt: skip
        with transaction(self._db()) as db:
            names = "dataset, run, question, context, answer, liked, at"
            db.execute(f"INSERT INTO thumbs ({names}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608

    def thumbs(self, dataset: str, run: str) -> list[Thumbed]:
        """The last one of each answer that was not taken back, of this run or of any that learned from this dataset."""
        query = (
            "SELECT * FROM thumbs WHERE liked != '' AND id IN (SELECT max(id) FROM thumbs"
            " WHERE run = ? OR (dataset = ? AND dataset != '') GROUP BY question, context, answer) ORDER BY id"
        )
        return [
            Thumbed(
                row["dataset"], row["run"], Asked(row["question"], _read(row["context"])), row["answer"], row["liked"]
            )
            for row in self._db().execute(query, (run, dataset))
        ]


def _kept(db: sqlite3.Connection, contest: Contest, asked: Asked, answer: str, other: str) -> int:
    values = {
        **asdict(contest), "question": asked.text, "context": _written(asked.context), "wanted": asked.wanted,
        "answer": answer, "other": other, "at": time.time(),
    }  # fmt: skip
    same = "question = :question AND context = :context AND answer = :answer AND other = :other"
    found = db.execute(f"SELECT id FROM matches WHERE {CONTEST} AND {same}", values).fetchone()  # noqa: S608
    if found is not None:
        return int(found["id"])
    query = (
        "INSERT INTO matches (dataset, run, step, against, against_step, question, context, wanted, answer, other, at)"
        " VALUES (:dataset, :run, :step, :against, :against_step, :question, :context, :wanted, :answer, :other, :at)"
    )
    return int(db.execute(query, values).lastrowid or 0)


def _written(context: Sequence[Message]) -> str:
    return json.dumps([[one.role, one.content] for one in context], ensure_ascii=False) if context else ""


def _read(context: str) -> tuple[Message, ...]:
    return tuple(Message(role, content) for role, content in json.loads(context)) if context else ()


def _contest(row: sqlite3.Row) -> Contest:
    return Contest(row["dataset"], row["run"], row["step"], row["against"], row["against_step"])


def _match(row: sqlite3.Row) -> Match:
    return Match(row["id"], Asked(row["question"], _read(row["context"]), row["wanted"]), row["answer"], row["other"])
