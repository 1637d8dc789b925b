"""Datasets in SQLite: the upload as read, the annotations laid over it, the frozen versions that runs learn from.

Knows no file format and no screen. A change is on the disk before the call that makes it returns.
"""

from __future__ import annotations

import builtins
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from studio.data.export import write_dataset
from studio.data.intake import identity
from studio.data.intake.intake import (
    BETWEEN,
    Wish,
    report_from_json,
    report_to_json,
    table_of,
    understand,
    understand_all,
)
from studio.data.labelling.labelling import Labelling
from studio.data.near import normalise
from studio.data.reading.read import read_tables
from studio.data.schema import Dataset, Example, ImportReport, Part, Row, Splits
from studio.data.store import edits, queries, versions
from studio.data.store.database import Database
from studio.data.store.split import of_fold
from studio.data.store.uploads import Facts, Source, Uploads
from studio.data.teaching import exam
from studio.data.teaching.lesson import allowed, facts
from studio.errors import StudioError
from studio.tasks import TASKS, Lesson, Role
from studio.workspace import GIB, Workspace, transaction

if TYPE_CHECKING:
    from studio.tasks import Task

INTO_EXAM = "INSERT OR REPLACE INTO exam_changes (dataset, number, text, kept) VALUES (?, ?, ?, ?)"


