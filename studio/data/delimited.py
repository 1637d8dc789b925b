"""Text with one row a line: csv, tsv and their kin with `;` or `|`, question-answer text, or plain lines.

Knows no encoding and no header.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from studio.data.grid import MAX_ROWS, Grid
from studio.data.headers import known
from studio.errors import StudioError

MARKS = (",", "\t", ";", "|")
NO_MARK = "\x1f"  # a character that no text holds: every line is one cell
SNIFFED = 64 * 1024  # characters
csv.field_size_limit(2**31 - 1)  # how long a cell may be is for `grid` to say
ASKED = r"^[ \t　]*(?:问|问题|客|顾客|Q|Question)[ \t　]*[:：]"
ANSWERED = r"^[ \t　]*(?:答|答案|回答|店家|A|Answer)[ \t　]*[:：]"
PAIR = re.compile(
    rf"{ASKED}(?P<question>.+?){ANSWERED}(?P<answer>.+?)(?={ASKED}|\Z)",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)


def read_delimited(text: str, encoding: str) -> Grid:
    """The cells of a text. Raises StudioError data.unclosed_quote, data.too_many_rows."""
    if pairs := [(match["question"].strip(), match["answer"].strip()) for match in PAIR.finditer(text)]:
        return Grid([list(pair) for pair in pairs], "txt", encoding, columns=["question", "answer"])
    declared = re.match(r'"?sep=(.)"?\r?\n', text)
    mark = declared[1] if declared else sniff(text[:SNIFFED])
    cells = _cells(text, mark)
    if declared:
        cells[0] = []
    name = {"\t": "tsv", NO_MARK: "txt"}.get(mark, "csv")
    return Grid(cells, name, encoding, loose=True)


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
    for row in csv.reader(io.StringIO(f"{text.rstrip()}\n{ending}", newline=""), delimiter=mark):
        rows.append(row)
        if len(rows) > MAX_ROWS + 1:
            raise StudioError("data.too_many_rows", rows=len(rows), limit=MAX_ROWS)
    if rows[-1] != [ending]:
        raise StudioError("data.unclosed_quote", row=len(rows))
    return rows[:-1]
