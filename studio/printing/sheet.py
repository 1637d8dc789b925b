"""A report as it is to be printed: parts with a title, each made of a few kinds of pieces, all words ready.

Knows no file format and no run. User text passes through untouched: whoever writes it must write it as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from studio.lamp import Lamp
from studio.report_card import Score

EMBER, TEA = "#b04f26", "#3b7a6a"


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
class Line:
    """One line of a chart."""

    name: str
    colour: str
    points: tuple[tuple[float, float], ...]
    marked: bool = False


@dataclass(frozen=True)
class Chart:
    """Lines over steps; `share`: what goes up is 0 … 1."""

    title: str
    across: str
    lines: tuple[Line, ...]
    share: bool = False


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


def ticks(low: float, high: float, most: int = 5) -> Sequence[float]:
    """Round numbers from `low` to `high`, in steps of 1, 2 or 5 times a power of ten."""
    if high <= low:
        return [low]
    rough = (high - low) / most
    power = 10 ** floor(log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough)
    return [round(step * number, 10) for number in range(ceil(low / step), floor(high / step + 1e-9) + 1)]
