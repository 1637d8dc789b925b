"""A header of two lines, as survey tools write it: what was asked, and below it the kind of answer or the choices.

Knows no file and no role: rows of cells in, names out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import fmean

KINDS = re.compile(
    r"response|open-ended response|other \(please specify\)|开放式回答|回答|填空|单选|多选|其他[（(]请注明[）)]",
    re.IGNORECASE,
)
IMPORT_ID = '{"ImportId"'  # Qualtrics' third line: what a machine calls the columns
LOOKED_AT = 50  # rows
FILLED = 0.8  # of the cells below, the share that makes a column one that every row has
BETWEEN = ": "


def second_line(cells: Sequence[Sequence[str]], header: int) -> tuple[list[str], int] | None:
    """The names that two lines from `header` on make together, and the first row after them; None for one line."""
    rows = cells[header + 1 : header + 1 + LOOKED_AT]
    if not rows:
        return None
    for place in range(min(2, len(rows))):  # what was asked stands just above it
        if (codes := _filled(rows[place])) and all(cell.startswith(IMPORT_ID) for cell in codes):
            return list(cells[header + place]), header + place + 2
    first, below, data = cells[header], rows[0], rows[1:]
    said = _filled(below)
    if not said or not data or not _stands_apart(first, below, data):
        return None
    under_blank = [j for j, cell in enumerate(below) if cell.strip() and not _at(first, j)]
    kinds = [j for j, cell in enumerate(below) if KINDS.fullmatch(cell.strip())]
    kinds = [j for j in kinds if not any(KINDS.fullmatch(_at(row, j)) for row in data)]  # else each row says its kind
    return (_together(first, below), header + 2) if kinds or len(under_blank) > 1 else None


def _stands_apart(first: Sequence[str], below: Sequence[str], data: Sequence[Sequence[str]]) -> bool:
    """Whether the second line is blank under names whose columns every row fills, as no row of data would be."""
    named = [j for j in range(len(first)) if _at(first, j) and not _at(below, j)]
    held = [row for row in data if _filled(row)]
    return bool(held) and any(fmean(bool(_at(row, j)) for row in held) >= FILLED for j in named)


def _together(first: Sequence[str], below: Sequence[str]) -> list[str]:
    """Each name with what stands below it; a name that spans several columns is said with each of them."""
    names: list[str] = []
    above = ""
    for j in range(max(len(first), len(below))):
        name, choice = _at(first, j), _at(below, j)
        above = name or (above if choice else "")
        plain = bool(name) and (not choice or bool(KINDS.fullmatch(choice)))
        names.append(above if plain else BETWEEN.join(part for part in (above, choice) if part))
    return names


def _at(row: Sequence[str], j: int) -> str:
    return row[j].strip() if j < len(row) else ""


def _filled(row: Sequence[str]) -> list[str]:
    return [text for cell in row if (text := cell.strip())]
