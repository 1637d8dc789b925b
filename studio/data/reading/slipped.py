"""Rows with more cells than the header has names: put together again, or read with a further column that has no name.

Knows no file: it compares them with the rows that are as long as the header.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from studio.data.reading.rejoin import Shape, is_number, rejoin

Row = tuple[str, ...]
FEWEST, SHARE = 3, 0.1  # rows, and of all rows, that make what stands beyond the header a column
SHOWN_BY = 2  # columns of numbers: in them it shows that a row's cells are in their places


@dataclass
class PutBack:
    """All rows in order, as long as each other, their numbers, and what is to be told."""

    rows: list[Row]
    numbers: list[int]
    repaired: list[dict[str, Any]] = field(default_factory=list)
    dropped: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)


def put_back(slipped: Sequence[tuple[int, Row]], header: Sequence[str], whole: PutBack, mark: str) -> PutBack:
    """`whole` with the slipped rows, each with its number, where it is plain how they go; the others are dropped."""
    shape = Shape.of(header, whole.rows) if whole.rows else None
    width = len(whole.rows[0]) if whole.rows else len(header)
    joined = {number: rejoin(row, shape, mark) if shape and mark else None for number, row in slipped}
    odd = [row for number, row in slipped if not joined[number]]
    further = _further(odd, shape, len(whole.rows) + len(slipped)) if shape else 0
    found = [*zip(whole.numbers, whole.rows, strict=True)]
    beyond = 0
    for number, row in slipped:
        if one := joined[number]:
            found.append((number, one[0]))
            whole.repaired.append({"row": number, "reason": "data.joined_cells", "text": one[0][one[1]][:60]})
        elif further and shape and len(row) == width + further and _in_place(row, shape):
            found.append((number, row))
            beyond += 1
        else:
            entry: dict[str, Any] = {"reason": "data.too_many_cells", "cells": len(row), "columns": len(header)}
            whole.dropped.append({"row": number, **entry})
    if beyond:
        whole.notes.append({"reason": "data.beyond_header", "n": beyond})
    found.sort(key=itemgetter(0))
    whole.rows = [(*row, *[""] * (width + further - len(row))) for _, row in found]
    whole.numbers = [number for number, _ in found]
    return whole


def _further(odd: Sequence[Row], shape: Shape, rows: int) -> int:
    """How many columns stand beyond the header: as many as most of these rows have whose numbers are in place."""
    lengths = Counter(len(row) for row in odd if _in_place(row, shape))
    if sum(shape.numbers) < SHOWN_BY or not lengths:
        return 0
    length, times = lengths.most_common(1)[0]
    return length - len(shape.values) if times >= max(FEWEST, SHARE * rows) else 0


def _in_place(row: Row, shape: Shape) -> bool:
    return all(is_number(row[j]) for j, number in enumerate(shape.numbers) if number and row[j].strip())
