"""Further ways to ask, as the exports of customer service systems hold them: several in one cell, or one below another.

Knows no role and no label: cells in, texts out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.data.intake.marks import listed

# What tells the phrasings of a cell apart, the surest first. The last ones stand inside sentences too: they count only
# where most cells have them.
APART = (r"\n+", r"\|+|｜+", r"#{2,}|@{2,}|&{2,}", r"[；;]+", r"\t+", r"(?<=[？?])(?=\s*[^\s？?！!」”])")
MOSTLY = (r"、+", r"[，,]+", r"/+")
MOST = 0.5
COUNTED = re.compile(r"^\s*(?:[(（]?\d{1,3}\s*[.、)）:：]|[①-⑳]|[-•*·])\s*")


def split_phrasings(cells: Sequence[str]) -> list[tuple[str, ...]]:
    """The phrasings in each cell of one column."""
    filled = [cell for cell in cells if cell.strip()]
    between = next((mark for mark in APART if any(_parts(mark, cell)[1:] for cell in filled)), None)
    if between is None:
        often = (mark for mark in MOSTLY if sum(len(_parts(mark, cell)) > 1 for cell in filled) > MOST * len(filled))
        between = next(often, r"\n+")
    return [_phrasings(between, cell) for cell in cells]


def _phrasings(between: str, cell: str) -> tuple[str, ...]:
    held = listed(cell.strip())
    if isinstance(held, list) and all(isinstance(one, str) for one in held):
        return tuple(one.strip() for one in held if one.strip())
    if held is not None:
        return ()  # a program's lists and objects are no way to ask
    parts = _parts(between, cell)
    return tuple(COUNTED.sub("", part) or part for part in parts)


def _parts(between: str, cell: str) -> list[str]:
    return [part for piece in re.split(between, cell) if (part := piece.strip())]
