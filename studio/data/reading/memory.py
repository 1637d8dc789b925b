"""A table with one turn a row, each written as an object, as LangChain and n8n keep what was said.

Knows no file format: a Table comes in, records with the number of their first row come out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from studio.data.reading.headers import plain
from studio.data.reading.shapes.turns import name_of, turns_in
from studio.data.reading.talks import TALK
from studio.data.schema import Table


def remembered(table: Table) -> list[tuple[int, Mapping[str, Any]]] | None:
    """The conversations of a table whose rows are turns written as objects; None for any other table."""
    if len(table.rows) < 2:
        return None
    for j in range(len(table.columns)):
        if all(row[j][:1] == "{" for row in table.rows) and (turns := _objects([row[j] for row in table.rows])):
            return _conversations(table, turns)
    return None


def _objects(cells: Sequence[str]) -> list[Any] | None:
    try:
        turns = [json.loads(cell) for cell in cells]
    except (json.JSONDecodeError, RecursionError):
        return None
    said = turns_in(turns) if all(isinstance(turn, dict) and name_of(turn) for turn in turns) else None
    return turns if said and {"user", "assistant"} <= {turn.speaker for turn in said} else None


def _conversations(table: Table, turns: Sequence[Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """The turns of one value of the column that names a conversation, in the order of the rows."""
    talk = next((j for j, name in enumerate(table.columns) if TALK.search(plain(name))), None)
    places: dict[str, list[int]] = {}
    for place, row in enumerate(table.rows):
        places.setdefault(row[talk] if talk is not None else "", []).append(place)
    return [(table.numbers[held[0]], {"messages": [turns[place] for place in held]}) for held in places.values()]
