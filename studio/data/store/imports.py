"""How datasets come into the store: from files, from typed rows, from files that are read again or found again.

Knows no file format and no annotation, but that a dataset which was edited is never read over.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from studio.data.intake.intake import BETWEEN, Wish, table_of, understand, understand_all
from studio.data.reading.public import Wanted, fetched
from studio.data.reading.read import fit_to_read, read_tables
from studio.data.schema import Dataset, Example, ImportReport
from studio.data.store import catalog, edits, queries
from studio.data.store.database import Database
from studio.data.store.uploads import Facts, Source, Uploads
from studio.errors import StudioError
from studio.workspace import GIB, Workspace, transaction

if TYPE_CHECKING:
    from studio.tasks import Task


class Imports:
    """Of one workspace. Safe to use from any thread."""

    def __init__(self, workspace: Workspace, db: Database, uploads: Uploads) -> None:
        self._workspace = workspace
        self._db = db
        self._uploads = uploads

    def files(self, sources: Sequence[Source], name: str, wish: Wish) -> Dataset:
        """A new dataset from files of the same columns. Raises StudioError data.*."""
        for file, source in sources:
            fit_to_read(source, file)
        self._workspace.need_space(4 * sum(source.stat().st_size for _, source in sources) / GIB)
        dataset_id = self._workspace.new_id("data")
        with self._uploads.reading(dataset_id, sources) as folder:
            names = tuple(file for file, _ in sources)
            tables = read_tables(list(zip(names, self._uploads.files(folder), strict=True)), wish.reading)
            examples, report = understand_all(tables, wish)
            return self._insert(dataset_id, name, examples, report, Facts(name[: catalog.LONGEST_NAME], names, wish))

    def public(self, wanted: Wanted, wish: Wish) -> Dataset:
        """A new dataset from one of a public hub, kept as Parquet. Raises StudioError public.*, data.*."""
        with fetched(wanted) as found:
            made = self.files([(wanted.id, found.path)], wanted.name, wish)
        with transaction(self._db()) as db:
            catalog.note(db, catalog.key(db, made.id), notes=(*made.report.notes, *found.notes))
        return catalog.get(self._db(), made.id)

    def typed(self, name: str, task: Task, pairs: Sequence[tuple[str, ...]]) -> Dataset:
        """A new dataset from (text, target) pairs, or (text, target, rejected) where the task compares."""
        examples, report = understand(table_of(pairs, task), Wish(task), "")
        return self._insert(self._workspace.new_id("data"), name, examples, report)

    def reinterpret(self, dataset_id: str, wish: Wish) -> Dataset:
        """The same files read with other wishes: in place, or as a new dataset when there are edits to be kept."""
        old = catalog.get(self._db(), dataset_id)
        uploads = self._uploads.of(dataset_id)
        if not uploads:
            raise StudioError("data.no_upload", name=old.name)
        names = old.report.file.split(BETWEEN) if len(uploads) > 1 else [old.report.file]
        sources = list(zip(names, uploads, strict=True))
        encoding = wish.encoding or old.report.chosen_encoding or None
        wish = replace(wish, sheet=old.report.sheet if wish.sheet is None else wish.sheet, encoding=encoding)
        key = catalog.key(self._db(), dataset_id)
        if edits.last_batch(self._db(), key):
            return self.files(sources, old.name, wish)
        examples, report = understand_all(read_tables(sources, wish.reading), wish)
        with transaction(self._db()) as db:
            for table in ("rows", "tallies", "edits", "annotators", "votes"):
                db.execute(f"DELETE FROM {table} WHERE dataset = ?", (key,))  # noqa: S608  (one of these)
            catalog.read_anew(db, key, report, len(examples))
            queries.insert(db, key, examples, report.task)
        self._uploads.note(dataset_id, wish=wish)
        return catalog.get(self._db(), dataset_id)

    def lost(self) -> list[str]:
        """Uploads that no dataset knows, as when the database was lost."""
        return self._uploads.lost(catalog.ids(self._db()))

    def recover(self, upload: str) -> Dataset:
        """A lost upload as a new dataset, read as it was to be read. Raises StudioError data.*; then it stays lost."""
        facts = self._uploads.facts(upload)
        sources = list(zip(facts.files, self._uploads.of(upload), strict=True))
        dataset = self.files(sources, facts.name, facts.wish)
        with self._workspace.writing(), suppress(FileNotFoundError):
            # what was frozen of it may hold labels that nothing else does
            os.rename(self._workspace.versions_dir(upload), self._workspace.versions_dir(dataset.id))
        self._uploads.discard(upload)
        return dataset

    def _insert(
        self, dataset_id: str, name: str, examples: Sequence[Example], report: ImportReport, of: Facts | None = None
    ) -> Dataset:
        """`of`: what is known of the files that it was read from."""
        with transaction(self._db()) as db:
            key = catalog.add(db, dataset_id, name, report, len(examples))
            queries.insert(db, key, examples, report.task)
            if of:  # last: files whose dataset was not committed are found again, a dataset without its files is not
                self._uploads.settle(dataset_id, of)
        return catalog.get(self._db(), dataset_id)
