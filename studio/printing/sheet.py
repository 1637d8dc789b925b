"""A report as it is to be printed: parts with a title, each made of a few kinds of pieces, all words ready.

Knows no file format and no run. User text passes through untouched: whoever writes it must write it as text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from studio.lamp import Lamp
from studio.report_card import Score


@dataclass(frozen=True)
class Text:
    """A paragraph; `soft` ones are remarks."""

    words: str
    soft: bool = False


@dataclass(frozen=True)
class Facts:
    """Names with their values; `brief` ones stand in two columns."""

    rows: tuple[tuple[str, str], ...]
    brief: bool = False


@dataclass(frozen=True)
class Scores:
    """Shares with how sure they are."""

    rows: tuple[Score, ...]


@dataclass(frozen=True)
class Grid:
    """A table. `good` is the column of what should have been said, -1 for none; the first `tight` ones do not wrap."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    good: int = -1
    tight: int = 0


@dataclass(frozen=True)
class Chart:
    """A picture of lines. `drawn` draws it, as "svg" or "png"."""

    title: str
    drawn: Callable[[Literal["svg", "png"]], bytes]


@dataclass(frozen=True)
class Case:
    """One example that was answered wrong: what was done about it, and lines to write on where nobody knows."""

    title: str
    facts: tuple[tuple[str, str], ...]
    done: tuple[str, ...]
    blanks: int = 0


Piece = Text | Facts | Scores | Grid | Chart | Case | Lamp


@dataclass(frozen=True)
class Part:
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Sheet:
    """The whole report. `name`: what its file may be called, without an ending."""

    lang: str
    name: str
    title: str
    subtitle: str
    parts: tuple[Part, ...]
    foot: str
