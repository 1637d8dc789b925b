"""Which of several tables is the one that is meant: a cover, a legend and a page of notes are none.

Knows no file: it looks at the first rows of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.data.reading.grid import HEADER_WITHIN
from studio.data.reading.headers import known, role_of

HEAD = 200  # rows that are looked at
ASKING, ANSWERING = {"text", "prompt"}, {"label", "reply"}


@dataclass(frozen=True)
class Head:
    """The first rows of a table, and how many it has in all."""

    cells: Sequence[Sequence[str]]
    rows: int


def fullest(tables: Mapping[str, Head]) -> str | None:
    """The name of the table with the most rows of two cells and more, first of those whose header names what asks and
    what answers; of equals the first. None where all are blank."""
    worth = {name: _worth(head) for name, head in tables.items()}
    filled = [name for name in tables if worth[name][1] > 0]
    return max(filled, key=lambda name: worth[name], default=None)


def _worth(head: Head) -> tuple[bool, float]:
    filled = [sum(1 for cell in row if cell.strip()) for row in head.cells[:HEAD]]
    if not any(filled):
        return False, 0.0
    share = sum(min(count - 1, 1) + 0.001 for count in filled if count) / len(filled)  # a lone cell is nearly nothing
    return any(map(_says_all, head.cells[:HEADER_WITHIN])), share * head.rows


def _says_all(row: Sequence[str]) -> bool:
    roles = {found[0] for cell in row if known(cell) and (found := role_of(cell))}
    return bool(roles & ASKING) and bool(roles & ANSWERING)
