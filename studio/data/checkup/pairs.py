"""Rows of a task that compares, of which nothing can be learned: an answer is missing, or both are the same.

Knows no fix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from studio.data.checkup.finding import Finding
from studio.data.intake.compared import no_pair
from studio.data.schema import Row
from studio.tasks import TASKS

if TYPE_CHECKING:
    from studio.tasks import Task


def pairs(rows: Sequence[Row], task: Task) -> Iterator[Finding]:
    if not TASKS[task].compares:
        return
    found = tuple(row.number for row in rows if no_pair(row.target, row.rejected, row.liked))
    if found:
        yield Finding("no_pair", "warning", found)
