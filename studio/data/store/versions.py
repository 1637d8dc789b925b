"""Frozen versions of a dataset: the rows and their parts as a run learns from them, kept for as long as the dataset.

Knows no upload and no edit.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, cast

from studio.data.intake.examples import count_labels
from studio.data.schema import PARTS, Example, Message, Part, Splits
from studio.data.store import exams, queries, split
from studio.data.teaching import exam
from studio.errors import StudioError
from studio.tasks import TASKS, Lesson
from studio.workspace import transaction

if TYPE_CHECKING:
    from studio.tasks import Task


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


def freeze(db: sqlite3.Connection, dataset: int, seed: int) -> int:
    """The number of the version that holds the rows as they stand now; the same rows and seed, the same number."""
    query = "SELECT version FROM versions WHERE dataset = ? AND seed = ? AND changes = ?"
    while True:
        card = db.execute("SELECT task, changes FROM datasets WHERE key = ?", (dataset,)).fetchone()
        known = db.execute(query, (dataset, seed, card["changes"])).fetchone()
        if known is not None:
            return int(known["version"])
        drawn = _draw(db, dataset, card["task"], seed)
        content = json.dumps(_frozen(drawn), ensure_ascii=False).encode()
        parts = Counter([*drawn.parts.values(), *(part for _, part in drawn.exam)])
        facts = {**_facts(card["task"], drawn.examples, parts, drawn.lesson), "kept": drawn.kept}
        with transaction(db):  # the work above holds no lock, so nobody waits with an annotation
            if db.execute("SELECT changes FROM datasets WHERE key = ?", (dataset,)).fetchone()[0] == card["changes"]:
                write_parts(db, dataset, drawn.parts)
                return _write(db, dataset, (seed, card["changes"]), content, facts)


@dataclass(frozen=True)
class Drawn:
    """The rows as they stand, the part of each, and what else the exam asks."""

    lesson: Lesson
    examples: Sequence[Example]
    parts: dict[int, Part]
    exam: Sequence[tuple[Example, Part]] = ()
    kept: Mapping[split.Why, int] = field(default_factory=dict)


def _draw(db: sqlite3.Connection, dataset: int, task: Task, seed: int) -> Drawn:
    examples = queries.with_target(db, dataset)
    lesson = exams.lesson_of(db, dataset, task, examples)
    if lesson == "facts":
        found = exam.compose(examples, exams.changes(db, dataset), seed)
        held = found.held
        parts: dict[int, Part] = {example.number: held.get(example.number, "train") for example in examples}
        made = [(example, part) for example, part in found.asked if example.origin != "own"]
        return Drawn(lesson, examples, parts, made)
    alike = split.near(examples)
    parts = split.assign(examples, task, seed, alike)
    return Drawn(lesson, examples, parts, kept=split.kept_together(examples, alike))


def _frozen(drawn: Drawn) -> dict[str, Any]:
    """What is kept of a version, every value with its name; `load` reads this and the lists of before."""
    rows = [{**asdict(example), "part": drawn.parts[example.number]} for example in drawn.examples]
    asked = [{**asdict(example), "part": part} for example, part in drawn.exam]
    return {"format": 2, "lesson": drawn.lesson, "rows": rows, "exam": asked}


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


def _write(db: sqlite3.Connection, dataset: int, of: tuple[int, int], content: bytes, facts: Mapping[str, Any]) -> int:
    """`of` is the seed and the count of changes that the content stands for."""
    seed, changes = of
    digest = hashlib.sha256(content).hexdigest()
    same = db.execute(
        "SELECT version FROM versions WHERE dataset = ? AND seed = ? AND digest = ?", (dataset, seed, digest)
    ).fetchone()
    if same is not None:
        return int(same["version"])
    last = db.execute("SELECT coalesce(max(version), 0) FROM versions WHERE dataset = ?", (dataset,)).fetchone()[0]
    db.execute(
        "INSERT INTO versions (dataset, version, digest, seed, changes, created, content, facts) VALUES"
        " (:dataset, :version, :digest, :seed, :changes, :created, :content, :facts)",
        {
            "dataset": dataset, "version": last + 1, "digest": digest, "seed": seed, "changes": changes,
            "created": time.time(), "content": zlib.compress(content, 1),
            "facts": json.dumps(facts, ensure_ascii=False),
        },
    )  # fmt: skip
    return int(last) + 1


def listed(db: sqlite3.Connection, dataset: int) -> list[Version]:
    """All versions, newest first."""
    query = "SELECT version, created, facts FROM versions WHERE dataset = ? ORDER BY version DESC"
    return [
        _version(version, created, json.loads(facts) if facts else _facts_of(load(db, dataset, version)))
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


def load(db: sqlite3.Connection, dataset: int, version: int | None) -> Splits:
    """A version's rows by part, the newest without a number. Raises StudioError data.no_such_version."""
    row = db.execute(
        "SELECT version, content, id, task FROM versions JOIN datasets ON key = dataset"
        " WHERE dataset = ?1 AND (version = ?2 OR ?2 IS NULL) ORDER BY version DESC LIMIT 1",
        (dataset, version),
    ).fetchone()
    if row is None:
        raise StudioError("data.no_such_version", version=version or 0)
    task = cast("Task", row["task"])
    lesson, rows = _thawed(json.loads(zlib.decompress(row["content"])), task)
    train, validation, test = (tuple(example for example, of in rows if of == part) for part in PARTS)
    examples = [example for example, _ in rows]
    return Splits(
        dataset=row["id"],
        version=row["version"],
        task=task,
        labels=tuple(count_labels([example.target for example in examples])) if TASKS[task].labelled else (),
        train=train,
        validation=validation,
        test=test,
        warnings=split.warnings(rows, lesson),
        lesson=lesson,
    )


def _thawed(content: Any, task: Task) -> tuple[Lesson, list[tuple[Example, Part]]]:
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
