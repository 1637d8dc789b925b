"""What comes of one record: rows of named cells, and what is to be said about it.

Knows no tool's way to write a record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Cells = dict[str, str]
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Shaped:
    """The rows of a record, and what is to be said about it: keys of sentences.

    `dropped`: why there are no rows. `counted`: sentences that are said once for the whole file, each with how often
    this record gives reason for it.
    """

    rows: Sequence[Cells]
    dropped: str = ""
    repaired: str = ""
    counted: Mapping[str, int] = field(default_factory=dict)


def cell(value: Any) -> str:
    """A JSON value as a cell's text."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case {"choices": [*choices]} if len(value) == 1:
            return "、".join(map(cell, choices))
        case _:
            return json.dumps(value, ensure_ascii=False, default=str)


def cells(record: Record) -> Cells:
    """A record as it stands, its lists and objects as JSON."""
    return {str(key): cell(value) for key, value in record.items()}
