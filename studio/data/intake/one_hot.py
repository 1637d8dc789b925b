"""A label that is written as a column for each class, with a mark in the one that holds.

Knows no row's text: the marks alone say that the columns are classes.
"""

from __future__ import annotations

import json
import os.path
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from studio.data.intake.arranged import Arranged
from studio.data.intake.looks import look
from studio.data.reading.headers import known, role_of
from studio.data.schema import Table
from studio.tasks import Role

YES = frozenset({"1", "1.0", "true", "yes", "y", "x", "是", "有", "√", "✓", "✔", "☑", "●"})
NO = frozenset({"", "0", "0.0", "false", "no", "n", "-", "否", "无", "×", "✗", "✘", "☐", "○"})
MARKS = YES | NO
ASKS = ("是否", "有无", "is_", "has_", "is ", "has ")  # begins the name of a question, which is no class
ALWAYS = 0.9  # of the rows with a mark, the share with one alone that makes the columns classes of which one holds
ENOUGH = 0.5  # of all rows, the share with a mark
MOST = 3  # columns from which on several may hold at once


def one_hot(table: Table) -> Arranged | None:
    """The table with a further column of labels, made of columns of marks; None where there is nothing like it."""
    flags = [j for j in range(len(table.columns)) if _is_class(table, j)]
    if len(flags) < 2 or _labelled(table, flags):
        return None
    flags = _block(table, flags)
    if not _classes(table, flags):
        return None
    shared = _shared([table.columns[j] for j in flags])
    names = [table.columns[j][shared:].strip() for j in flags]
    labels = [[name for name, j in zip(names, flags, strict=True) if _yes(row[j])] for row in table.rows]
    cells = [held[0] if len(held) == 1 else json.dumps(held, ensure_ascii=False) if held else "" for held in labels]
    column = _free(" / ".join(names)[:80], table.columns)
    notes: list[dict[str, Any]] = [
        {"reason": "data.one_hot", "columns": "、".join(table.columns[j] for j in flags)[:300]}
    ]
    if none := labels.count([]):
        notes.append({"reason": "data.marked_none", "n": none})
    roles: dict[str, Role] = {**{table.columns[j]: "ignore" for j in flags}, column: "label"}
    rows = tuple((*row, cell) for row, cell in zip(table.rows, cells, strict=True))
    return Arranged(replace(table, columns=(*table.columns, column), rows=rows, notes=(*table.notes, *notes)), roles)


def _is_class(table: Table, j: int) -> bool:
    if _is_named_otherwise(table.columns[j]):
        return False
    values: set[str] = set()
    for row in table.rows:
        values.add(row[j].strip().casefold())
        if not values <= MARKS:
            return False
    return bool(values & YES) and bool(values & NO)


def _block(table: Table, flags: Sequence[int]) -> list[int]:
    """The classes with those of the same block that no row of this excerpt has: columns beside them, all no."""
    found = set(flags)
    for step, start in ((1, min(flags)), (-1, max(flags))):
        j = start
        while 0 <= j < len(table.columns) and (j in found or _rare(table, j)):
            found.add(j)
            j += step
    for j in range(min(flags), max(flags)):
        if _rare(table, j):
            found.add(j)
    return sorted(found)


def _rare(table: Table, j: int) -> bool:
    """A class that none of these rows has: each says no to it."""
    values = {row[j].strip().casefold() for row in table.rows}
    return bool(values) and "" not in values and values <= NO and not _is_named_otherwise(table.columns[j])


def _is_named_otherwise(name: str) -> bool:
    found = role_of(name)
    return bool(known(name) and found and found[0] in ("label", "ignore", "group")) or name.casefold().startswith(ASKS)


def _yes(cell: str) -> bool:
    return cell.strip().casefold() in YES


def _labelled(table: Table, flags: Sequence[int]) -> bool:
    """Whether another column is called a label and holds some, or an answer."""
    for j, name in enumerate(table.columns):
        found = role_of(name)
        seen = look(table, j)
        if j not in flags and found and ((found[0] == "label" and seen.labels) or (found[0] == "reply" and seen.prose)):
            return True
    return False


def _classes(table: Table, flags: Sequence[int]) -> bool:
    """Whether the marks tell classes: one alone in nearly every row, or any number of many."""
    marks = [count for row in table.rows if (count := sum(_yes(row[j]) for j in flags))]
    alone = sum(count == 1 for count in marks) >= ALWAYS * len(marks)
    return len(flags) >= MOST or (alone and len(marks) >= ENOUGH * len(table.rows))


def _shared(names: Sequence[str]) -> int:
    """The length of what all names begin with, as get_dummies writes it: `label_好评`, `label_差评`."""
    common = os.path.commonprefix(list(names))
    return max(common.rfind(mark) for mark in "_-.:：= ") + 1


def _free(name: str, taken: Sequence[str]) -> str:
    return name if name not in taken else f"{name} (2)"
