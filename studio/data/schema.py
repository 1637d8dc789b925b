"""The values that data rooms hand to each other and to the engine: frozen, plain, without behaviour.

Knows no file format, no database and no tokenizer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from studio.config import Task

Role = Literal["text", "label", "prompt", "reply", "system", "history", "ignore"]
Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Example:
    """One row as a model sees it: `text` → `target`, where the target is a label or a reply.

    `context` holds what was said before `text` (a system message, earlier turns); empty for `classify`.
    `number` is the row's place in the dataset, counted from 1 and never used again.
    """

    number: int
    text: str
    target: str
    context: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Table:
    """A file as read: its column names and its cells as text, with what had to be done to read it.

    `repaired` and `dropped` hold one entry per row: {"row": number in the file, "reason": key in data.toml, …details}.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    encoding: str
    sheet: str = ""
    repaired: tuple[Mapping[str, Any], ...] = ()
    dropped: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """What was understood of a file, for the page and for `import --json`."""

    file: str
    encoding: str
    sheet: str
    columns: tuple[str, ...]
    roles: Mapping[str, Role]  # column → role
    task: Task
    rows: int
    labels: Mapping[str, int]  # label → rows, most frequent first; empty for chat
    repaired: tuple[Mapping[str, Any], ...] = ()
    dropped: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Dataset:
    """A dataset's card: what it is called, what it is for, how it was read."""

    id: str
    name: str
    task: Task
    created: float
    report: ImportReport


@dataclass(frozen=True)
class Row:
    """A row as it stands now, with the annotations laid over the upload. `revision` grows with each change."""

    number: int
    text: str
    target: str
    part: Part | None  # None: no target yet, so in no split
    revision: int
    changed: bool  # differs from the upload
    context: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Splits:
    """The frozen rows that a run learns from and is judged by, of one dataset version."""

    dataset: str
    version: int
    task: Task
    labels: tuple[str, ...]  # of all parts, most frequent first; empty for chat
    train: tuple[Example, ...]
    validation: tuple[Example, ...] = ()
    test: tuple[Example, ...] = ()
    warnings: tuple[Mapping[str, Any], ...] = field(default=())  # {"key": sentence in data.toml, …details}
