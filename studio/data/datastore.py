"""The datasets of a workspace, one method for each thing that may be asked of them.

Knows no file format, no table and no screen: it joins what is kept with the labelling of it, and neither knows it.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from pathlib import Path

from studio import removal
from studio.data.correcting import Correcting
from studio.data.export import write_dataset
from studio.data.intake.intake import Wish
from studio.data.labelling.labelling import Labelling
from studio.data.near import normalise
from studio.data.reading.public import Wanted
from studio.data.schema import Dataset, Example, Part, Row, Splits, Thumb
from studio.data.store import catalog, edits, exams, queries, rows, versions
from studio.data.store.database import Database
from studio.data.store.folds import of_fold
from studio.data.store.imports import Imports
from studio.data.store.uploads import Uploads
from studio.data.teaching import exam
from studio.data.teaching.lesson import facts
from studio.errors import StudioError
from studio.tasks import TASKS, Lesson, Role, Task
from studio.workspace import Workspace, transaction


class DataStore:
    """All datasets of a workspace. Safe to use from any thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._db = Database(workspace.database)
        self._uploads = Uploads(workspace)
        self._imports = Imports(workspace, self._db, self._uploads)
        self._orders = queries.Orders()
        workspace.sweep("versions")
        workspace.sweep_tokens()
        self.labelling = Labelling(self._db)
        self.correcting = Correcting(self._db)

    def close(self) -> None:
        self._db.close()

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
        return self._imports.files(sources, name or Path(sources[0][0]).stem, wish)

    def add_public(self, wanted: Wanted, task: Task | None = None, roles: Mapping[str, Role] | None = None) -> Dataset:
        """A new dataset from one of a public hub. Raises StudioError public.*, data.*."""
        return self._imports.public(wanted, Wish(task, roles or {}))

    def add_rows(self, name: str, task: Task, pairs: Sequence[tuple[str, ...]]) -> Dataset:
        """A new dataset from (text, target), or (text, target, rejected) where the task compares, however they came."""
        return self._imports.typed(name, task, pairs)

    def reinterpret(self, dataset_id: str, wish: Wish) -> Dataset:
        """The same upload read with other wishes: in place, or as a new dataset when there are edits to be kept."""
        return self._imports.reinterpret(dataset_id, wish)

    def fill(self, dataset_id: str, name: str, maker: str) -> int:
        """Puts the names into `{{name}}` and `{{author}}`; how many rows changed. One undo takes it all back."""
        with transaction(self._db()) as db:
            return rows.fill(db, self._key(dataset_id), name, maker)

    def allow(self, dataset_id: str, kind: str) -> None:
        """Lets a kind of finding pass that would stop the training; see `mending.allow`."""
        with transaction(self._db()) as db:
            catalog.allow(db, self._key(dataset_id), kind)

    # the datasets

    def get(self, dataset_id: str) -> Dataset:
        """Raises StudioError data.no_such_dataset."""
        return catalog.get(self._db(), dataset_id)

    def name_of(self, dataset_id: str) -> str:
        """The name alone; a deleted dataset is called by its id, because its runs stay."""
        return self.names().get(dataset_id, dataset_id)

    def names(self) -> dict[str, str]:
        """Every name by its id."""
        return catalog.names(self._db())

    def rename(self, dataset_id: str, name: str) -> None:
        """Raises StudioError data.no_such_dataset, versions.no_name."""
        if not name.strip():
            raise StudioError("versions.no_name")
        name = name.strip()[: catalog.LONGEST_NAME]
        catalog.rename(self._db(), self._key(dataset_id), name)
        self._uploads.note(dataset_id, name=name)

    def pairs(self, dataset_id: str) -> builtins.list[tuple[str, str]]:
        """Text and target of all rows, in their order."""
        return queries.pairs(self._db(), self._key(dataset_id))

    def known_texts(self, dataset_id: str) -> set[str]:
        """All texts of the dataset as `normalise` leaves them."""
        return queries.texts(self._db(), self._key(dataset_id))

    def edited(self, dataset_id: str) -> int:
        """How many rows differ from the upload."""
        return queries.edited(self._db(), self._key(dataset_id))

    def delete(self, dataset_id: str) -> None:
        """Removes the dataset, its versions and its upload for good."""
        with transaction(self._db()) as db:
            catalog.delete(db, self._key(dataset_id))
            for folder in (self._workspace.tokens_dir(dataset_id), self._workspace.versions_dir(dataset_id)):
                removal.discard(folder)
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

    def edit(self, dataset_id: str, number: int, *, revision: int | None = None, **said: str | None) -> Row:
        """Changes what `said` names of `edits.SAID`; on the disk before this returns. An empty target takes the label
        away. Raises StudioError data.row_changed_elsewhere when the row is no longer at `revision`, data.empty_text."""
        assert said.keys() <= set(edits.SAID), said
        values = {name: words.strip() for name, words in said.items() if words is not None}
        values |= {"text": rows.checked(values["text"])} if "text" in values else {}
        with transaction(self._db()) as db:
            return rows.edit(db, self._key(dataset_id), number, values, revision)

    def insert(self, dataset_id: str, text: str, target: str = "", rejected: str = "", liked: Thumb = "") -> Row:
        """A new last row. Raises StudioError data.empty_text."""
        said = {"target": target.strip(), "rejected": rejected.strip(), "liked": liked}
        values = {"text": rows.checked(text), **said}
        with transaction(self._db()) as db:
            return rows.insert(db, self._key(dataset_id), values)

    def insert_like(self, dataset_id: str, number: int, texts: Sequence[str]) -> int:
        """New last rows that say row `number` in other words, with its target; how many. One undo takes them away.

        They are of one group with it: made from it by rule, they would make a test too easy. Raises StudioError
        data.no_such_row.
        """
        with transaction(self._db()) as db:
            return rows.insert_like(db, self._key(dataset_id), number, texts)

    def remove(self, dataset_id: str, number: int) -> None:
        with transaction(self._db()) as db:
            edits.drop(db, self._key(dataset_id), number)

    def change(self, dataset_id: str, changes: Mapping[int, Mapping[str, str] | None]) -> int:
        """Changes many rows at once, each to its new values, or away with it for None; how many changed.
        All or nothing, and one undo takes it all back. Rows that are gone meanwhile are passed over."""
        with transaction(self._db()) as db:
            return rows.change(db, self._key(dataset_id), changes)

    def undo(self, dataset_id: str, batch: int | None = None) -> Row | None:
        """Takes back the last change, or with `batch` only that one; the row it was about, None when none is left."""
        with transaction(self._db()) as db:
            return rows.undo(db, self._key(dataset_id), batch)

    # labels

    def labels(self, dataset_id: str) -> list[str]:
        """The labels, most frequent at the import first, later ones at the end, so that none changes its key."""
        card = catalog.card(self._db(), dataset_id)
        return queries.labels(self._db(), card["key"]) if TASKS[card["task"]].labelled else []

    def declare_labels(self, dataset_id: str, labels: Sequence[str]) -> None:
        """Labels to choose from before any row has them."""
        with transaction(self._db()) as db:
            for label in labels:
                if label.strip():
                    edits.declare(db, self._key(dataset_id), label.strip())

    def progress(self, dataset_id: str) -> tuple[int, int]:
        """How many rows have a target, of how many."""
        return queries.progress(self._db(), self._key(dataset_id))

    def next_unlabelled(self, dataset_id: str, after: int = 0) -> int | None:
        """The next row without a target after row `after`, else the first one, else None."""
        return queries.next_unlabelled(self._db(), self._key(dataset_id), after)

    # what is taught, and what is asked of it

    def lesson(self, dataset_id: str) -> Lesson:
        """What the dataset teaches: as a person said, else as guessed from its rows."""
        card = catalog.card(self._db(), dataset_id)
        examples = queries.with_target(self._db(), card["key"])
        return exams.lesson_of(self._db(), card["key"], card["task"], examples)

    def teach(self, dataset_id: str, lesson: str) -> None:
        """Says what the dataset teaches. Raises StudioError lesson.not_of_task."""
        with transaction(self._db()) as db:
            card = catalog.card(db, dataset_id)
            exams.teach(db, card["key"], card["task"], lesson)

    def exam_of(self, dataset_id: str, seed: int = 42) -> exam.Exam:
        """The exam of a dataset of facts as it stands now, with what was struck from it."""
        return exams.composed(self._db(), self._key(dataset_id), seed)

    def facts_of(self, dataset_id: str) -> builtins.list[builtins.list[Example]]:
        """The rows that have an answer, by the fact that they ask for, in their order."""
        return facts(queries.with_target(self._db(), self._key(dataset_id)))

    def strike(self, dataset_id: str, number: int, text: str, *, kept: bool = False) -> None:
        """Takes a question out of the exam, or with `kept` back into it; one that a person wrote is gone for good."""
        with transaction(self._db()) as db:
            exams.strike(db, self._key(dataset_id), number, text, kept)

    def write_question(self, dataset_id: str, number: int, text: str) -> None:
        """Puts a question into the exam whose right answer is that of row `number`. Raises StudioError data.empty_text,
        data.no_such_row, split.question_is_taught."""
        text = rows.checked(text)
        if normalise(text) in self.known_texts(dataset_id):
            raise StudioError("split.question_is_taught", text=text[:40])
        with transaction(self._db()) as db:
            exams.write(db, self._key(dataset_id), number, text)

    def freeze(self, dataset_id: str, seed: int = 42) -> int:
        """The dataset's version as it stands now; see `versions.freeze`."""
        with self._workspace.writing():
            return versions.freeze(self._db(), self._key(dataset_id), self._workspace.versions_dir(dataset_id), seed)

    def splits(self, dataset_id: str, version: int | None = None, *, fold: tuple[int, int] | None = None) -> Splits:
        """A frozen version, the newest without a number; with a `fold` (2, 5), fold 2 of 5 of it is the test.

        Raises StudioError data.no_such_version, data.version_damaged, split.no_such_fold, split.too_few_for_folds.
        """
        splits = versions.load(self._db(), self._key(dataset_id), self._workspace.versions_dir(dataset_id), version)
        return splits if fold is None else of_fold(splits, *fold)

    def versions(self, dataset_id: str) -> builtins.list[versions.Version]:
        """All frozen versions, newest first."""
        return versions.listed(self._db(), self._key(dataset_id), self._workspace.versions_dir(dataset_id))

    def export(self, dataset_id: str, path: Path) -> None:
        """The table as it stands now, as xlsx, csv, tsv, jsonl or Parquet by the path's ending."""
        write_dataset(path, self.get(dataset_id), queries.everything(self._db(), self._key(dataset_id)))

    def lost(self) -> builtins.list[str]:
        """Uploads that no dataset knows, as when the database was lost."""
        return self._imports.lost()

    def recover(self, upload: str) -> Dataset:
        """A lost upload as a new dataset, read as it was to be read. Raises StudioError data.*; then it stays lost."""
        return self._imports.recover(upload)

    def list(self) -> list[Dataset]:  # newest first; below the others, whose annotations it would take the name from
        return catalog.listed(self._db())

    def _key(self, dataset_id: str) -> int:
        return catalog.key(self._db(), dataset_id)
