"""Rows that are in good order, and the check-up of rows that are spoiled.

Knows no kind of finding.
"""

from __future__ import annotations

from typing import Any

from studio.data.checkup import Checkup, checkup
from studio.data.schema import Row


def rows(*pairs: tuple[str, str]) -> list[Row]:
    return [Row(number, text, target, None, 0, False) for number, (text, target) in enumerate(pairs, 1)]


CLEAN = [(f"第{n}杯奶茶很好喝", "好评") for n in range(60)] + [(f"第{n}杯奶茶太难喝", "差评") for n in range(60)]
WAYS = ("{}号桌可以坐几个人", "{}号桌坐得下几位", "最多几个人能坐{}号桌", "{}号桌够多少人坐")
CLEAN_CHAT = [(way.format(n), f"{n}号桌可以坐{n % 7 + 2}个人") for n in range(30) for way in WAYS]


def looked(*pairs: tuple[str, str], task: Any = "classify") -> Checkup:
    return checkup(rows(*pairs), task)


def found(*pairs: tuple[str, str], task: str = "classify") -> dict[str, tuple[int, ...]]:
    return {finding.kind: finding.rows for finding in looked(*pairs, task=task).findings}
