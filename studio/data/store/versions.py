"""Frozen versions of a dataset: the rows and their parts as a run learns from them, kept for as long as the dataset.

Knows no upload and no edit.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from filelock import FileLock

from studio import commit
from studio.data import asking, frozen
from studio.data.intake.examples import count_labels
from studio.data.schema import PARTS, Example, Message, Part, Splits
from studio.data.store import exams, queries, split
from studio.data.teaching import exam
from studio.errors import StudioError
from studio.tasks import TASKS, Lesson
from studio.words import Lang
from studio.workspace import transaction

if TYPE_CHECKING:
    from studio.tasks import Task


LOCK = "freezing.lock"


@dataclass(frozen=True)
class Version:
    """A version in a list: when it was frozen, and what it holds."""

    number: int
    created: float
    rows: int
    labels: Mapping[str, int]  # most frequent first; empty for chat
    parts: Mapping[Part, int]  # rows, and the questions that only the exam asks
    kept: Mapping[split.Why, int] = field(default_factory=dict)  # rows that share their side with others, by reason
    lesson: Lesson = "manner"


@dataclass(frozen=True)
class Difference:
    """A row in two versions; None where it is not in one of them."""

    number: int
    old: Example | None
    new: Example | None

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        return "added" if self.old is None else "removed" if self.new is None else "changed"


def freeze(db: sqlite3.Connection, dataset: int, folder: Path, seed: int) -> int:
    """The number of the version that holds the rows as they stand now; the same rows and seed, the same number.

    `folder` is where the rows of the dataset's versions lie, each version's in a folder named by its digest.
    Raises StudioError data.no_such_dataset where it is deleted meanwhile.
    """
    query = "SELECT * FROM versions WHERE dataset = ? AND seed = ? AND changes = ? ORDER BY version DESC"
    present = "SELECT id, task, changes FROM datasets WHERE key = ? AND id = ?", (dataset, folder.name)
    while card := db.execute(*present).fetchone():
        known = db.execute(query, (dataset, seed, card["changes"])).fetchone()
        if known is not None and (known["content"] or commit.whole(_place(folder, known["digest"]))):
            return int(known["version"])
        drawn = _draw(db, dataset, folder, card["task"], seed)
        digest = _digest(drawn)
        _keep(_place(folder, digest), _splits(drawn, card["id"], card["task"]))
        parts = Counter(part for _, part in drawn.rows)
        facts = {**_facts(card["task"], drawn.examples, parts, drawn.lesson), "kept": drawn.kept}
        with transaction(db):  # the work above holds no lock, so nobody waits with an annotation
            if db.execute(*present).fetchone() == card:
                write_parts(db, dataset, drawn.parts)
                return _write(db, dataset, (seed, card["changes"]), digest, facts)
    shutil.rmtree(folder, ignore_errors=True)  # what was just kept of a dataset that is gone
    raise StudioError("data.no_such_dataset", id=folder.name)


@dataclass(frozen=True)
class Drawn:
    """The rows as they stand, the part of each, and what else the exam asks."""

    lesson: Lesson
    examples: Sequence[Example]
    parts: dict[int, Part]
    exam: Sequence[tuple[Example, Part]] = ()
    kept: Mapping[split.Why, int] = field(default_factory=dict)
    asked_in: Lang | None = None

    @property
    def rows(self) -> Iterator[tuple[Example, Part]]:
        """The rows in their order, then what else the exam asks."""
        yield from ((example, self.parts[example.number]) for example in self.examples)
        yield from self.exam


def _draw(db: sqlite3.Connection, dataset: int, folder: Path, task: Task, seed: int) -> Drawn:
    examples = queries.with_target(db, dataset)
    lesson = exams.lesson_of(db, dataset, task, examples)
    if lesson == "facts":
        found = exam.compose(examples, exams.changes(db, dataset), seed)
        held = found.held
        parts: dict[int, Part] = {example.number: held.get(example.number, "train") for example in examples}
        made = [(example, part) for example, part in found.asked if example.origin != "own"]
        return Drawn(lesson, examples, parts, made)
    alike = split.near(examples)
    parts = split.assign(examples, task, seed, alike, _parts_before(db, dataset, folder, seed, lesson))
    asked_in = asking.language_of([one.text for one in examples]) if TASKS[task].labelled else None
    return Drawn(lesson, examples, parts, kept=split.kept_together(examples, alike), asked_in=asked_in)


def _parts_before(db: sqlite3.Connection, dataset: int, folder: Path, seed: int, lesson: Lesson) -> dict[int, Part]:
    """The parts of the rows in the last version that was drawn by this seed, if it was for the same lesson: what was
    learned once must not test, and what tests is to be the same from version to version."""
    query = "SELECT version, seed, facts FROM versions WHERE dataset = ? ORDER BY version DESC"
    drawn = db.execute(query, (dataset,)).fetchall()
    last = next((one for one in drawn if one["seed"] == seed), None)
    if last is None or json.loads(last["facts"] or "{}").get("lesson") != lesson:
        return {}
    if last is drawn[0]:  # then the rows show it, with what a person moved since
        return dict(db.execute("SELECT number, part FROM rows WHERE dataset = ? AND part IS NOT NULL", (dataset,)))
    splits = load(db, dataset, folder, last["version"])
    return {row.number: part for part in PARTS for row in getattr(splits, part)}


def _digest(drawn: Drawn) -> str:
    """Of the one JSON text that a version was kept as before, so that the same rows are still the same version."""
    found = hashlib.sha256(f'{{"format": 2, "lesson": "{drawn.lesson}", "rows": ['.encode())
    first_asked = len(drawn.examples)
    for place, (example, part) in enumerate(drawn.rows):
        between = '], "exam": [' if place == first_asked else ", " if place else ""
        turns = [vars(turn) for turn in example.context]
        row = {**vars(example), "context": turns, "part": part}
        for later in frozen.LATER:  # as rows were written before there was such a thing
            if not row[later]:
                del row[later]
        found.update((between + json.dumps(row, ensure_ascii=False)).encode())
    found.update(b"]}" if drawn.exam else b'], "exam": []}')
    return found.hexdigest()


def _splits(drawn: Drawn, dataset: str, task: Task) -> Splits:
    """What is kept of a version; its number, which is not known yet, is told by who lists it."""
    rows = list(drawn.rows)
    return _of_rows(rows, Splits(dataset, 0, task, (), (), lesson=drawn.lesson, asked_in=drawn.asked_in))


def _of_rows(rows: Sequence[tuple[Example, Part]], splits: Splits) -> Splits:
    """`splits` with these rows, and what follows from them."""
    train, validation, test = (tuple(example for example, of in rows if of == part) for part in PARTS)
    labels = tuple(count_labels([example.target for example, _ in rows])) if TASKS[splits.task].labelled else ()
    said = split.warnings(rows, splits.lesson)
    return replace(splits, labels=labels, train=train, validation=validation, test=test, warnings=said)


def _place(folder: Path, digest: str) -> Path:
    return folder / digest[:32]


def _keep(place: Path, splits: Splits) -> None:
    """The rows on the disk, before any list names them. Where none will, for the dataset was changed meanwhile, they
    stay until it is deleted."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place.parent / LOCK):
        commit.sweep(place.parent)
        if not commit.whole(place):
            with commit.committed(place, rows=len(splits.train)) as draft:
                frozen.keep(draft, splits)