class DataStore:
    """All datasets of a workspace. Safe to use from any thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._db = Database(workspace.database)
        self._uploads = Uploads(workspace)
        self._orders = queries.Orders()
        self.labelling = Labelling(self, self._db, self._key)

    def close(self) -> None:
        self._db.close()

    # in

    def add(  # noqa: PLR0913  (what a person may say about a file)
        self,
        path: Path | Sequence[Path],
        *,
        name: str | None = None,
        task: Task | None = None,
        roles: Mapping[str, Role] | None = None,
        sheet: str | None = None,
        normalise_labels: bool = False,
        encoding: str | None = None,
        fill_merged: bool = True,
    ) -> Dataset:
        """A new dataset from a file or several of the same columns, which are copied untouched into the workspace.

        What is not said is guessed. Raises StudioError data.*.
        """
        paths = [path] if isinstance(path, Path | str) else path
        wish = Wish(task, roles or {}, sheet, normalise_labels, encoding, fill_merged)
        sources = [(Path(one).name, Path(one)) for one in paths]
        return self._add(sources, name or Path(sources[0][0]).stem, wish)

    def add_rows(self, name: str, task: Task, pairs: Sequence[tuple[str, str]]) -> Dataset:
        """A new dataset from (text, target) pairs that were typed, pasted or made by the identity wizard."""
        examples, report = understand(table_of(pairs, task), Wish(task), "")
        return self._insert(self._workspace.new_id("data"), name, examples, report)

    def reinterpret(self, dataset_id: str, wish: Wish) -> Dataset:
        """The same upload read with other wishes: in place, or as a new dataset when there are edits to be kept."""
        old = self.get(dataset_id)
        uploads = self._uploads.of(dataset_id)
        if not uploads:
            raise StudioError("data.no_upload", name=old.name)
        names = old.report.file.split(BETWEEN) if len(uploads) > 1 else [old.report.file]
        sources = list(zip(names, uploads, strict=True))
        encoding = wish.encoding or old.report.chosen_encoding or None
        wish = replace(wish, sheet=wish.sheet or old.report.sheet or None, encoding=encoding)
        key = self._key(dataset_id)
        if self._edited(key):
            return self._add(sources, old.name, wish)
        examples, report = understand_all(read_tables(sources, wish.reading), wish)
        with transaction(self._db()) as db:
            for table in ("rows", "tallies", "edits", "annotators", "votes"):
                db.execute(f"DELETE FROM {table} WHERE dataset = ?", (key,))  # noqa: S608  (one of these)
            db.execute(
                "UPDATE datasets SET task = ?, report = ?, next_number = ?, changes = changes + 1 WHERE key = ?",
                (report.task, report_to_json(report), len(examples) + 1, key),
            )
            queries.insert(db, key, examples, report.task)
        self._uploads.note(dataset_id, wish=wish)
        return self.get(dataset_id)

    def fill(self, dataset_id: str, name: str, maker: str) -> int:
        """Puts the names into `{{name}}` and `{{author}}`; how many rows changed. One undo takes it all back."""
        query = "SELECT number, text, target FROM rows WHERE dataset = ? AND (text LIKE '%{{%' OR target LIKE '%{{%')"
        with transaction(self._db()) as db:
            key, batch, changed = self._key(dataset_id), edits.next_batch(db), 0
            for number, *before in db.execute(query, (key,)).fetchall():
                after = [identity.fill_text(text, name, maker) for text in before]
                if after != before:
                    edits.overwrite(db, key, number, dict(zip(("text", "target"), after, strict=True)), batch)
                    changed += 1
            left = identity.placeholders(text + target for _, text, target in db.execute(query, (key,)))
            self._note(dataset_id, placeholders=left)
        return changed

    # the datasets

    def get(self, dataset_id: str) -> Dataset:
        """Raises StudioError data.no_such_dataset."""
        return _dataset(self._card(dataset_id))

    def name_of(self, dataset_id: str) -> str:
        """The name alone; a deleted dataset is called by its id, because its runs stay."""
        return self.names().get(dataset_id, dataset_id)

    def names(self) -> dict[str, str]:
        """Every dataset's name by its id, and nothing more of it."""
        return {row["id"]: row["name"] for row in self._db().execute("SELECT id, name FROM datasets")}

    def roles_of(self, dataset_id: str) -> Mapping[str, Role]:
        """Column → role. Raises StudioError data.no_such_dataset."""
        return self.get(dataset_id).report.roles

    def rename(self, dataset_id: str, name: str) -> None:
        """Raises StudioError data.no_such_dataset, versions.no_name."""
        if not name.strip():
            raise StudioError("versions.no_name")
        name = name.strip()[:80]
        self._db().execute("UPDATE datasets SET name = ? WHERE key = ?", (name, self._key(dataset_id)))
        self._uploads.note(dataset_id, name=name)

    def known_texts(self, dataset_id: str) -> set[str]:
        """All texts of the dataset as `normalise` leaves them."""
        found = self._db().execute("SELECT text FROM rows WHERE dataset = ?", (self._key(dataset_id),))
        return {normalise(text) for (text,) in found}

    def edited(self, dataset_id: str) -> int:
        """How many rows differ from the upload."""
        query = "SELECT count(*) FROM rows WHERE dataset = ? AND uploaded_text IS NOT NULL"
        return int(self._db().execute(query, (self._key(dataset_id),)).fetchone()[0])

    def delete(self, dataset_id: str) -> None:
        """Removes the dataset, its versions and its upload for good."""
        with transaction(self._db()) as db:
            db.execute("DELETE FROM datasets WHERE key = ?", (self._key(dataset_id),))
            self._uploads.discard(dataset_id)  # before the commit, or a crash between would leave files to be found

    # the rows

    def rows(  # noqa: PLR0913  (what a person may look for)
        self,
        dataset_id: str,
        *,
        offset: int = 0,
        limit: int = 50,
        search: str = "",
        label: str | None = None,
        part: Part | None = None,
        unlabelled: bool = False,
    ) -> tuple[list[Row], int]:
        """A page of the rows that match, in their order, and how many match in all."""
        return self.page(dataset_id, queries.Wanted(search, "" if unlabelled else label, part), offset, limit)

    def page(self, dataset_id: str, wanted: queries.Wanted, offset: int = 0, limit: int = 50) -> tuple[list[Row], int]:
        """A page of the rows wanted, in the order wanted, and how many are wanted in all."""
        return queries.page(self._db(), self._key(dataset_id), wanted, (offset, limit), self._orders)

    def numbers(self, dataset_id: str, wanted: queries.Wanted) -> builtins.list[int]:
        """The numbers of all rows wanted."""
        return queries.numbers(self._db(), self._key(dataset_id), wanted)

    def row(self, dataset_id: str, number: int) -> Row:
        """Raises StudioError data.no_such_row."""
        return edits.to_row(edits.find(self._db(), self._key(dataset_id), number))

    def edit(
        self,
        dataset_id: str,
        number: int,
        *,
        text: str | None = None,
        target: str | None = None,
        revision: int | None = None,
    ) -> Row:
        """Changes a row; on the disk before this returns. An empty target takes the label away.

        Raises StudioError data.row_changed_elsewhere when the row is no longer at `revision`, data.empty_text.
        """
        values = {name: value.strip() for name, value in (("text", text), ("target", target)) if value is not None}
        if values.get("text") == "":
            raise StudioError("data.empty_text")
        with transaction(self._db()) as db:
            key = self._key(dataset_id)
            now = edits.find(db, key, number)
            if revision is not None and now["revision"] != revision:
                raise StudioError("data.row_changed_elsewhere", number=number, target=now["target"][:80])
            edits.overwrite(db, key, number, values)
            return edits.to_row(edits.find(db, key, number))

    def insert(self, dataset_id: str, text: str, target: str = "") -> Row:
        """A new last row. Raises StudioError data.empty_text."""
        if not text.strip():
            raise StudioError("data.empty_text")
        with transaction(self._db()) as db:
            key = self._key(dataset_id)
            return edits.to_row(edits.find(db, key, edits.append(db, key, text.strip(), target.strip())))

    def insert_like(self, dataset_id: str, number: int, texts: Sequence[str]) -> int:
        """New last rows that say row `number` in other words, with its target; how many. One undo takes them away.

        They are of one group with it: made from it by rule, they would make a test too easy. Raises StudioError
        data.no_such_row.
        """
        with transaction(self._db()) as db:
            key, batch = self._key(dataset_id), edits.next_batch(db)
            like = edits.find(db, key, number)
            group = like["group_name"] or f"#{number}"
            db.execute("UPDATE rows SET group_name = ? WHERE dataset = ? AND number = ?", (group, key, number))
            new = [text.strip() for text in texts if text.strip()]
            for text in new:
                edits.append(db, key, text, like["target"], batch, group)
            return len(new)

    def remove(self, dataset_id: str, number: int) -> None:
        with transaction(self._db()) as db:
            edits.drop(db, self._key(dataset_id), number)

    def change(self, dataset_id: str, changes: Mapping[int, Mapping[str, str] | None]) -> int:
        """Changes many rows at once, each to its new `text` or `target`, or away with it for None; how many changed.

        All or nothing, and one undo takes it all back. Rows that are gone meanwhile are passed over.
        """
        with transaction(self._db()) as db:
            key, batch = self._key(dataset_id), edits.next_batch(db)
            before = self._changes(key)
            known = {number for (number,) in db.execute("SELECT number FROM rows WHERE dataset = ?", (key,))}
            for number, values in changes.items():
                if number in known and values is None:
                    edits.drop(db, key, number, batch)
                elif number in known and values is not None:
                    edits.overwrite(db, key, number, values, batch)
            return self._changes(key) - before

    def undo(self, dataset_id: str, batch: int | None = None) -> Row | None:
        """Takes back the last change of any kind, or with `batch` only if it is that one; the row it was about, or None
        when nothing is left to undo."""
        with transaction(self._db()) as db:
            row = edits.undo(db, self._key(dataset_id), batch)
            if row and (held := identity.placeholders([row.text + row.target])):
                self._note(dataset_id, placeholders=held)
            return row

    # labels

    def labels(self, dataset_id: str) -> list[str]:
        """The labels, most frequent at the import first, later ones at the end, so that none changes its key."""
        card = self._card(dataset_id)
        if not TASKS[card["task"]].labelled:
            return []
        return queries.labels(self._db(), card["key"])

    def declare_labels(self, dataset_id: str, labels: Sequence[str]) -> None:
        """Labels to choose from before any row has them."""
        with transaction(self._db()) as db:
            for label in labels:
                if label.strip():
                    edits.declare(db, self._key(dataset_id), label.strip())

    def progress(self, dataset_id: str) -> tuple[int, int]:
        """How many rows have a target, of how many."""
        key = self._key(dataset_id)
        total = queries.count(self._db(), key, None)
        return total - queries.count(self._db(), key, ""), total

    def next_unlabelled(self, dataset_id: str, after: int = 0) -> int | None:
        """The next row without a target after row `after`, else the first one, else None."""
        return queries.next_unlabelled(self._db(), self._key(dataset_id), after)

    # what is taught, and what is asked of it

    def lesson(self, dataset_id: str) -> Lesson:
        """What the dataset teaches: as a person said, else as guessed from its rows."""
        card = self._card(dataset_id)
        rows = versions.rows_with_target(self._db(), card["key"])
        return versions.lesson_of(self._db(), card["key"], card["task"], rows)

    def teach(self, dataset_id: str, lesson: str) -> None:
        """Says what the dataset teaches. Raises StudioError lesson.not_of_task."""
        with transaction(self._db()) as db:
            card = self._card(dataset_id)
            said = allowed(lesson, card["task"])
            db.execute("UPDATE datasets SET lesson = ? WHERE key = ?", (said, card["key"]))
            edits.changed(db, card["key"])

    def exam_of(self, dataset_id: str, seed: int = 42) -> exam.Exam:
        """The exam of a dataset of facts as it stands now, with what was struck from it."""
        db, key = self._db(), self._key(dataset_id)
        return exam.compose(versions.rows_with_target(db, key), versions.exam_changes(db, key), seed)

    def facts_of(self, dataset_id: str) -> builtins.list[builtins.list[Example]]:
        """The rows that have an answer, by the fact that they ask for, in their order."""
        return facts(versions.rows_with_target(self._db(), self._key(dataset_id)))

    def strike(self, dataset_id: str, number: int, text: str, *, kept: bool = False) -> None:
        """Takes a question out of the exam, or with `kept` back into it; one that a person wrote is gone for good."""
        with transaction(self._db()) as db:
            key = self._key(dataset_id)
            known = "DELETE FROM exam_changes WHERE dataset = ? AND number = ? AND text = ?"
            if not db.execute(known, (key, number, text)).rowcount and not kept:
                db.execute(INTO_EXAM, (key, number, text, 0))
            edits.changed(db, key)

    def write_question(self, dataset_id: str, number: int, text: str) -> None:
        """Puts a question into the exam whose right answer is that of row `number`.

        Raises StudioError data.empty_text, data.no_such_row, split.question_is_taught.
        """
        text = text.strip()
        if not text:
            raise StudioError("data.empty_text")
        if normalise(text) in self.known_texts(dataset_id):
            raise StudioError("split.question_is_taught", text=text[:40])
        with transaction(self._db()) as db:
            key = self._key(dataset_id)
            edits.find(db, key, number)
            db.execute(INTO_EXAM, (key, number, text, 1))
            edits.changed(db, key)

    # out

    def freeze(self, dataset_id: str, seed: int = 42) -> int:
        """The dataset's version as it stands now; see `versions.freeze`."""
        return versions.freeze(self._db(), self._key(dataset_id), seed)

    def splits(self, dataset_id: str, version: int | None = None, *, fold: tuple[int, int] | None = None) -> Splits:
        """A frozen version, the newest without a number; with a `fold` (2, 5), fold 2 of 5 of it is the test.

        Raises StudioError data.no_such_version, split.no_such_fold, split.too_few_for_folds.
        """
        splits = versions.load(self._db(), self._key(dataset_id), version)
        return splits if fold is None else of_fold(splits, *fold)

    def versions(self, dataset_id: str) -> builtins.list[versions.Version]:
        """All frozen versions, newest first."""
        return versions.listed(self._db(), self._key(dataset_id))

    def export(self, dataset_id: str, path: Path) -> None:
        """The table as it stands now, as xlsx, csv, tsv or jsonl by the path's ending."""
        card = self.get(dataset_id)
        found = self._db().execute("SELECT * FROM rows WHERE dataset = ? ORDER BY number", (self._key(dataset_id),))
        write_dataset(path, card, [edits.to_row(record) for record in found])

    def lost(self) -> builtins.list[str]:
        """Uploads that no dataset knows, as when the database was lost."""
        return self._uploads.lost({record["id"] for record in self._db().execute("SELECT id FROM datasets")})

    def recover(self, upload: str) -> Dataset:
        """A lost upload as a new dataset, read as it was to be read. Raises StudioError data.*; then it stays lost."""
        facts = self._uploads.facts(upload)
        sources = list(zip(facts.files, self._uploads.of(upload), strict=True))
        dataset = self._add(sources, facts.name, facts.wish)
        self._uploads.discard(upload)
        return dataset

    def list(self) -> list[Dataset]:  # below the others, whose annotations it would take the name from
        """All datasets, newest first."""
        return [_dataset(record) for record in self._db().execute("SELECT * FROM datasets ORDER BY key DESC")]

    # within

    def _add(self, sources: Sequence[Source], name: str, wish: Wish) -> Dataset:
        for file, source in sources:
            if not source.is_file():
                raise StudioError("data.no_such_file", file=file)
        self._workspace.need_space(4 * sum(source.stat().st_size for _, source in sources) / GIB)
        dataset_id = self._workspace.new_id("data")
        with self._uploads.reading(dataset_id, sources) as folder:
            names = tuple(file for file, _ in sources)
            tables = read_tables(list(zip(names, self._uploads.files(folder), strict=True)), wish.reading)
            examples, report = understand_all(tables, wish)
            return self._insert(dataset_id, name, examples, report, Facts(name[:80], names, wish))

    def _insert(
        self, dataset_id: str, name: str, examples: Sequence[Example], report: ImportReport, of: Facts | None = None
    ) -> Dataset:
        """`of`: what is known of the files that it was read from."""
        with transaction(self._db()) as db:
            key = db.execute(
                "INSERT INTO datasets (id, name, task, created, report, next_number) VALUES (?, ?, ?, ?, ?, ?)",
                (dataset_id, name[:80], report.task, time.time(), report_to_json(report), len(examples) + 1),
            ).lastrowid
            assert key is not None
            queries.insert(db, key, examples, report.task)
            if of:  # last: files whose dataset was not committed are found again, a dataset without its files is not
                self._uploads.settle(dataset_id, of)
        return self.get(dataset_id)

    def _note(self, dataset_id: str, **news: Any) -> None:
        """Brings the report up to date."""
        report = replace(self.get(dataset_id).report, **news)
        self._db().execute("UPDATE datasets SET report = ? WHERE id = ?", (report_to_json(report), dataset_id))

    def _card(self, dataset_id: str) -> sqlite3.Row:
        card = self._db().execute("SELECT * FROM datasets WHERE id = ?", (dataset_id,)).fetchone()
        if card is None:
            raise StudioError("data.no_such_dataset", id=dataset_id[:80])
        return cast(sqlite3.Row, card)

    def _key(self, dataset_id: str) -> int:
        found = self._db().execute("SELECT key FROM datasets WHERE id = ?", (dataset_id,)).fetchone()
        if found is None:
            raise StudioError("data.no_such_dataset", id=dataset_id[:80])
        return int(found["key"])

    def _changes(self, key: int) -> int:
        """How many changes the dataset has seen."""
        return int(self._db().execute("SELECT changes FROM datasets WHERE key = ?", (key,)).fetchone()[0])

    def _edited(self, key: int) -> bool:
        return self._db().execute("SELECT 1 FROM edits WHERE dataset = ? AND undone = 0", (key,)).fetchone() is not None


def _dataset(card: sqlite3.Row) -> Dataset:
    return Dataset(card["id"], card["name"], card["task"], card["created"], report_from_json(card["report"]))
