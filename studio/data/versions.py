"""Frozen versions of a dataset: the rows and their parts as a run learns from them, kept for as long as the dataset.

Knows no upload and no edit.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from studio.data import split
from studio.data.edits import to_context
from studio.data.roles import count_labels
from studio.data.schema import Example, Part, Splits
from studio.errors import StudioError
from studio.workspace import transaction

if TYPE_CHECKING:
    from studio.config import Task


def freeze(db: sqlite3.Connection, dataset: int, seed: int) -> int:
    """The number of the version that holds the rows as they stand now; the same rows and seed, the same number."""
    query = "SELECT version FROM versions WHERE dataset = ? AND seed = ? AND changes = ?"
    while True:
        card = db.execute("SELECT task, changes FROM datasets WHERE key = ?", (dataset,)).fetchone()
        known = db.execute(query, (dataset, seed, card["changes"])).fetchone()
        if known is not None:
            return int(known["version"])
        examples = _examples(db, dataset)
        parts = split.assign(examples, card["task"], seed)
        frozen = [_frozen(example, parts[example.number]) for example in examples]
        content = json.dumps(frozen, ensure_ascii=False).encode()
        with transaction(db):  # the work above holds no lock, so nobody waits with an annotation
            if db.execute("SELECT changes FROM datasets WHERE key = ?", (dataset,)).fetchone()[0] == card["changes"]:
                write_parts(db, dataset, parts)
                return _write(db, dataset, seed, card["changes"], content)


def _examples(db: sqlite3.Connection, dataset: int) -> list[Example]:
    rows = db.execute(
        "SELECT number, text, target, context FROM rows WHERE dataset = ? AND target != '' ORDER BY number", (dataset,)
    )
    return [Example(number, text, target, to_context(context)) for number, text, target, context in rows]


def _frozen(example: Example, part: Part) -> list[Any]:
    return [example.number, example.text, example.target, [asdict(turn) for turn in example.context], part]


def write_parts(db: sqlite3.Connection, dataset: int, parts: dict[int, Part]) -> None:
    """Makes the rows show the parts that were just drawn."""
    shown = dict(db.execute("SELECT number, part FROM rows WHERE dataset = ?", (dataset,)).fetchall())
    db.executemany(
        "UPDATE rows SET part = ? WHERE dataset = ? AND number = ?",
        [(parts.get(number), dataset, number) for number, part in shown.items() if parts.get(number) != part],
    )


def _write(db: sqlite3.Connection, dataset: int, seed: int, changes: int, content: bytes) -> int:
    digest = hashlib.sha256(content).hexdigest()
    same = db.execute(
        "SELECT version FROM versions WHERE dataset = ? AND seed = ? AND digest = ?", (dataset, seed, digest)
    ).fetchone()
    if same is not None:
        return int(same["version"])
    last = db.execute("SELECT coalesce(max(version), 0) FROM versions WHERE dataset = ?", (dataset,)).fetchone()[0]
    db.execute(
        "INSERT INTO versions (dataset, version, digest, seed, changes, created, content) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (dataset, last + 1, digest, seed, changes, time.time(), zlib.compress(content, 1)),
    )
    return int(last) + 1


def load(db: sqlite3.Connection, dataset: int, version: int | None) -> Splits:
    """A version's rows by part, the newest without a number. Raises StudioError data.no_such_version."""
    row = db.execute(
        "SELECT version, content, id, task FROM versions JOIN datasets ON key = dataset"
        " WHERE dataset = ?1 AND (version = ?2 OR ?2 IS NULL) ORDER BY version DESC LIMIT 1",
        (dataset, version),
    ).fetchone()
    if row is None:
        raise StudioError("data.no_such_version", version=version or 0)
    by_part: dict[Part, list[Example]] = {"train": [], "validation": [], "test": []}
    parts: dict[int, Part] = {}
    for number, text, target, context, part in json.loads(zlib.decompress(row["content"])):
        by_part[part].append(Example(number, text, target, to_context(json.dumps(context) if context else "")))
        parts[number] = part
    examples = sorted((one for part in by_part.values() for one in part), key=lambda one: one.number)
    task = cast("Task", row["task"])
    return Splits(
        dataset=row["id"],
        version=row["version"],
        task=task,
        labels=tuple(count_labels([example.target for example in examples])) if task == "classify" else (),
        train=tuple(by_part["train"]),
        validation=tuple(by_part["validation"]),
        test=tuple(by_part["test"]),
        warnings=split.warnings(examples, parts, task),
    )