def write_parts(db: sqlite3.Connection, dataset: int, parts: dict[int, Part]) -> None:
    """Makes the rows show the parts that were just drawn."""
    shown = dict(db.execute("SELECT number, part FROM rows WHERE dataset = ?", (dataset,)).fetchall())
    db.executemany(
        "UPDATE rows SET part = ? WHERE dataset = ? AND number = ?",
        [(parts.get(number), dataset, number) for number, part in shown.items() if parts.get(number) != part],
    )


def _facts(task: str, examples: Sequence[Example], parts: Mapping[Part, int], lesson: Lesson) -> dict[str, Any]:
    labels = count_labels([example.target for example in examples]) if TASKS[task].labelled else {}
    return {"rows": len(examples), "labels": labels, "parts": parts, "lesson": lesson}


def _write(db: sqlite3.Connection, dataset: int, of: tuple[int, int], digest: str, facts: Mapping[str, Any]) -> int:
    """`of` is the seed and the count of changes that the rows stand for."""
    seed, changes = of
    same = db.execute(
        "SELECT version FROM versions WHERE dataset = ? AND seed = ? AND digest = ?", (dataset, seed, digest)
    ).fetchone()
    if same is not None:
        return int(same["version"])
    last = db.execute("SELECT coalesce(max(version), 0) FROM versions WHERE dataset = ?", (dataset,)).fetchone()[0]
    db.execute(
        "INSERT INTO versions (dataset, version, digest, seed, changes, created, content, facts) VALUES"
        " (:dataset, :version, :digest, :seed, :changes, :created, '', :facts)",
        {
            "dataset": dataset, "version": last + 1, "digest": digest, "seed": seed, "changes": changes,
            "created": time.time(), "facts": json.dumps(facts, ensure_ascii=False),
        },
    )  # fmt: skip
    return int(last) + 1


