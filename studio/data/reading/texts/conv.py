"""Conversations line by line behind a letter: `E` between them and `M` before what is said, or Q and A, 问 and 答.

Knows no mark with a colon (`marked` does) and no table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.data.reading.grid import Grid
from studio.data.reading.texts.asking import rules
from studio.data.reading.texts.talked import Said, talked

MOST = 0.9  # of the lines, the share that must fit
FEWEST = 4  # turns
BETWEEN = re.compile(r"[Ee]\s*$")
TURN = re.compile(r"[Mm](?:[ \t\u3000]+(?P<said>\S.*))?$")
ASKS, ANSWERS = ("q", "问", "問", "u"), ("a", "答", "b")
LETTERED = re.compile(r"(?P<who>[QAUBqaub问問答])[ \t\u3000]+(?P<said>\S.*)$")
BEGINS = re.compile(rf"\s*(?:{BETWEEN.pattern}|{LETTERED.pattern})")
LOOKED_AT = 100  # lines, of which one must begin so


def read_conv(text: str, encoding: str) -> Grid | None:
    """The conversations of a text in either way; None for any other text."""
    split = text.split("\n")
    if not any(map(BEGINS.match, split[:LOOKED_AT])):
        return None
    lines = [(number, line.strip()) for number, line in enumerate(split, 1)]
    full = [line for line in lines if line[1] and not rules(line[1])]
    if not full:
        return None
    said = _between(full) if BETWEEN.match(full[0][1]) else _lettered(full)
    return talked(said, encoding) if said else None


def _between(full: Sequence[tuple[int, str]]) -> list[Said] | None:
    """Turns by turns, the first asks, until the next E; a line without a letter goes on with what was said."""
    said: list[Said] = []
    talk = turn = fitting = 0
    for number, line in full:
        if BETWEEN.match(line):
            talk, turn, fitting = talk + 1, 0, fitting + 1
        elif found := TURN.match(line):
            said.append(Said(number, str(talk), "assistant" if turn % 2 else "user", found["said"] or ""))
            turn, fitting = turn + 1, fitting + 1
        elif said and turn:
            said[-1].words += f"\n{line}"
    return said if len(said) >= FEWEST and fitting >= MOST * len(full) else None


def _lettered(full: Sequence[tuple[int, str]]) -> list[Said] | None:
    """Who asks begins a conversation of its own with every question."""
    said: list[Said] = []
    fitting = talk = 0
    for number, line in full:
        found = LETTERED.match(line)
        if found:
            asking = found["who"].casefold() in ASKS
            talk, fitting = talk + asking, fitting + 1
            said.append(Said(number, str(talk), "user" if asking else "assistant", found["said"]))
        elif said:
            said[-1].words += f"\n{line}"
    speakers = {one.speaker for one in said}
    return said if len(said) >= FEWEST and len(speakers) == 2 and fitting >= MOST * len(full) else None
