"""What was said, turn by turn, as a Grid with a row for each turn, which is then read as a table of turns is.

Knows no form of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.data.reading.grid import Grid
from studio.data.reading.shapes.speakers import Speaker

COLUMNS = ("conversation_id", "role", "content")


@dataclass
class Said:
    """A turn: the number of its line, the conversation that it belongs to, who speaks, and what."""

    number: int
    talk: str
    speaker: Speaker
    words: str


def talked(said: Sequence[Said], encoding: str) -> Grid:
    cells = [(one.talk, one.speaker, one.words) for one in said]
    return Grid(cells, "txt", encoding, columns=list(COLUMNS), numbers=[one.number for one in said])
