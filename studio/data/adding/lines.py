"""csv and tsv with columns added: every line as it was, in its encoding, with its separator, and cells at its end.

Knows no header: which line holds the names is told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.data.adding.child import fresh, together
from studio.data.export import harmless
from studio.data.reading.decode import decode
from studio.data.reading.delimited import NO_MARK, mark_of
from studio.data.reading.escapes import unescaped
from studio.data.reading.separators import LONG_MARKS
from studio.errors import StudioError

FOR_EXCEL = "utf-8-sig"


def add(job: dict[str, Any]) -> list[dict[str, Any]]:
    """Raises StudioError data.not_records for a text in which a backslash says what csv says with quotes.

    And for one whose separator is longer than csv knows.
    """
    text, encoding = decode(Path(job["source"]).read_bytes(), job["encoding"] or None)
    if unescaped(text) is not None:  # which csv's own rules would read otherwise
        raise StudioError("data.not_records")
    [added] = job["added"]
    mark, _ = mark_of(text)
    if mark in LONG_MARKS:
        raise StudioError("data.not_records")
    records = list(_records(text, mark))
    width = max((len(cells) for _, cells in records), default=0)
    names = fresh([name for name, _ in added["columns"]], _named(records, added["header"]))
    columns = [dict(values) for _, values in added["columns"]]
    lines = []
    for place, (raw, cells) in enumerate(records, 1):
        if place == added["header"]:
            more = names
        elif any(place in values for values in columns):
            more = [_shown(together(values.get(place, ()))) for values in columns]
        else:
            more = []
        lines.append(_longer(raw, cells, width, more, mark) if more else raw)
    return _write(Path(job["out"]), "".join(lines), text, encoding)


def _records(text: str, mark: str) -> Iterator[tuple[str, list[str]]]:
    """Each record as it stands in the text, its line end included, and its cells."""
    lines = io.StringIO(text, newline="").readlines()
    reader, start = csv.reader(lines, delimiter=mark), 0
    for cells in reader:
        yield "".join(lines[start : reader.line_num]), cells
        start = reader.line_num


def _named(records: list[tuple[str, list[str]]], header: int) -> set[str]:
    return {cell.strip() for cell in records[header - 1][1]} if header else set()


def _longer(raw: str, cells: list[str], width: int, more: list[str], mark: str) -> str:
    """The record with cells at its end, which stand below each other however long the records are."""
    body = raw.rstrip("\r\n")
    end = raw[len(body) :]
    if mark == NO_MARK:  # a text of one column, in which a comma meant nothing
        return _joined([*cells, *more], ",") + end
    return mark.join([body, *[""] * (width - len(cells)), _joined(more, mark)]) + end


def _joined(cells: list[str], mark: str) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=mark, lineterminator="").writerow(cells)
    return line.getvalue()


def _shown(value: str | float | None) -> str:
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else f"{value:.4f}"


def _write(out: Path, answered: str, before: str, encoding: str) -> list[dict[str, Any]]:
    if before.isascii() and not answered.isascii():
        encoding = FOR_EXCEL  # which would take the first words that are not English for something else
    try:
        content = answered.encode(encoding)
    except UnicodeEncodeError:
        out.write_bytes(answered.encode(FOR_EXCEL))
        return [{"key": "predict.other_encoding", "encoding": encoding}]
    out.write_bytes(content)
    return []
