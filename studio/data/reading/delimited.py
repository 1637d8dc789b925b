"""Text with one row a line: csv, tsv and their kin with `;` or `|`, question-answer text, or plain lines.

Knows no encoding and no header.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import Any

from studio.data.reading.escapes import NULL, unescaped
from studio.data.reading.fasttext import read_fasttext
from studio.data.reading.grid import MAX_ROWS, Grid
from studio.data.reading.headers import known
from studio.errors import StudioError

MARKS = (",", "\t", ";", "|")
NO_MARK = "\x1f"  # a character that no text holds: every line is one cell
SNIFFED = 64 * 1024  # characters
csv.field_size_limit(2**31 - 1)  # how long a cell may be is for `grid` to say
NUMBERED = r"[ \t\u3000>*#-]*(?:\d{1,4}\s*[.、)）:：]\s*)?\**[【\[(（]?\s*"
ASKERS = r"问题?|提问|客人?|顾客|客户|用户|买家|問題?|Q|Question|User|Customer"
ANSWERERS = r"答案?|回答|回复|店家|商家|客服|掌柜|老板|卖家|助手|A|Answer|Assistant|Bot"
END = r"\s*\d{0,4}\s*[】\])）]?\**\s*[:：]\**\s*"
ASKED = re.compile(rf"{NUMBERED}(?:{ASKERS}){END}", re.IGNORECASE)
ANSWERED = re.compile(rf"{NUMBERED}(?:{ANSWERERS}){END}", re.IGNORECASE)
ANSWERED_INSIDE = re.compile(rf"[\s。？！?!；;]\s*(?:{ANSWERERS})\s*[:：]\s*", re.IGNORECASE)
MOST_TITLES = 5  # lines above the first question


def read_delimited(text: str, encoding: str) -> Grid:
    """The cells of a text. Raises StudioError data.unclosed_quote, data.too_many_rows."""
    if written := _pairs(text, encoding) or read_fasttext(text, encoding):
        return written
    notes: list[dict[str, Any]] = []
    if (plain := unescaped(text)) is not None:
        text = plain
        notes.append({"reason": "data.backslashes"})
    mark, declared = mark_of(text)
    cells = _cells(text, mark)
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
    return (declared[1], True) if declared else (sniff(text[:SNIFFED]), False)


def _pairs(text: str, encoding: str) -> Grid | None:
    """问：… 答：… or Q: … A: … as questions and answers of one or more lines; None for any other text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    full = [i for i, line in enumerate(lines) if line.strip()]
    first = next((i for i in full[: MOST_TITLES + 1] if ASKED.match(lines[i])), None)
    if first is None or not any(ANSWERED.match(line) or ANSWERED_INSIDE.search(line) for line in lines):
        return None
    if any(known(cell) for i in full if i < first for cell in re.split(r"[,;\t|]", lines[i])[1:]):
        return None  # a table whose first cell begins like a question
    grid = Grid((), "txt", encoding, columns=["question", "answer"])
    grid.dropped += [
        {"row": i + 1, "reason": "data.title_row", "text": lines[i].strip()[:80]} for i in full if i < first
    ]
    rows, numbers = _dialogue(lines, first)
    grid.cells, grid.numbers = [["\n".join(part).strip() for part in row] for row in rows], numbers
    answered = sum(1 for _, answer in grid.cells if answer)
    return grid if answered > len(rows) / 2 else None


def _dialogue(lines: list[str], first: int) -> tuple[list[tuple[list[str], list[str]]], list[int]]:
    """(lines of the question, lines of the answer) and the line where each begins."""
    rows: list[tuple[list[str], list[str]]] = []
    numbers: list[int] = []
    answering = False
    for i, line in enumerate(lines[first:], first):
        if asked := ASKED.match(line):
            line, answering = line[asked.end() :], False
            rows.append(([], []))
            numbers.append(i + 1)
            below = next((later for later in lines[i + 1 : i + 3] if later.strip()), "")
            if (inside := ANSWERED_INSIDE.search(line)) and not ANSWERED.match(below):
                rows[-1][0].append(line[: inside.start() + 1].strip())
                line, answering = line[inside.end() :], True
        elif answered := ANSWERED.match(line):
            line, answering = line[answered.end() :], True
        rows[-1][answering].append(line.rstrip())
        if len(rows) > MAX_ROWS:
            raise StudioError("data.too_many_rows", rows=len(rows), limit=MAX_ROWS)
    return rows, numbers


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
