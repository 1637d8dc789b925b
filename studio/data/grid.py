"""The cells of any file become a Table: title rows, header, blank rows and stray characters are dealt with here.

Knows no file format and no role of a column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from studio.data.headers import known
from studio.data.schema import Table
from studio.errors import StudioError

MAX_ROWS = 1_000_000
MAX_COLUMNS = 512
MAX_CELL = 200_000  # characters; a longer one is a broken file, and no model reads it
HEADER_WITHIN = 10  # rows: titles, notes and blank lines above the header
LONGEST_HEADER = 40  # characters
BLANK_RUN = 100  # a longer run of blank rows is one entry of the report
# NUL and control characters, a byte order mark inside, half a character of UTF-16
BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufeff\ud800-\udfff]")


@dataclass
class Grid:
    """A file's cells as text, row by row as they stand, before anything is understood.

    `columns` is None where the names are still among the cells. `numbers`: the rows' places in the file where they
    are not 1, 2, 3 …. `loose`: cells are told apart by a mark, so a row with too many has slipped and is not trusted.
    """

    cells: Sequence[Sequence[str]]
    format: str
    encoding: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    columns: list[str] | None = None
    numbers: list[int] | None = None
    loose: bool = False
    repaired: list[dict[str, Any]] = field(default_factory=list)
    dropped: list[dict[str, Any]] = field(default_factory=list)


def tabulate(grid: Grid) -> Table:
    """The Table in a Grid. Raises StudioError for no rows, too many rows or too many columns."""
    if len(grid.cells) > MAX_ROWS:
        raise StudioError("data.too_many_rows", rows=len(grid.cells), limit=MAX_ROWS)
    header, first = (grid.columns, 0) if grid.columns is not None else _header(grid)
    if header is None:
        raise StudioError("data.empty")
    width = len(header) if grid.loose or grid.columns is not None else max(map(len, grid.cells))
    rows, numbers = _rows(grid, header, first, width)
    if not rows:
        raise StudioError("data.no_rows", columns="、".join(name for name in header if name)[:200])
    filled = [j for j in range(width) if any(row[j] for row in rows) or (j < len(header) and header[j].strip())]
    if len(filled) > MAX_COLUMNS:
        raise StudioError("data.too_many_columns", columns=len(filled), limit=MAX_COLUMNS)
    if len(filled) < width:
        rows = [tuple([row[j] for j in filled]) for row in rows]
    return Table(
        columns=_names(header, filled),
        rows=tuple(rows),
        numbers=tuple(numbers),
        format=grid.format,
        encoding=grid.encoding,
        sheet=grid.sheet,
        sheets=grid.sheets,
        repaired=tuple(sorted(grid.repaired, key=_row)),
        dropped=tuple(sorted(grid.dropped, key=_row)),
    )


def _row(entry: Mapping[str, Any]) -> int:
    return int(entry["row"])


def _header(grid: Grid) -> tuple[list[str] | None, int]:
    """The header's cells and the index of the first row after it; cells are empty names when there is no header."""
    full = [i for i, row in enumerate(grid.cells[:1000]) if any(cell and not cell.isspace() for cell in row)]
    if not full:
        return None, 0
    filled = {i: sum(1 for cell in grid.cells[i] if cell.strip()) for i in full}
    typical = median(filled[i] for i in full[:100])
    top = full[:HEADER_WITHIN]
    for i in top:
        names = [cell for cell in grid.cells[i] if cell.strip()]
        lonely = all(filled[above] < 0.6 * typical for above in top[: top.index(i)])  # else those are rows, not titles
        enough = sum(map(known, names)) > (0 if lonely else len(names) / 2)
        if enough and (len(names) > 1 or typical < 2) and max(map(len, names)) <= LONGEST_HEADER:
            return _found(grid, i, top)
    i = next((i for i in top if filled[i] >= 0.6 * typical), top[0])
    if typical >= 2 and not _is_data(grid.cells, i, full):
        return _found(grid, i, top)
    grid.repaired.append({"row": i + 1, "reason": "data.no_header"})
    return [""] * max(len(grid.cells[j]) for j in full[:100]), i


