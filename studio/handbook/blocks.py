"""What a document is made of once its format is gone: headings, paragraphs, items and rows of tables, in their order.

Knows no file format. How a line looks (a heading, an item, a question) is told here alone, for every format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "paragraph", "item", "row"]


@dataclass(frozen=True)
class Block:
    """One piece of a document. `level`: of a heading, 1 the highest; `place`: the page or the sheet, "" for none."""

    text: str
    kind: Kind = "paragraph"
    level: int = 0
    place: str = ""


@dataclass(frozen=True)
class Document:
    """All of a document in its order; of its `pages`, `blank` ones have no text, as pictures have none."""

    blocks: tuple[Block, ...]
    pages: int = 0
    blank: int = 0


SHORT = 40  # characters; a longer line is no heading
ENDS = re.compile(r"[。！？!?；;，,.：:、…”\"]\s*$")
NUMBERED = (  # how headings are numbered, and how high they stand
    (re.compile(r"第[一二三四五六七八九十百\d]+[章篇部]"), 1),
    (re.compile(r"(?:chapter|part)\s+\w+", re.IGNORECASE), 1),
    (re.compile(r"第[一二三四五六七八九十百\d]+[节条]"), 2),
    (re.compile(r"section\s+\w+", re.IGNORECASE), 2),
    (re.compile(r"[一二三四五六七八九十]{1,3}\s*、"), 2),
    (re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]"), 3),
    (re.compile(r"\d{1,2}\.\d{1,2}(?:\.\d{1,2})*\s*\D"), 3),
    (re.compile(r"【[^】]+】\s*$"), 3),
)
ITEM = re.compile(r"\s*(?:[-*•·●○▪◆]\s+|[（(]?\d{1,2}[)）.、]\s*(?!\d)|[①-⑳]\s*)")
ASKED = re.compile(r"\s*(?:Q|问|问题|提问|question)\s*\d{0,3}\s*[:：.．、]\s*", re.IGNORECASE)
TOLD = re.compile(r"\s*(?:A|答|回答|答案|answer)\s*\d{0,3}\s*[:：.．、]\s*", re.IGNORECASE)
SHOUTED = re.compile(r"[A-Z][A-Z0-9 &,'/-]{3,}")
WRAPPED = 30  # characters: shorter lines were not broken to fit a page
FULL = 0.7  # of the usual length of a line: a shorter one ends its paragraph
CHINESE = re.compile(r"[⺀-鿿豈-﫿＀-￯]")


def heading_level(line: str) -> int:
    """How high the heading is that a bare line looks like; 0 for none."""
    if len(line) > SHORT or ENDS.search(line):
        return 0
    for pattern, level in NUMBERED:
        if pattern.match(line):
            return level
    return 2 if SHOUTED.fullmatch(line) else 0


def of_line(line: str, place: str = "") -> Block:
    """A line as the block that it looks like."""
    text = line.strip()
    if level := heading_level(text):
        return Block(text, "heading", level, place)
    item = ITEM.match(text)
    return Block(text[item.end() :].strip() if item else text, "item" if item else "paragraph", 0, place)


def usual_length(lines: Sequence[str]) -> int:
    """The length of a full line: nine in ten are no longer."""
    lengths = sorted(len(line.strip()) for line in lines if line.strip())
    return lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0


def joined(lines: Sequence[str], usual: int) -> Iterator[str]:
    """The paragraphs of lines that were broken at the `usual` length to fit a page; an empty line ends one."""
    held = ""
    for line in map(str.strip, lines):
        if held and (not line or _begins(line)):
            yield held
            held = ""
        if not line:
            continue
        held = glued(held, line) if held else line
        if usual < WRAPPED or heading_level(line) or len(line) < FULL * usual or re.search(r"[。！？!?：:]$", line):
            yield held
            held = ""
    if held:
        yield held


def glued(one: str, other: str) -> str:
    """Two lines as one: with a space between, but beside a Chinese character, and a word that was hyphenated whole."""
    if re.search(r"[a-z]-$", one) and other[:1].islower():
        return one[:-1] + other
    return one + ("" if CHINESE.match(one[-1]) or CHINESE.match(other[0]) else " ") + other


def rows(head: Sequence[str], cells: Iterable[Sequence[str]], place: str = "") -> Iterator[Block]:
    """Each row of a table as one sentence that says its columns' names, so that it can stand alone."""
    for row in cells:
        said = [(name.strip(), cell.strip()) for name, cell in zip(head, row, strict=False) if cell.strip()]
        if said:
            chinese = CHINESE.search("".join(cell for _, cell in said))
            colon, between = ("：", "；") if chinese else (": ", "; ")
            told = between.join(f"{name}{colon}{cell}" if name else cell for name, cell in said)
            yield Block(told, "row", 0, place)


def _begins(line: str) -> bool:
    """Whether a line is the first of something, whatever stood before it."""
    return bool(heading_level(line) or ITEM.match(line) or ASKED.match(line) or TOLD.match(line))
