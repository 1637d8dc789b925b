"""Text that was decoded wrongly and then saved, so that its bytes are right and its words are not: 濂藉枬 for 好喝.

Knows no table; undoes it only when told to, because what looks wrong may be meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from studio.data.reading.decode import SURE, everyday


class Mistake(NamedTuple):
    """`really` is how the bytes were encoded, `taken_for` the encoding that they were wrongly read in."""

    really: str
    taken_for: str


MISTAKES: Mapping[str, Mistake] = {  # by the names under which a person can choose to undo them
    "utf-8-as-gbk": Mistake("utf-8", "gb18030"),
    "utf-8-as-cp1252": Mistake("utf-8", "cp1252"),
    "gbk-as-cp1252": Mistake("gb18030", "cp1252"),
    "utf-8-as-big5": Mistake("utf-8", "big5hkscs"),
}
MOST = 0.8  # of the lines beyond ASCII, the share that can be undone
EVERYDAY = 0.2
LOST = 0.05  # of the characters beyond ASCII, the share that stand for nothing
SAMPLE = 500  # lines
SHOWN = 40  # characters


def suspected(text: str) -> str | None:
    """The name of the mistake that makes the text everyday when it is undone, or None."""
    lines = [line for line in text.split("\n") if not line.isascii()][:SAMPLE]
    before = everyday("\n".join(lines))
    best: tuple[float, str | None] = (max(EVERYDAY, SURE * before), None)
    for name, mistake in MISTAKES.items():
        after = [undone for line in lines if (undone := _undone(line, mistake)) is not None]
        if after and len(after) >= MOST * len(lines) and (score := everyday("\n".join(after))) > best[0]:
            best = (score, name)
    return best[1]


def spoilt(text: str) -> bool:
    """Whether so many characters stand for nothing that the words are lost for good."""
    foreign = [char for char in text if char > "\x7f"]
    return sum("\ue000" <= char <= "\uf8ff" or char == "\ufffd" for char in foreign) > max(LOST * len(foreign), 3)


def undo(text: str, name: str) -> str:
    """The text with the mistake undone line by line; a line that was never wrong stays."""
    mistake = MISTAKES[name]
    undone = (line if line.isascii() else _undone(line, mistake) for line in text.split("\n"))
    return "\n".join(new if new is not None else old for new, old in zip(undone, text.split("\n"), strict=True))


def preview(text: str, name: str) -> str:
    """The first words that undoing the mistake changes, as they then are."""
    lines = zip(text.split("\n"), undo(text, name).split("\n"), strict=True)
    return next((after.strip()[:SHOWN] for before, after in lines if before != after), "")


def _undone(line: str, mistake: Mistake) -> str | None:
    """The line, with U+FFFD where the mistake lost a character for good; None where it is no such line."""
    try:
        data = _encoded(line, mistake.taken_for)
    except UnicodeEncodeError:
        return None
    text = data.decode(mistake.really, "replace")
    foreign = sum(char > "\x7f" for char in text)
    return text if foreign and text.count("\ufffd") <= foreign / 2 else None


def _encoded(line: str, encoding: str) -> bytes:
    """The line at once, which is fast; by its characters where one of them needs a closer look."""
    if "€" not in line and "\ufffd" not in line:
        with suppress(UnicodeEncodeError):
            return line.encode(encoding)
    return b"".join(_bytes(char, encoding) for char in line)


def _bytes(char: str, encoding: str) -> bytes:
    """A character as its byte or bytes; Windows reads a byte that means nothing as the control of its number."""
    if char in "€\ufffd" and encoding == "gb18030":
        return b"\x80" if char == "€" else b"\xff"  # a byte that is lost is no part of a character
    try:
        return char.encode(encoding)
    except UnicodeEncodeError:
        return char.encode("latin-1")
