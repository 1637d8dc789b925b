"""Plain text and Markdown: headings by # or underlined, or numbered as people do; items; tables between bars.

Knows no other markup. Of an encoding in doubt the likeliest is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from studio.data.reading.decode import decode
from studio.errors import StudioError
from studio.handbook.blocks import Block, Document, joined, of_line, rows, usual_length

HASHES = re.compile(r"\s{0,3}(#{1,6})\s+(.*)")
UNDERLINE = re.compile(r"\s{0,3}(=+|-+)\s*$")
BARRED = re.compile(r"\s*\|.*\|\s*$")
RULE = re.compile(r"[\s|:+-]+$")
FENCE = re.compile(r"\s*(```|~~~)")
MARKS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`|!?\[([^\[\]]*)\]\([^)]{0,2000}\)")
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a]")
WIDE = (b"\xff\xfe", b"\xfe\xff")  # begin a text of two bytes a letter, some of them zero
FORMATTED = (
    b"{\\rtf",
    b"MIME-Version:",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
)


def is_one(_: bytes, __: Path) -> bool:
    return True


def read(path: Path) -> Document:
    content = path.read_bytes()
    binary = BINARY.search(content[:4096]) and not content.startswith(WIDE)
    if binary or content.startswith(FORMATTED):
        raise StudioError("handbook.is_other")
    blocks = tuple(block for block in _blocks(decoded(content).splitlines()) if block.text)
    if not blocks:
        raise StudioError("handbook.empty")
    return Document(blocks)


def decoded(content: bytes) -> str:
    """Raises StudioError data.* for what is no text in any encoding."""
    try:
        return decode(content, None)[0]
    except StudioError as error:
        if error.key != "data.which_encoding":
            raise
        return decode(content, error.details["candidates"][0][0])[0]


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    lines = [line for line in lines if not FENCE.match(line)]
    usual = usual_length(lines)
    for barred, group in groupby(_with_levels(lines), lambda one: one[0] == 0 and bool(BARRED.match(one[1]))):
        found = list(group)
        if barred:
            cells = [_cells(line) for _, line in found if not RULE.match(line)]
            yield from rows(cells[0], cells[1:]) if len(cells) > 1 else rows([""] * 1000, cells)
        else:
            yield from _told(found, usual)


def _told(found: Sequence[tuple[int, str]], usual: int) -> Iterator[Block]:
    for is_heading, group in groupby(found, lambda one: one[0] > 0):
        if is_heading:
            yield from (Block(_plain(text), "heading", level) for level, text in group)
        else:
            yield from (of_line(_plain(text)) for text in joined([line for _, line in group], usual))


def _with_levels(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each line with the level of the heading that Markdown makes of it, 0 for none."""
    for at, line in enumerate(lines):
        below = UNDERLINE.match(lines[at + 1]) if at + 1 < len(lines) and line.strip() else None
        if found := HASHES.match(line):
            yield len(found[1]), found[2].rstrip().rstrip("#").rstrip()
        elif below and len(below[1]) > 2 and not BARRED.match(line):
            yield 1 if below[1][0] == "=" else 2, line.strip()
        elif not (UNDERLINE.match(line) and line.strip()):
            yield 0, line


def _cells(line: str) -> list[str]:
    return [_plain(cell) for cell in line.strip().strip("|").split("|")]


def _plain(text: str) -> str:
    """Without Markdown's marks of emphasis; of a link its words."""
    return MARKS.sub(lambda found: found[1] or "", text).strip()
