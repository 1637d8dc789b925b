"""The values that data rooms hand to each other and to the engine: frozen, plain, without behaviour.

Knows no file format, no database and no tokenizer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from studio.tasks import Lesson, Role, Task
from studio.words import Lang

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")
# How a question of the exam came about: a row of the file, reworded by rule from one, or written by a person.
Origin = Literal["own", "rule", "written"]
# What people made of a single answer: they liked it, they did not, or nobody said so.
Thumb = Literal["up", "down", ""]


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Example:
    """One row as a model sees it: `text` → `target`, where the target is a label or a reply.

    `context` holds what was said before `text` (a system message, earlier turns); empty for `classify`.
    `number` is the row's place in the dataset, counted from 1 and never used again. Rows of one `group`, as a column of
    the file named it, are phrasings of one thing and stay on one side of the split; "" is no group. `origin` tells a
    row from a question that only the exam asks, which has the number and the answer of the row that it rewords.
    `rejected` is the worse answer that the target is compared with, "" where the task compares nothing; `liked` the
    thumb that a target has which stands alone.
    """

    number: int
    text: str
    target: str
    context: tuple[Message, ...] = ()
    group: str = ""
    origin: Origin = "own"
    rejected: str = ""
    liked: Thumb = ""


@dataclass(frozen=True)
class Reading:
    """How a person says that a file is to be read; None is for the studio to find out."""

    sheet: str | None = None
    encoding: str | None = None
    fill_merged: bool = True  # every row of cells merged downwards gets their value


@dataclass(frozen=True)
class Table:
    """A file as read: its column names and its cells as text, with what had to be done to read it.

    `numbers` are the rows' places in the file, counted from 1 with header and blank rows, as a spreadsheet shows them.
    `repaired` and `dropped` hold one entry per row: {"row": number in the file, "reason": sentence, …details}, where
    the sentence is a key such as "data.blank_row"; a long run of blank rows is one entry with "last".
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    format: str  # "xlsx", "csv", "json" …: what the content is, whatever the name says
    encoding: str = ""  # of a text file; empty for a workbook
    sheet: str = ""
    sheets: tuple[str, ...] = ()  # all that a person sees in the workbook
    nested: tuple[str, ...] = ()  # columns with lists or objects in them, not texts that look like these
    repaired: tuple[Mapping[str, Any], ...] = ()
    dropped: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[Mapping[str, Any], ...] = ()  # what is to be known of the whole file: hidden rows, other sheets …
    header: int = 0  # the place of the row that names the columns; 0 where no row does
    places: tuple[int, ...] = ()  # of the columns in the file, counted from 0; those that are empty are not among them


@dataclass(frozen=True)
class ImportReport:
    """What was understood of a file, for the page and for `import --json`."""

    file: str  # its name; empty for rows that were typed or pasted
    format: str
    encoding: str
    sheet: str
    sheets: tuple[str, ...]
    columns: tuple[str, ...]
    roles: Mapping[str, Role]  # column → role
    task: Task
    rows: int
    unlabelled: int  # rows without a label or a reply yet
    labels: Mapping[str, int]  # label → rows, most frequent first; empty for chat
    placeholders: tuple[str, ...] = ()  # such as "name" for {{name}}: to be filled before training
    repaired: tuple[Mapping[str, Any], ...] = ()
    dropped: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[Mapping[str, Any], ...] = ()
    chosen_encoding: str = ""  # the one that a person named
    allowed: tuple[str, ...] = ()  # findings of the check-up that a person lets pass


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
    part: Part | None  # None: no target yet, or none when the splits were last made
    revision: int
    changed: bool  # differs from the upload
    context: tuple[Message, ...] = ()
    rejected: str = ""
    liked: Thumb = ""


@dataclass(frozen=True)
class Splits:
    """The frozen rows that a run learns from and is judged by, of one dataset version; on the disk, as a rule.

    Of `facts` every one is in `train`; `validation` and `test` then ask for them in other words, which is all that
    they may hold besides rows. `asked_in` is the language in which texts are put to the model for a label; None, as in
    versions frozen before there was a choice, is that of the labels. `known`: numbers of the rows of `train` that the
    run which is gone on from has learned, and that are not learned again.
    """

    dataset: str
    version: int
    task: Task
    labels: tuple[str, ...]  # of all parts, most frequent first; empty for chat
    train: Sequence[Example]
    validation: Sequence[Example] = ()
    test: Sequence[Example] = ()
    warnings: tuple[Mapping[str, Any], ...] = field(default=())  # {"key": sentence in data.toml, …details}
    lesson: Lesson = "manner"
    asked_in: Lang | None = None
    known: tuple[int, ...] = ()

    @property
    def lessons(self) -> Sequence[Example]:
        """The rows that are learned now."""
        known = frozenset(self.known)
        return [example for example in self.train if example.number not in known] if known else self.train