def _found(grid: Grid, i: int, top: list[int]) -> tuple[list[str], int]:
    for above in top[: top.index(i)]:
        title = " ".join(cell.strip() for cell in grid.cells[above] if cell.strip())
        grid.dropped.append({"row": above + 1, "reason": "data.title_row", "text": title[:80]})
    cells = list(grid.cells[i])
    while cells and not cells[-1].strip():
        cells.pop()
    return cells, i + 1


def _is_data(cells: Sequence[Sequence[str]], i: int, full: list[int]) -> bool:
    """Whether row `i`, whose words are no known names, looks like the rows below it."""
    for j, cell in enumerate(cells[i]):
        value = cell.strip()
        if not value:
            continue
        if len(value) > LONGEST_HEADER or re.fullmatch(r"[-+\d.,:/%¥$]+", value):
            return True
        below = [cells[k][j].strip() for k in full if k > i and j < len(cells[k])]
        if value in below:
            return True
    return False


def _rows(grid: Grid, header: list[str], first: int, width: int) -> tuple[list[tuple[str, ...]], list[int]]:
    """The rows below the header, each `width` cells long, and their numbers in the file."""
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    blank: list[int] = []
    names = [name.strip() for name in header]
    places = grid.numbers or range(1, len(grid.cells) + 1)
    for number, cells in zip(places[first:], grid.cells[first:], strict=True):
        row, joined = list(cells), "".join(cells)
        if BAD.search(joined) or "\r" in joined:
            row = _mend(grid, number, row)
            joined = "".join(row)
        if not joined or joined.isspace():
            blank.append(number)
            continue
        if blank:
            grid.dropped += _blank_entries(blank)
            blank = []
        if reason := _refuse(row, width, joined):
            grid.dropped.append({"row": number, **reason})
            continue
        if grid.columns is None and row[0].strip() == names[0] and _same(row, names):
            grid.dropped.append({"row": number, "reason": "data.repeated_header"})
            continue
        rows.append(tuple(row[:width] if len(row) >= width else row + [""] * (width - len(row))))
        numbers.append(number)
    return rows, numbers


def _same(row: list[str], names: list[str]) -> bool:
    return any(names) and [cell.strip() for cell in row[: len(names)]] == names


def _blank_entries(run: list[int]) -> list[dict[str, Any]]:
    if len(run) > BLANK_RUN:
        return [{"row": run[0], "last": run[-1], "reason": "data.blank_rows"}]
    return [{"row": number, "reason": "data.blank_row"} for number in run]


def _mend(grid: Grid, number: int, row: list[str]) -> list[str]:
    """Line ends become \\n; characters that no text holds go, and the report says so."""
    row = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row]
    clean = [BAD.sub("", cell) for cell in row]
    if clean != row:
        grid.repaired.append({"row": number, "reason": "data.bad_characters"})
    return clean


def _refuse(row: list[str], width: int, joined: str) -> dict[str, Any] | None:
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        return {"reason": "data.too_many_cells", "cells": len(row), "columns": width}
    if len(joined) > MAX_CELL and max(map(len, row)) > MAX_CELL:
        return {"reason": "data.cell_too_long", "characters": max(map(len, row)), "limit": MAX_CELL}
    return None


def _names(header: list[str], filled: list[int]) -> tuple[str, ...]:
    """Clean, distinct names; a column without one is called by its letter, as in a spreadsheet."""
    names: list[str] = []
    for j in filled:
        clean = " ".join(BAD.sub(" ", header[j] if j < len(header) else "").split())[:100] or letter(j)
        name, twin = clean, 2
        while name in names:
            name, twin = f"{clean} ({twin})", twin + 1
        names.append(name)
    return tuple(names)


def letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
