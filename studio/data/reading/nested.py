"""Rows that lie in lists within records: topics that hold questions, chapters with sections that do.

Knows no file: parsed JSON comes in. What a record says of all its rows goes with each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from studio.data.reading.headers import role_of
from studio.data.reading.shapes import shaped
from studio.data.reading.squad import squad

ASKING, ANSWERING = {"text", "prompt"}, {"label", "reply"}
DEEPEST = 3  # lists within lists
Path = tuple[str, ...]


def says_all(record: Any) -> bool:
    """Whether a record is a row by itself: with what is asked and what is answered, or a conversation."""
    if not isinstance(record, dict):
        return False
    claimed = {found[0] for key in record if (found := role_of(str(key)))}
    return bool(claimed & ASKING and claimed & ANSWERING) or shaped(record) is not None


def within(records: Sequence[Any]) -> tuple[list[dict[str, Any]], Path] | None:
    """The rows that lie in lists of these records, and the names of the lists; None where the records are the rows."""
    held = [record for record in records if isinstance(record, dict)]
    if not held or len(held) < len(records) or any(_is_row(record) for record in held):
        return None
    path = next((found for record in held if (found := _path(record, {}, DEEPEST))), None)
    if path is None:
        return None
    return [row for record in held for row in _rows(record, path, {})], path


def _is_row(record: Mapping[str, Any]) -> bool:
    words = {key: value for key, value in record.items() if not isinstance(value, list | dict)}
    return says_all(words) or shaped(record) is not None or squad(record) is not None


def _path(record: Mapping[str, Any], above: Mapping[str, Any], depth: int) -> Path | None:
    """The names of the lists that lead to rows."""
    said = {**above, **_said(record)}
    for key, value in record.items():
        inner = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
        if not inner or len(inner) < len(value):
            continue
        if any(says_all({**said, **one}) for one in inner):
            return (key,)
        if depth > 1 and (found := next((way for one in inner if (way := _path(one, said, depth - 1))), None)):
            return (key, *found)
    return None


def _rows(record: Mapping[str, Any], path: Path, above: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    said = {**above, **_said(record)}
    inner = record.get(path[0])
    for one in inner if isinstance(inner, list) else ():
        if not isinstance(one, dict):
            continue
        if len(path) == 1:
            yield {**said, **one}
        else:
            yield from _rows(one, path[1:], said)


def _said(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if not isinstance(value, list | dict)}
