"""JSON and JSON Lines with keys added: the text of every record as it was, and the keys at its end.

Knows no shape of a record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.data.adding.child import fresh
from studio.data.reading.decode import decode
from studio.errors import StudioError

SPACE = " \t\r\n"


def add(job: dict[str, Any]) -> list[dict[str, Any]]:
    """Raises StudioError data.not_records where the records are neither lines nor one list of objects."""
    text, encoding = decode(Path(job["source"]).read_bytes(), job["encoding"] or None)
    [added] = job["added"]
    listed = job["format"] == "json" and text.lstrip().startswith("[")
    places = list(_listed(text) if listed else _lines(text))
    taken = {key for _, _, _, record in places for key in record}
    names = fresh([name for name, _ in added["columns"]], taken)
    columns = [dict(values) for _, values in added["columns"]]
    if any(values.keys() - {number for number, *_ in places} for values in columns):
        raise StudioError("data.not_records")
    pieces, last = [], 0
    for number, _, end, record in places:
        if any(number in values for values in columns):
            keys = {name: _one(values.get(number, ())) for name, values in zip(names, columns, strict=True)}
            words = json.dumps(keys, ensure_ascii=False)[1:]
            pieces += [text[last : end - 1], ", " if record else "", words]
            last = end
    Path(job["out"]).write_bytes("".join([*pieces, text[last:]]).encode(encoding))
    return []


def _one(values: list[Any]) -> Any:
    """The value of a record that asked once; a list where it asked several times, as a conversation does."""
    return values[0] if len(values) == 1 else list(values) or None


def _lines(text: str) -> Iterator[tuple[int, int, int, dict[str, Any]]]:
    """Number, start, end and content of each line that is an object."""
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            record = None  # no record to the reader either
        if isinstance(record, dict):
            yield number, start, start + len(line.rstrip()), record
        start += len(line) + 1


def _listed(text: str) -> Iterator[tuple[int, int, int, dict[str, Any]]]:
    """The same of the objects of a list."""
    decoder, number = json.JSONDecoder(), 0
    at = _skipped(text, _skipped(text, 0) + 1)
    while text[at] != "]":
        try:
            record, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:  # what the reader takes though it is no JSON, {'q': 1} and the like
            raise StudioError("data.not_records") from error
        number += 1
        if not isinstance(record, dict):
            raise StudioError("data.not_records")
        yield number, at, end, record
        at = _skipped(text, end)
        at = _skipped(text, at + 1) if text[at] == "," else at


def _skipped(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in SPACE:
        at += 1
    return at
