"""The cells of any file become a Table: title rows, header, blank rows and stray characters are dealt with here.

Knows no file format and no role of a column.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from operator import itemgetter
from statistics import median
from typing import Any

from studio.data.reading.headers import heads_alone, known_among, said_again, spoken
from studio.data.reading.rejoin import check_quotes
from studio.data.reading.short_rows import out_of_place
from studio.data.reading.slipped import PutBack, Row, put_back
from studio.data.reading.two_lines import second_line
from studio.data.schema import Table
from studio.errors import StudioError

MAX_ROWS = 1_000_000
MAX_COLUMNS = 512
MAX_CELLS = 20_000_000
MAX_CELL = 200_000  # characters; a longer one is a broken file, and no model reads it
HEADER_WITHIN = 10  # rows: titles, notes and blank lines above the header
LONGEST_HEADER = 40  # characters
MOST = 0.8
WHOLE = 1e21  # up to here a whole number is written with all its digits
BLANK_RUN = 100  # a longer run of blank rows is one entry of the report
# NUL and control characters, a byte order mark inside, half a character of UTF-16
BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufeff\ud800-\udfff]")
# U+FFFD stays, because what it was is lost, but the report names its row
ODD = re.compile("[\r\ufffd" + BAD.pattern[1:])


@dataclass
class Grid:
    """A file's cells as text, row by row as they stand, before anything is understood.

    `columns` is None where the names are still among the cells. `numbers`: the rows' places in the file where they
    are not 1, 2, 3 …. `mark` is what tells cells apart in a text, where a row with too many has slipped.
    """

    cells: Sequence[Sequence[str]]
    format: str
    encoding: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    columns: list[str] | None = None
    numbers: list[int] | None = None
    nested: Set[str] = frozenset()
    mark: str = ""
    repaired: list[dict[str, Any]] = field(default_factory=list)
    dropped: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)


def tabulate(grid: Grid) -> Table:
    """The Table in a Grid. Raises StudioError for no rows, too many rows or too many columns."""
    if len(grid.cells) > MAX_ROWS:
        raise StudioError("data.too_many_rows", rows=len(grid.cells), limit=MAX_ROWS)
    header, first = (grid.columns, 0) if grid.columns is not None else _header(grid)
    if header is None:
        raise StudioError("data.empty")
    named = first if any(name.strip() for name in header) else 0
    width = _width(grid, header, first)
    rows, numbers = _rows(grid, header, first, width)
    if not rows:
        raise StudioError("data.no_rows", columns="、".join(name for name in header if name)[:200])
    width = len(rows[0])  # rows may go beyond the header
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
        nested=tuple(sorted(grid.nested)),
        repaired=tuple(sorted(grid.repaired, key=itemgetter("row"))),
        dropped=tuple(sorted(grid.dropped, key=itemgetter("row"))),
        notes=tuple(grid.notes),
        header=named,
        places=tuple(filled),
    )


def _width(grid: Grid, header: list[str], first: int) -> int:
    """How many columns there are. In a text the header says, unless nearly all rows agree on more."""
    if grid.columns is not None:
        return len(header)
    if not grid.mark:
        return max(map(len, grid.cells))
    widths = Counter(len(row) for row in grid.cells[first:] if any(row))
    if not widths:
        return len(header)
    width, times = widths.most_common(1)[0]
    return width if width > len(header) and times > 2 and times >= MOST * widths.total() else len(header)


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
        heads = known_among(names) if typical >= 2 else sum(map(heads_alone, names))
        enough = heads > (0 if lonely else len(names) / 2)
        if enough and (len(names) > 1 or typical < 2) and max(map(len, names)) <= LONGEST_HEADER:
            return _found(grid, _lower(grid, i, top), top)
    i = next((i for i in top if filled[i] >= 0.6 * typical), top[0])
    if typical >= 2 and not _is_data(grid.cells, i, full):
        return _found(grid, i, top)
    grid.repaired.append({"row": i + 1, "reason": "data.no_header"})
    return [""] * max(len(grid.cells[j]) for j in full[:100]), i


def _lower(grid: Grid, i: int, top: list[int]) -> int:
    """The second line of a header of two lines, when it holds more known names; else the first."""
    below = next((j for j in top if j > i), i)
    names = [[cell for cell in grid.cells[j] if cell.strip()] for j in (i, below)]
    more = known_among(names[1]) > max(known_among(names[0]), len(names[1]) / 2)
    return below if more and max(map(len, names[1])) <= LONGEST_HEADER else i


def _found(grid: Grid, i: int, top: list[int]) -> tuple[list[str], int]:
    for above in top[: top.index(i)]:
        title = " ".join(cell.strip() for cell in grid.cells[above] if cell.strip())
        grid.dropped.append({"row": above + 1, "reason": "data.title_row", "text": title[:80]})
    cells = list(grid.cells[i])
    first = i + 1
    if joined := second_line(grid.cells, i):
        cells, first = joined
        grid.notes.append({"reason": "data.two_lines"})
    while cells and not cells[-1].strip():
        cells.pop()
    return cells, first


def _is_data(cells: Sequence[Sequence[str]], i: int, full: list[int]) -> bool:
    """Whether row `i`, whose words are no known names, looks like the rows below it."""
    for j, cell in enumerate(cells[i]):
        value = cell.strip()
        if not value:
            continue
        if len(value) > LONGEST_HEADER or value[-1] in "。！!" or re.fullmatch(r"[-+\d.,:/%¥$]+", value):
            return True
        below = [cells[k][j].strip() for k in full if k > i and j < len(cells[k])]
        asking = sum(other[-1:] in ("？", "?") for other in below)
        # one question may head a survey's column
        if value in below or (value[-1] in "？?" and asking > len(below) / 2):
            return True
    return False


def _rows(grid: Grid, header: list[str], first: int, width: int) -> tuple[list[tuple[str, ...]], list[int]]:
    """The rows below the header, each `width` cells long, and their numbers in the file."""
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    blank: list[int] = []
    slipped: list[tuple[int, Row]] = []
    names = [name.strip() for name in header]
    header_words = spoken(names)
    places = grid.numbers or range(1, len(grid.cells) + 1)
    for number, cells in zip(places[first:], grid.cells[first:], strict=True):
        row = _mend(grid, number, cells)
        joined = "".join(row)
        if not joined or joined.isspace():
            blank.append(number)
            continue
        if blank:
            grid.dropped += _blank_entries(blank)
            blank = []
        longest = max(map(len, row)) if len(joined) > MAX_CELL else 0
        if longest > MAX_CELL:
            why: dict[str, Any] = {"reason": "data.cell_too_long", "characters": longest, "limit": MAX_CELL}
            grid.dropped.append({"row": number, **why})
            continue
        if grid.columns is None and (_same(row, names) or said_again(header_words, row)):
            grid.dropped.append({"row": number, "reason": "data.repeated_header"})
            continue
        if len(row) != width:
            if len(row) > width and any(cell.strip() for cell in row[width:]):
                slipped.append((number, tuple(row)))
                continue
            row = [*row[:width], *[""] * (width - len(row))]
        rows.append(tuple(row))
        numbers.append(number)
    if grid.mark and rows:
        check_quotes(grid.mark, rows, numbers)
        if any(len(row) < width for row in grid.cells):
            rows, numbers = _in_place(grid, header, rows, numbers)
    return _put_back(grid, header, slipped, rows, numbers) if slipped else (rows, numbers)


def _put_back(
    grid: Grid, header: list[str], slipped: list[tuple[int, Row]], rows: list[Row], numbers: list[int]
) -> tuple[list[Row], list[int]]:
    found = put_back(slipped, header, PutBack(rows, numbers), grid.mark)
    grid.repaired += found.repaired
    grid.dropped += found.dropped
    grid.notes += found.notes
    return found.rows, found.numbers


def _in_place(
    grid: Grid, header: list[str], rows: list[tuple[str, ...]], numbers: list[int]
) -> tuple[list[tuple[str, ...]], list[int]]:
    """The rows without those that lack a cell in the middle, which are named; those that lack the last are counted."""
    lengths = dict(zip(grid.numbers or range(1, len(grid.cells) + 1), map(len, grid.cells), strict=True))
    lost, lacking = out_of_place(header, rows, [lengths[number] for number in numbers])
    grid.dropped += [
        {"row": numbers[place], "reason": "data.too_few_cells", "cells": cells, "columns": len(rows[0])}
        for place, cells in lost.items()
    ]
    grid.notes += [{"reason": "data.short_rows", "n": lacking}] if lacking else []
    kept = [place for place in range(len(rows)) if place not in lost]
    return [rows[place] for place in kept], [numbers[place] for place in kept]


def _same(row: Sequence[str], names: list[str]) -> bool:
    return any(names) and row[0].strip() == names[0] and [cell.strip() for cell in row[: len(names)]] == names


def _blank_entries(run: list[int]) -> list[dict[str, Any]]:
    if len(run) > BLANK_RUN:
        return [{"row": run[0], "last": run[-1], "reason": "data.blank_rows"}]
    return [{"row": number, "reason": "data.blank_row"} for number in run]


def _mend(grid: Grid, number: int, row: Sequence[str]) -> Sequence[str]:
    """Line ends become \\n; characters that no text holds go, and the report says so."""
    if not ODD.search("".join(row)):  # most rows, in a fifth of the time
        return row
    row = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row]
    clean = [BAD.sub("", cell) for cell in row]
    if clean != row:
        grid.repaired.append({"row": number, "reason": "data.bad_characters"})
    if any("\ufffd" in cell for cell in clean):
        grid.repaired.append({"row": number, "reason": "data.lost_characters"})
    return clean


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


def as_text(value: Any) -> str:
    """A value as a person reads it: 1.0 → 1, dates as ISO 8601, a date without time of day as the date alone."""
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            whole = value.is_integer() and abs(value) < WHOLE
            return str(int(value)) if whole else f"{value:.15g}"
        case datetime.datetime():
            return value.isoformat(" ").removesuffix(" 00:00:00")
        case _:
            return str(value)
