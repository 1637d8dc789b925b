"""A column of numbers beside one that says the same in words: 51 and Refund_not_showing_up, row for row.

Knows no role: whether the numbers are labels is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.data.intake.looks import Look
from studio.data.schema import Table

LONGEST = 60  # characters on average; longer words are no name


def spelled_out(table: Table, numbers: str, names: Sequence[str], looks: Mapping[str, Look]) -> str | None:
    """Of the columns `names` the one with a word for each of the numbers and a number for each word; None: there is
    none, or the numbers come but once, as those of rows do."""
    code = looks[numbers]
    if not code.numeric or not 1 < code.distinct < code.filled:
        return None
    alike = [name for name in names if _may_name(looks[name], code)]
    return next((name for name in alike if _one_to_one(table, numbers, name)), None)


def _may_name(word: Look, code: Look) -> bool:
    return not word.numeric and (word.filled, word.distinct) == (code.filled, code.distinct) and word.length <= LONGEST


def _one_to_one(table: Table, numbers: str, name: str) -> bool:
    j, k = table.columns.index(numbers), table.columns.index(name)
    pairs = {(row[j].strip(), row[k].strip()) for row in table.rows if row[j].strip() or row[k].strip()}
    return len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})
