"""Where in a JSON value the rows lie: bare, under a key, in parts, by columns as pandas writes it, as a bot's project.

Knows no record's shape but that of one that stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from studio.data.reading.bots import bot
from studio.data.reading.headers import role_of
from studio.data.reading.nested import says_all, within
from studio.data.reading.shapes import shaped
from studio.errors import StudioError

SPLIT = re.compile(r"train|val|dev|test|oos|eval|训练|验证|测试", re.IGNORECASE)


@dataclass(frozen=True)
class Outline:
    """The rows, and what is to be said of where they lie. `headless`: lists of cells of which none is a header."""

    records: Sequence[Any]
    notes: tuple[Mapping[str, Any], ...] = ()
    headless: bool = False


def outline(data: Any) -> Outline:
    """The rows of a JSON value, those in lists within its records as well. Raises StudioError data.not_records."""
    found = _outline(data)
    if inner := within(found.records):
        told = {"reason": "data.nested_rows", "path": " › ".join(inner[1])[:100], "n": len(inner[0])}
        return Outline(inner[0], (*found.notes, told))
    return found


def _outline(data: Any) -> Outline:
    if isinstance(data, list):
        return Outline(data)
    if not isinstance(data, dict):
        raise StudioError("data.not_records")
    if project := bot(data):
        return Outline(project[0], _not_learned(project[1]))
    if not data or shaped(data) or _asks_and_answers(data):
        return Outline([data])
    inner = next(iter(data.values()))
    if len(data) == 1 and isinstance(inner, dict) and any(isinstance(one, list) for one in inner.values()):
        return _outline(inner)
    return _parts(data) or Outline(_columns(data))


def _asks_and_answers(data: Mapping[str, Any]) -> bool:
    """Whether it is a row itself, with a question and an answer in words, whatever lists stand beside them."""
    said = {(role_of(key) or ("",))[0] for key, held in data.items() if isinstance(held, str) and held.strip()}
    return {"prompt", "reply"} <= said


def _columns(data: Mapping[str, Any]) -> list[Any]:
    values = list(data.values())
    if isinstance(data.get("columns"), list) and isinstance(data.get("data"), list):
        return [data["columns"], *data["data"]]
    if all(isinstance(value, list) for value in values):
        return [dict(zip(data, row, strict=True)) for row in zip_longest(*values)]
    if all(isinstance(value, dict) and value for value in values):
        return _by_index(data)
    if len(data) > 1 and all(isinstance(value, str) for value in values) and not any(map(role_of, data)):
        return [{"question": key, "answer": value} for key, value in data.items()]
    return [data]


def _parts(data: Mapping[str, Any]) -> Outline | None:
    """The rows of the lists under several keys, as `train` and `test`, or under one; None where there are none."""
    lists = {key: held for key, held in data.items() if isinstance(held, list) and held}
    others = tuple(key for key, held in data.items() if isinstance(held, list | dict) and held)
    if objects := {key: held for key, held in lists.items() if isinstance(held[0], dict)}:
        taken = _alike(objects)
        if len(taken) == 1 or len(taken) == len(lists) or says_all(next(iter(taken.values()))[0]):
            return _together(taken, others)
    if any(role_of(key) for key in lists) or isinstance(data.get("columns"), list):
        return None
    rows = {key: held for key, held in lists.items() if all(isinstance(one, list) for one in held)}
    if rows and (len(rows) == len(lists) or len(rows) > 1):
        together = _together(rows, others)
        return Outline(together.records, together.notes, headless=not dialogues(together.records))
    texts = len(lists) > 1 and all(isinstance(one, str) for held in lists.values() for one in held)
    if not texts or len(lists) < len(data):
        return None
    if all(SPLIT.search(key) for key in lists):
        return _together(lists, others)
    if len({len(held) for held in lists.values()}) > 1:  # else these are columns
        labelled = [{"text": text, "label": key} for key, held in lists.items() for text in held]
        return Outline(labelled, ({"reason": "data.keys_are_labels", "keys": "、".join(lists)[:300]},))
    return None


def _alike(objects: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Of several lists of records those of one kind: the kind that asks and answers, else the one with a name shared
    by all; where there are several, all."""
    telling = {key: held for key, held in objects.items() if says_all(held[0])}
    return dict(telling or objects)


def _together(parts: Mapping[str, Sequence[Any]], beside: Sequence[str]) -> Outline:
    told = "、".join(f"{key} {len(held)}" for key, held in parts.items())[:300]
    notes = ({"reason": "data.parts", "parts": told},) if len(parts) > 1 else ()
    records = [record for held in parts.values() for record in held]
    return Outline(records, (*notes, *_not_learned([key for key in beside if key not in parts])))


def _not_learned(names: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
    return ({"reason": "data.parts_not_learned", "parts": "、".join(dict.fromkeys(names))[:300]},) if names else ()


def _by_index(data: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """`{column: {index: value}}` or `{index: {column: value}}`."""
    first = next(iter(data.values()))
    if all(key.isdecimal() for key in first) and not all(key.isdecimal() for key in data):
        return [{column: held.get(index) for column, held in data.items()} for index in first]
    return list(data.values())


def dialogues(records: Sequence[Any]) -> bool:
    """Whether lists are conversations and not rows of a table: of turns, or of as many sentences as were said."""
    lists = [record for record in records if isinstance(record, list) and record]
    if any(isinstance(said, dict) for record in lists for said in record):
        return True
    widths = {len(record) for record in lists}
    return len(widths) > 1 and max(widths) > 2 and all(isinstance(said, str) for record in lists for said in record)
