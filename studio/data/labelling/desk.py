"""What somebody who labels has before them: one row, which row comes next, what is done; a few indexed queries a key.

Knows no screen. There are three desks: of one person, of one of two people, and of the rows on which the two differ.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.data.labelling import annotators, suggest
from studio.data.labelling.annotators import MINE, SLOT, Pair
from studio.data.labelling.suggest import Suggestion
from studio.data.schema import Row
from studio.data.store import edits, queries, rows
from studio.errors import StudioError
from studio.workspace import transaction

if TYPE_CHECKING:
    from studio.tasks import Task


@dataclass(frozen=True)
class Card:
    """A row as it lies on a desk: `target` and `revision` are those that count for whoever sits there."""

    row: Row
    target: str
    revision: int
    done: int
    total: int
    last: int  # the change that `undo` would take back; 0 for none
    suggestion: Suggestion | None = None
    votes: Mapping[str, str] = field(default_factory=dict)  # name → label, where it is to be decided between them


@dataclass(frozen=True)
class Desk:
    """Of one person: every row, in its order or the least sure suggestion first."""

    db: sqlite3.Connection
    key: int
    uncertain: bool = False

    @property
    def task(self) -> Task:
        found: Task = self.db.execute("SELECT task FROM datasets WHERE key = ?", (self.key,)).fetchone()[0]
        return found

    def waiting(self, after: int) -> int | None:
        """The next row to label behind row `after`, else the first, else None."""
        found = suggest.next_uncertain(self.db, self.key, after) if self.uncertain else None
        return found or queries.next_unlabelled(self.db, self.key, after)

    def beside(self, number: int, step: int) -> int:
        """The row before (-1) or behind (1) it, or itself at either end."""
        found = (
            self._end("min", "number > :number", number) if step > 0 else self._end("max", "number < :number", number)
        )
        return found or number

    def nearest(self, number: int) -> int | None:
        """The first row from `number` on, else the last; None where there is none."""
        return self._end("min", "number >= :number", number) or self._end("max", "number < :number", number)

    def card(self, number: int) -> Card:
        """Raises StudioError data.no_such_row."""
        row = edits.to_row(edits.find(self.db, self.key, number))
        total = queries.count(self.db, self.key, None)
        done = total - queries.count(self.db, self.key, "")
        said = None if row.target else suggest.of(self.db, self.key, number)
        return Card(row, row.target, row.revision, done, total, edits.last_batch(self.db, self.key), said)

    def put(self, number: int, target: str, revision: int) -> None:
        """The label or reply of a row; on the disk before this returns.

        Saying the same again is no change, so that it can be sent again when the answer was lost.
        Raises StudioError data.row_changed_elsewhere when the row is no longer at `revision`.
        """
        with transaction(self.db) as db:
            now = edits.find(db, self.key, number)
            if now["target"] != target:
                self._check(number, now["target"], now["revision"], revision)
                edits.overwrite(db, self.key, number, {"target": target})

    def undo(self, last: int) -> int | None:
        """Takes back the change `last`, if it is still the last; its row, also if that was done before."""
        with transaction(self.db) as db:
            row = rows.undo(db, self.key, last)
        if row:
            return row.number
        query = "SELECT number FROM edits WHERE dataset = ? AND batch = ? AND id >= ? AND undone = 1 LIMIT 1"
        done = self.db.execute(query, (self.key, last, last)).fetchone()
        return done[0] if done and last else None

    def _check(self, number: int, target: str, at: int, revision: int) -> None:
        if at != revision:
            raise StudioError("data.row_changed_elsewhere", number=number, target=target[:80])

    def _end(self, end: str, test: str, number: int) -> int | None:
        return self._one(f"SELECT {end}(number) FROM rows WHERE dataset = :dataset AND {test}", {"number": number})  # noqa: S608

    def _one(self, query: str, values: Mapping[str, int]) -> int | None:
        found: int | None = self.db.execute(query, {"dataset": self.key, **values}).fetchone()[0]
        return found


@dataclass(frozen=True)
class SharedDesk(Desk):
    """Of one of two people: the rows that are theirs alone and those that both label, without what the other said."""

    pair: Pair = Pair(("", ""), 0)
    place: int = 0

    @property
    def name(self) -> str:
        return self.pair.names[self.place]

    def waiting(self, after: int) -> int | None:
        # a row of one's own waits for its label, a shared one for one's own vote
        query = (
            f"SELECT number FROM rows WHERE dataset = :dataset AND number > :after AND ("  # noqa: S608
            f" {SLOT} >= :shared AND ({SLOT} - :shared) % 2 = :place AND target = '' OR {SLOT} < :shared AND NOT EXISTS"
            " (SELECT 1 FROM votes v WHERE v.dataset = :dataset AND v.number = rows.number AND v.annotator = :name"
            " AND v.undone = 0)) ORDER BY number LIMIT 1"
        )
        values = {"dataset": self.key, "shared": self.pair.shared, "place": self.place, "name": self.name}
        for start in (after, 0):
            found = self.db.execute(query, {**values, "after": start}).fetchone()
            if found is not None:
                return int(found[0])
        return None

    def card(self, number: int) -> Card:
        row = edits.to_row(edits.find(self.db, self.key, number))
        done, total = annotators.progress(self.db, self.key, self.pair, self.place)
        last = annotators.last_vote(self.db, self.key, self.name)
        if not self.pair.is_shared(number):
            said = None if row.target else suggest.of(self.db, self.key, number)
            return Card(row, row.target, row.revision, done, total, last, said)
        mine = annotators.said(self.db, self.key, number).get(self.name, "")
        # no suggestion here: two who follow the same hint would seem to agree
        return Card(row, mine, annotators.revision(self.db, self.key, number, self.name), done, total, last)

    def put(self, number: int, target: str, revision: int) -> None:
        with transaction(self.db) as db:
            row = edits.find(db, self.key, number)
            before, at = row["target"], row["revision"]
            if self.pair.is_shared(number):
                before = annotators.said(db, self.key, number).get(self.name, "")
                at = annotators.revision(db, self.key, number, self.name)
            if before != target:
                self._check(number, before, at, revision)
                annotators.vote(db, self.key, number, self.name, target)

    def undo(self, last: int) -> int | None:
        with transaction(self.db) as db:
            return annotators.undo(db, self.key, self.name, last)

    def _one(self, query: str, values: Mapping[str, int]) -> int | None:
        return super()._one(f"{query} AND {MINE}", {**values, "shared": self.pair.shared, "place": self.place})


@dataclass(frozen=True)
class DisputeDesk(Desk):
    """Of whoever decides: the rows on which the two differ, with what each said."""

    pair: Pair = Pair(("", ""), 0)

    def waiting(self, after: int) -> int | None:
        open_ = annotators.disputed(self.db, self.key, self.pair)
        return open_[bisect_right(open_, after) % len(open_)] if open_ else None

    def beside(self, number: int, step: int) -> int:
        open_ = annotators.disputed(self.db, self.key, self.pair)
        behind = [at for at in open_ if (at > number if step > 0 else at < number)]
        return (behind[0] if step > 0 else behind[-1]) if behind else number

    def card(self, number: int) -> Card:
        row = edits.to_row(edits.find(self.db, self.key, number))
        both = annotators.pairs(self.db, self.key, self.pair)
        differ = sum(one != two for _, one, two in both)
        left = len(annotators.disputed(self.db, self.key, self.pair))
        said = annotators.said(self.db, self.key, number)
        return Card(
            row, said.get(annotators.JUDGE, ""),
            annotators.revision(self.db, self.key, number, annotators.JUDGE),
            differ - left, differ, annotators.last_vote(self.db, self.key, annotators.JUDGE),
            votes={name: said[name] for name in self.pair.names if name in said},
        )  # fmt: skip

    def put(self, number: int, target: str, revision: int) -> None:
        with transaction(self.db) as db:
            before = annotators.said(db, self.key, number).get(annotators.JUDGE, "")
            if before != target:
                self._check(number, before, annotators.revision(db, self.key, number, annotators.JUDGE), revision)
                annotators.vote(db, self.key, number, annotators.JUDGE, target)

    def undo(self, last: int) -> int | None:
        with transaction(self.db) as db:
            return annotators.undo(db, self.key, annotators.JUDGE, last)
