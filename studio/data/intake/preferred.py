"""Two answers side by side, and a column that says which of them is the better one.

Knows no words of an answer: the names of the columns say which they are, and the cells of the third which was liked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from studio.data.intake.arranged import Arranged
from studio.data.reading.headers import role_of
from studio.data.schema import Table
from studio.tasks import Role

ENDS = (("a", "b"), ("1", "2"), ("甲", "乙"), ("一", "二"), ("left", "right"), ("左", "右"))
NEITHER = re.compile(r"|tie.*|draw|both.*|equal|same|neither|none|平手?|平局|一样|差不多|都.*|无")
JUDGED = re.compile(r"win|better|best|prefer|choice|chosen|vote|judg|更好|哪个|胜|选|偏好|喜欢", re.IGNORECASE)
BETTER, WORSE = "chosen", "rejected"


def preferred(table: Table) -> Arranged | None:
    """The table with the better and the worse answer in columns of their own; None where nothing tells them apart.

    Rows in which neither is better are left out and told.
    """
    if {BETTER, WORSE} & set(table.columns) or (found := _found(table)) is None:
        return None
    answers, judge, ends = found
    rows, numbers, dropped = [], [], []
    for number, row in zip(table.numbers, table.rows, strict=True):
        place = _better(row[judge], ends)
        if place is None:
            dropped.append({"row": number, "reason": "data.no_winner"})
            continue
        rows.append((*row, row[answers[place]], row[answers[1 - place]]))
        numbers.append(number)
    roles: dict[str, Role] = {**{table.columns[j]: "ignore" for j in (*answers, judge)}}
    arranged = replace(
        table,
        columns=(*table.columns, BETTER, WORSE),
        rows=tuple(rows),
        numbers=tuple(numbers),
        dropped=(*table.dropped, *dropped),
    )
    return Arranged(arranged, {**roles, BETTER: "reply", WORSE: "rejected"})


def _found(table: Table) -> tuple[tuple[int, int], int, Sequence[str]] | None:
    """The columns of the two answers and of the judgement, and how the names of the two end."""
    names = [name.casefold().strip() for name in table.columns]
    for ends in ENDS:
        for first, name in enumerate(names):
            stem = name.removesuffix(ends[0])
            second = f"{stem}{ends[1]}"
            if stem == name or not stem.strip(" _-") or second not in names or not _answers(stem):
                continue
            pair = first, names.index(second)
            judge = next((j for j in range(len(names)) if j not in pair and _judges(table, j, ends)), None)
            if judge is not None:
                return pair, judge, ends
    return None


def _answers(stem: str) -> bool:
    """Whether columns that begin so hold what somebody answered."""
    called = role_of(stem.strip(" _-"))
    return called is not None and called[0] == "reply"


def _judges(table: Table, j: int, ends: Sequence[str]) -> bool:
    """Whether every cell of a column names one of the two or neither, and its name, where the ends are numbers, says
    that it judges: 1 and 2 may be classes."""
    if ends[0].isdigit() and not JUDGED.search(table.columns[j]):
        return False
    cells = {row[j] for row in table.rows}
    told = {cell for cell in cells if _better(cell, ends) is not None}
    return bool(told) and all(NEITHER.fullmatch(cell.strip().casefold()) for cell in cells - told)


def _better(cell: str, ends: Sequence[str]) -> int | None:
    """Which of the two a cell names: A, model_a, 回答A, a更好."""
    said = cell.strip().casefold()
    if NEITHER.fullmatch(said) or len(said) > 24:
        return None
    words = re.split(r"[\s_\-:：]+", said)
    return next((place for place, end in enumerate(ends) if end in (said, words[-1]) or _names(said, end)), None)


def _names(said: str, end: str) -> bool:
    """Chinese stands without spaces: 回答A, 选A, A更好, A好."""
    return bool(re.fullmatch(rf"(?:[\u4e00-\u9fff]*{re.escape(end)}|{re.escape(end)}[\u4e00-\u9fff]*)", said))
