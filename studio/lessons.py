"""What a run learns from and is tested on, kept in its own folder, so that it outlives its dataset.

Knows no database and no model.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from studio import commit
from studio.data import frozen
from studio.data.schema import Splits
from studio.tasks import Role

FOLDER = "lessons"
FACTS = "facts.json"  # in it, beside the rows
FORMAT = 2
BEFORE = "lessons.json.gz"  # format 1: all in one JSON, as runs kept it before


@dataclass(frozen=True)
class Lessons:
    """The rows of a run with what its dataset was called and how its columns were understood."""

    splits: Splits
    dataset_name: str
    roles: Mapping[str, Role] = field(default_factory=dict)
    chain: tuple[Mapping[str, Any], ...] = ()  # the runs that it goes on from, oldest first: run, version, created


@cache
def _reader() -> TypeAdapter[Lessons]:
    """Fields that only a newer version knows are ignored, missing ones have their default."""
    from studio.tasks import Task  # noqa: F401, PLC0415  (the reader looks up the type of a field by this name)

    return TypeAdapter(Lessons)


def keep(run: Path, lessons: Lessons) -> None:
    """Writes them into a run's folder, whole or not at all; what is there and cannot be read is put aside, for a newer
    version may. Raises OSError."""
    folder = run / FOLDER
    if folder.exists() and _read(folder) is None:
        os.rename(folder, folder.with_name(f"{FOLDER}.unread"))
    with commit.committed(folder) as draft:
        frozen.keep(draft, lessons.splits)
        facts = {
            "format": FORMAT,
            "dataset_name": lessons.dataset_name,
            "roles": dict(lessons.roles),
            "chain": lessons.chain,
        }
        (draft / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")


def read(run: Path) -> Lessons | None:
    """What was kept in a run's folder, its rows still on the disk; None for a run of before, or where it cannot be
    read."""
    return _read(run / FOLDER) or _of_before(run / BEFORE)


def _read(folder: Path) -> Lessons | None:
    splits = frozen.read(folder)
    if splits is None:
        return None
    try:
        facts: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        if facts["format"] > FORMAT:
            return None
        return Lessons(splits, facts["dataset_name"], facts.get("roles", {}), tuple(facts.get("chain", ())))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _of_before(path: Path) -> Lessons | None:
    try:
        content: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
        lessons = _reader().validate_python(content) if content["format"] == 1 else None
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error):
        return None
    return lessons and replace(lessons, splits=_in_tuples(lessons.splits))


def _in_tuples(splits: Splits) -> Splits:
    return replace(
        splits, train=tuple(splits.train), validation=tuple(splits.validation), test=tuple(splits.test)
    )  # fmt: skip