def listed(db: sqlite3.Connection, dataset: int, folder: Path) -> list[Version]:
    """All versions, newest first."""
    query = "SELECT version, created, facts FROM versions WHERE dataset = ? ORDER BY version DESC"
    return [
        _version(version, created, json.loads(facts) if facts else _facts_of(load(db, dataset, folder, version)))
        for version, created, facts in db.execute(query, (dataset,)).fetchall()
    ]


def _version(number: int, created: float, facts: Mapping[str, Any]) -> Version:
    """What only a newer version tells of it is passed over."""
    known = {one.name: facts[one.name] for one in fields(Version) if one.name in facts}
    return Version(number=number, created=created, **known)


def _facts_of(splits: Splits) -> dict[str, Any]:
    """The facts of a version that was frozen before they were kept."""
    parts: dict[Part, int] = {part: len(getattr(splits, part)) for part in PARTS}
    return _facts(splits.task, rows_of(splits), parts, splits.lesson)


def rows_of(splits: Splits) -> list[Example]:
    """The dataset's rows of all parts in their order, without what only an exam asks."""
    rows = (row for part in PARTS for row in getattr(splits, part) if row.origin == "own")
    return sorted(rows, key=lambda example: example.number)


def compare(old: Splits, new: Splits) -> list[Difference]:
    """What became of the rows from one version to the other, in their order; which part a row is in does not count."""
    before, after = ({row.number: row for row in rows_of(splits)} for splits in (old, new))
    pairs = ((number, before.get(number), after.get(number)) for number in sorted(before.keys() | after.keys()))
    return [Difference(number, was, now) for number, was, now in pairs if was != now]


def load(db: sqlite3.Connection, dataset: int, folder: Path, version: int | None) -> Splits:
    """A version's rows by part, the newest without a number; they stay on the disk until they are asked for.

    Raises StudioError data.no_such_version, data.version_damaged.
    """
    row = db.execute(
        "SELECT version, content, digest, id, task FROM versions JOIN datasets ON key = dataset"
        " WHERE dataset = ?1 AND (version = ?2 OR ?2 IS NULL) ORDER BY version DESC LIMIT 1",
        (dataset, version),
    ).fetchone()
    if row is None:
        raise StudioError("data.no_such_version", version=version or 0)
    if row["content"]:
        return _thawed(row["content"], Splits(row["id"], row["version"], cast("Task", row["task"]), (), ()))
    splits = frozen.read(_place(folder, row["digest"]))
    if splits is None:
        raise StudioError("data.version_damaged", version=row["version"], folder=str(_place(folder, row["digest"])))
    return replace(splits, dataset=row["id"], version=row["version"])


def _thawed(stored: bytes, splits: Splits) -> Splits:
    """`splits` with the rows of a version from before they had a file of their own."""
    lesson, rows = _listed(json.loads(zlib.decompress(stored)), splits.task)
    return _of_rows(rows, replace(splits, lesson=lesson))


def _listed(content: Any, task: Task) -> tuple[Lesson, list[tuple[Example, Part]]]:
    """The lesson, and rows and exam questions each with its part."""
    if isinstance(content, list):  # format 1: [number, text, target, context, part, group?], and no facts yet
        rows = [
            (Example(number, text, target, _turns(turns), *group), part)
            for number, text, target, turns, part, *group in content
        ]
        return ("labels" if TASKS[task].labelled else "manner"), rows
    return content["lesson"], [
        (Example(row["number"], row["text"], row["target"], _turns(row["context"]), row["group"], row["origin"]), part)
        for row in (*content["rows"], *content["exam"])
        for part in (row["part"],)
    ]


def _turns(stored: Sequence[Mapping[str, Any]]) -> tuple[Message, ...]:
    return tuple(Message(**turn) for turn in stored)
