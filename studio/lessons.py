"""What a run learns from and is tested on, kept in its own folder, so that it outlives its dataset.

Knows no database and no model.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from studio.data.schema import Splits
from studio.tasks import Role

FILE = "lessons.json.gz"
FORMAT = 1


@dataclass(frozen=True)
class Lessons:
    """The rows of a run with what its dataset was called and how its columns were understood."""

    splits: Splits
    dataset_name: str
    roles: Mapping[str, Role] = field(default_factory=dict)
    format: int = FORMAT


@cache
def _reader() -> TypeAdapter[Lessons]:
    """Fields that only a newer version knows are ignored, missing ones have their default."""
    from studio.tasks import Task  # noqa: F401, PLC0415  (the reader looks up the type of a field by this name)

    return TypeAdapter(Lessons)


def packed(lessons: Lessons) -> bytes:
    """The content of a run's FILE."""
    return gzip.compress(_reader().dump_json(lessons), 1, mtime=0)


def read(folder: Path) -> Lessons | None:
    """What was kept in a run's folder; None for a run of before, or where it cannot be read."""
    try:
        lessons = _reader().validate_json(gzip.decompress((folder / FILE).read_bytes()))
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    return lessons if lessons.format <= FORMAT else None
