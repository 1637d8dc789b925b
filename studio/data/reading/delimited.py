"""Text with one row a line: csv, tsv and their kin with `;`, `|` or a longer separator, or plain lines.

Knows no encoding and no header.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import Any

from studio.data.reading.escapes import NULL, unescaped
from studio.data.reading.grid import MAX_ROWS, Grid
from studio.data.reading.headers import known
from studio.data.reading.separators import LONG_MARKS, cells_between, long_mark
from studio.data.reading.texts import loosely_written, written
from studio.errors import StudioError

MARKS = (",", "\t", ";", "|")
NO_MARK = "\x1f"  # a character that no text holds: every line is one cell
SNIFFED = 64 * 1024  # characters
csv.field_size_limit(2**31 - 1)  # how long a cell may be is for `grid` to say


def read_delimited(text: str, encoding: str) -> Grid:
    """The cells of a text. Raises StudioError data.unclosed_quote, data.too_many_rows."""
    if found := written(text, encoding):
        return found
    notes: list[dict[str, Any]] = []
    if (plain := unescaped(text)) is not None:
        text = plain
        notes.append({"reason": "data.backslashes"})
    mark, declared = mark_of(text)
    if mark == NO_MARK and (found := loosely_written(text, encoding)):
        return found
    cells = cells_between(mark, text) if mark in LONG_MARKS else _cells(text, mark)
    if declared:
        cells[0] = []
    name = {"\t": "tsv", NO_MARK: "txt"}.get(mark, "csv")
    if nulls := sum(row.count(NULL) for row in cells):
        cells = [["" if cell == NULL else cell for cell in row] for row in cells]
        notes.append({"reason": "data.nulls", "n": nulls})
    return Grid(cells, name, encoding, mark=mark, notes=notes)


def mark_of(text: str) -> tuple[str, bool]:
    """What tells the cells of a text apart, and whether its first line says so, as Excel writes it."""
    declared = re.match(r'"?sep=(.)"?\r?\n', text)
    return (declared[1], True) if declared else (long_mark(text) or sniff(text[:SNIFFED]), False)


def sniff(text: str) -> str:
    """The mark that cuts the lines into the same number (> 1) of cells most often, or NO_MARK."""
    best: tuple[float, int, str] = (0.0, 0, NO_MARK)
    for mark in MARKS:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark) if row][:200]
        if len(rows) > 2:
            rows.pop()  # cut off in the middle
        if not rows:
            continue
        (width, times), *_ = Counter(map(len, rows)).most_common(1)
        named = any(len(row) > 1 and any(map(known, row)) for row in rows[:10])
        share = times / len(rows)
        if width > 1 and (share >= 0.8 or named) and (share + named, width, mark) > best:
            best = (share + named, width, mark)
    return best[2]


def _cells(text: str, mark: str) -> list[list[str]]:
    ending = "\x1e"
    rows: list[list[str]] = []
    for row in csv.reader(io.StringIO(text.rstrip("\r\n") + f"\n{ending}", newline=""), delimiter=mark):
        rows.append(row)
        if len(rows) > MAX_ROWS + 1:
            raise StudioError("data.too_many_rows", rows=len(rows), limit=MAX_ROWS)
    if rows[-1] != [ending]:
        raise StudioError("data.unclosed_quote", row=len(rows))
    return rows[:-1]
