"""Separators of several characters, which people choose because no text holds them: `_!_`, `|||`, ` ### `.

Knows no header and no other way to separate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

LONG_MARKS = (
    "+++$+++", "<sep>", "<SEP>", "[SEP]", "[sep]", "_!_", "_|_", "^_^", "^|^", "|^|", "~|~", "@|@", "|||",
    "###", "@@@", "$$$", "&&&", "%%%", "~~~", "^^^", ";;;", "||",
    "##", "@@", "$$", "&&", "^^", "~~", "::", ";;", "\t\t", "\x01",
)  # fmt: skip
MOST = 0.8  # of the lines, the share that must have as many cells
LOOKED_AT = 500  # lines


def long_mark(text: str) -> str | None:
    """The separator that cuts the first line, and nearly every other one, into as many cells; None: there is none."""
    lines = [line for line in text[: LOOKED_AT * 1000].splitlines() if line.strip()][:LOOKED_AT]
    return next((mark for mark in LONG_MARKS if len(lines) > 1 and _cuts(mark, lines)), None)


def _cuts(mark: str, lines: Sequence[str]) -> bool:
    (times, lines_of_it), *_ = Counter(line.count(mark) for line in lines).most_common(1)
    if not times or lines[0].count(mark) != times or lines_of_it < MOST * len(lines):
        return False
    if any(not any(line.split(mark)[place].strip() for line in lines if line.count(mark) == times) for place in (0, 1)):
        return False  # a sign that only stands around the lines
    if len(mark) == 1 or len(set(mark)) > 1:
        return True
    alone = sum(mark[0] in line.replace(mark, "") for line in lines)  # its character is what separates: a cell is empty
    return alone <= (0 if len(mark) == 2 else (1 - MOST) * len(lines))


def cells_between(mark: str, text: str) -> list[list[str]]:
    """The cells line by line, without the blanks around the separator."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    return [[cell.strip() for cell in line.split(mark)] for line in lines]
