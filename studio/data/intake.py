"""From a Table and a person's wishes to Examples and the import report.

Knows no file and no database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from studio.data.identity import placeholders
from studio.data.roles import NEEDED, count_labels, guess, to_rows
from studio.data.schema import Example, ImportReport, Role, Table

if TYPE_CHECKING:
    from studio.config import Task


@dataclass(frozen=True)
class Wish:
    """What a person said about a file before or after it was read; everything else is guessed."""

    task: Task | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    sheet: str | None = None
    normalise_labels: bool = False


def table_of(pairs: Sequence[tuple[str, str]], task: Task) -> Table:
    """(text, target) pairs as a Table whose columns are called by their roles."""
    return Table(NEEDED[task], tuple(pairs), tuple(range(1, len(pairs) + 1)), format="rows")


def understand(table: Table, wish: Wish, file: str) -> tuple[list[Example], ImportReport]:
    """The table's Examples, and what was understood, repaired and dropped. Raises StudioError data.*."""
    roles, task = guess(table, wish.task, wish.roles)
    examples, repaired, dropped = to_rows(table, roles, task, wish.normalise_labels)
    labels = count_labels([example.target for example in examples]) if task == "classify" else {}
    report = ImportReport(
        file=file,
        format=table.format,
        encoding=table.encoding,
        sheet=table.sheet,
        sheets=table.sheets,
        columns=table.columns,
        roles=roles,
        task=task,
        rows=len(examples),
        unlabelled=sum(not example.target for example in examples),
        labels=labels,
        placeholders=placeholders(example.text + example.target for example in examples),
        repaired=(*table.repaired, *repaired),
        dropped=(*table.dropped, *dropped),
    )
    return examples, report


def report_to_json(report: ImportReport) -> str:
    return json.dumps(asdict(report), ensure_ascii=False)


def report_from_json(text: str) -> ImportReport:
    values: dict[str, Any] = json.loads(text)
    frozen: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return ImportReport(**frozen)
