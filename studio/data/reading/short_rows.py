"""Rows of a text with fewer cells than its header: which only lack the last ones, and which lack one in the middle.

Knows no file: it compares a row with what the rows that are whole hold in each column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.data.reading.headers import SPOKEN, role_of
from studio.data.reading.rejoin import Shape

ENOUGH = 6  # whole rows that show what a column holds
MOSTLY = 0.9  # of a column's cells, the share that says what they all are
LOOKED_AT = 20_000  # rows
_FIGURES = re.compile(r"[-+¥$€£]?\d[\d.,:/年月日T -]*%?")  # a number, an amount, a date or a time


def out_of_place(
    header: Sequence[str], rows: Sequence[Sequence[str]], lengths: Sequence[int]
) -> tuple[dict[int, int], int]:
    """The rows that lack a cell in the middle, by place how many cells each has, and how many lack but the last ones.

    `rows` are all as wide as the table; `lengths` says how many cells each has in the file.
    """
    short = [place for place, length in enumerate(lengths) if length < len(rows[0])]
    if not short:
        return {}, 0
    skipped = set(short)
    whole = _Whole(header, [row for place, row in enumerate(rows) if place not in skipped])
    lost = {place: lengths[place] for place in short if whole.slipped(rows[place][: lengths[place]])}
    return lost, len(short) - len(lost)


class _Whole:
    """What the rows that are whole hold, column by column."""

    def __init__(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self._told = len(rows) >= ENOUGH
        self._said = [j for j, name in enumerate(header) if (role_of(name) or (None,))[0] in SPOKEN]
        self._values = Shape.of(header, rows).values if self._told else ()
        self._figures: list[float] = []
        for j in range(len(rows[0]) if self._told else 0):
            cells = [cell for row in rows[:LOOKED_AT] if (cell := row[j].strip())]
            self._figures.append(sum(map(_figure, cells)) / len(cells) if cells else 0.5)

    def slipped(self, row: Sequence[str]) -> bool:
        """Whether the cells of a row that is too short are not all in their columns, so that nobody knows which are.

        A number or date among words says so, and words among numbers; so does, where a question, an answer or a label
        is then missing, a word that is none of a column's few.
        """
        held = [(j, cell.strip()) for j, cell in enumerate(row[: len(self._figures)]) if cell.strip()]
        if any(self._figures[j] >= MOSTLY and not _figure(cell) for j, cell in held):
            return True
        if any(self._figures[j] <= 1 - MOSTLY and _figure(cell) for j, cell in held):
            return True
        lacking = any(j >= len(row) for j in self._said)
        return lacking and any((known := self._values[j]) is not None and cell not in known for j, cell in held)


def _figure(cell: str) -> bool:
    return bool(_FIGURES.fullmatch(cell))
