"""A document as passages that can each be read alone: never across a heading, never within a sentence if it can be.

Knows no format and no question. A passage is short, because small models read little at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from studio.handbook.blocks import ASKED, CHINESE, TOLD, Block

WIDE, LETTER = 10, 4  # how much a Chinese character has to read, and any other: four say as much as one and a half
SIZE = 220 * WIDE  # of a passage
LETTERS = 1 + 3 * SIZE // (2 * LETTER)  # so many are more than a passage and a half, whatever they are
SENTENCE = re.compile(r"(?<=[。！？；!?;])\s*|(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Passage:
    """A piece of a handbook. `under`: the headings above it, the highest first; `place`: its page or sheet."""

    number: int  # from 1, in the order of the handbook
    text: str
    under: tuple[str, ...] = ()
    place: str = ""

    @property
    def told(self) -> str:
        """As a model reads it: below the nearest heading, without which 七天内 says nothing."""
        return f"{self.under[-1]}\n{self.text}" if self.under else self.text


@dataclass
class _Cutter:
    """What was read so far: the headings that stand, and the passage that grows."""

    under: list[tuple[int, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    place: str = ""
    done: list[Passage] = field(default_factory=list)

    def end(self) -> None:
        if self.texts:
            names = tuple(text for _, text in self.under)
            self.done.append(Passage(len(self.done) + 1, "\n".join(self.texts), names, self.place))
        self.texts = []

    def head(self, block: Block) -> None:
        self.end()
        self.under = [one for one in self.under if one[0] < block.level] + [(block.level, block.text)]

    def take(self, text: str, place: str) -> None:
        self.place = self.place if self.texts else place
        self.texts.append(text)


def cut(blocks: Iterable[Block]) -> list[Passage]:
    """The passages of a document, in their order. A heading that nothing stands below is one itself."""
    cutter, bare = _Cutter(), None
    for block in blocks:
        if block.kind == "heading":
            if bare and bare.level >= block.level:
                _alone(cutter, bare)
            cutter.head(block)
            bare = block
            continue
        bare = None
        _add(cutter, block)
    if bare:
        _alone(cutter, bare)
    cutter.end()
    return cutter.done


def _add(cutter: _Cutter, block: Block) -> None:
    answers = bool(TOLD.match(block.text)) and bool(cutter.texts)
    full = size("\n".join(cutter.texts)) + size(block.text) > SIZE
    elsewhere = bool(cutter.texts) and block.place != cutter.place  # so that a passage names its page rightly
    if elsewhere or block.kind == "row" or ASKED.match(block.text) or (full and not answers):
        cutter.end()
    for part in sentences(block.text) if size(block.text) > 1.5 * SIZE else [block.text]:
        if cutter.texts and size("\n".join(cutter.texts)) + size(part) > 1.5 * SIZE:
            cutter.end()
        cutter.take(part, block.place)
    if block.kind == "row" or (answers and not full):
        cutter.end()


def _alone(cutter: _Cutter, heading: Block) -> None:
    names = tuple(text for _, text in cutter.under[:-1])
    cutter.done.append(Passage(len(cutter.done) + 1, heading.text, names, heading.place))


def sentences(text: str) -> Iterator[str]:
    """`text` in parts of about SIZE that end where sentences end; a sentence that is longer is cut at that length."""
    held, filled = "", 0  # and how much of a part it is: nothing is measured twice, for a text may be millions long
    for sentence in filter(None, SENTENCE.split(text)):
        more = size(sentence)
        if held and filled + more > SIZE:
            yield held
            held, filled = "", 0
        joint = "" if not held or CHINESE.search(sentence[:1]) else " "
        held, filled = f"{held}{joint}{sentence}", filled + more + LETTER * len(joint)
        if filled > 1.5 * SIZE:
            *whole, held = _chopped(held)
            filled = size(held)
            yield from whole
    if held.strip():
        yield held


def _chopped(text: str) -> Iterator[str]:
    """Parts of SIZE, the last of up to half as much again."""
    at = 0
    while size(text[at : at + LETTERS]) > 1.5 * SIZE:
        after = _reach(text, at)
        yield text[at:after]
        at = after
    yield text[at:]


def _reach(text: str, begin: int) -> int:
    """Up to which character it comes to SIZE from `begin` on."""
    total = 0
    for at in range(begin, len(text)):
        total += WIDE if CHINESE.match(text[at]) else LETTER
        if total >= SIZE:
            return at + 1
    return len(text)


def size(text: str) -> int:
    """How much there is to read, in tenths of a Chinese character."""
    wide = len(CHINESE.findall(text))
    return WIDE * wide + LETTER * (len(text) - wide)
