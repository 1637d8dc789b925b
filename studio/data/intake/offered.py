"""One question's choices: out of the cells in which they stand, as lines `A. …`, and which of them an answer names.

Knows no table and no column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.data.intake.marks import listed
from studio.data.reading.headers import plain

LETTERS = "ABCDEFGH"
TEXTS, RIGHT = ("text", "content", "option", "value", "内容"), ("iscorrect", "correct", "istrue", "right", "isanswer")
NAMED = re.compile(r"(?:答案[:：]?|选项?)?(?P<held>[A-H](?:[\s,，、;；/|]*[A-H])*)[.。]?")
_MARK = r"[.、．:：)）]"
_BEGINS = re.compile(rf"\s*(?P<letter>[A-Ha-h])\s*{_MARK}\s*(?P<text>.*)", re.DOTALL)
_WITHIN = re.compile(rf"(?:^|(?<=[\s;；|]))\s*([A-H])\s*{_MARK}\s*")


@dataclass(frozen=True)
class Offered:
    """A row's choices as they are to be read, those marked as right among them."""

    texts: tuple[str, ...]
    right: tuple[int, ...] = ()

    def line(self, place: int) -> str:
        return f"{LETTERS[place]}. {self.texts[place]}"

    def lines(self, places: Sequence[int]) -> str:
        return "\n".join(self.line(place) for place in places)

    def named(self, cell: str, first: int | None) -> tuple[int, ...]:
        """The choices that an answer names: by letters, by their own words or by number; none for any other."""
        said = unicodedata.normalize("NFKC", cell).strip()
        found = NAMED.fullmatch(said.upper())
        if first is not None and said.isdecimal():
            held = {int(said) - first}
        elif found:
            held = {LETTERS.index(letter) for letter in found["held"] if letter in LETTERS}
        else:
            held = {n for n, text in enumerate(self.texts) if text and cell in (text, self.line(n))}
        there = all(0 <= n < len(self.texts) and self.texts[n] for n in held)
        return tuple(sorted(held)) if there else ()


def separate(cells: Sequence[str]) -> Offered:
    """Each in a cell of its own."""
    return Offered(tuple(_bare(cell, letter) for cell, letter in zip(cells, LETTERS, strict=False)))


def _bare(text: str, letter: str) -> str:
    """A choice without the letter that it begins with, where that is its own."""
    found = _BEGINS.fullmatch(text)
    return (found["text"] if found and found["letter"].upper() == letter else text).strip()


def parted(cell: str) -> Offered:
    """The choices of a cell: a list, an object of them by letter, or lines that begin with letters."""
    match listed(cell):
        case {"text": [*texts], **_rest}:
            return _of(texts)
        case dict() as by_letter:
            letters = [str(key).strip().upper() for key in by_letter]
            return _of([*by_letter.values()]) if letters == [*LETTERS[: len(letters)]] else Offered(())
        case [*held]:
            return _of(held)
    _, *found = _WITHIN.split(cell)  # letter, text, letter, text …
    in_order = found[::2] == [*LETTERS[: len(found) // 2]]
    return _of([text.strip(" \n;；|") for text in found[1::2]]) if in_order else Offered(())


def _of(held: Sequence[Any]) -> Offered:
    """Texts, or texts that are each marked as right or wrong."""
    marked = [_marked(one) for one in held[: len(LETTERS)]]
    if not all(marked):
        return Offered(())
    texts = tuple(_bare(one[0], letter) for one, letter in zip(marked, LETTERS, strict=False) if one)
    return Offered(texts, tuple(n for n, one in enumerate(marked) if one and one[1]))


def _marked(one: Any) -> tuple[str, bool] | None:
    match one:
        case str() | int() | float():
            return str(one), False
        case [str(text), bool(right)]:
            return text, right
        case dict():
            called: Mapping[str, Any] = {plain(str(key)): value for key, value in one.items()}
            texts = [called[name] for name in TEXTS if isinstance(called.get(name), str)]
            return (texts[0], any(called.get(name) is True for name in RIGHT)) if texts else None
    return None
