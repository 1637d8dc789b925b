"""Questions and answers that nothing marks: by turns line by line, or a question above its answer in blocks.

Knows no separator and no marked text; most of the text must fit, else it is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.data.reading.grid import Grid
from studio.data.reading.texts.asking import asks, bare, rules

MOST = 0.8  # of the lines or blocks, the share that must fit
FEWEST = 3  # questions
_MARK = re.compile(r"([^\W\d]{1,12})\s*\d{0,3}\s*[:：]\s*")
Line = tuple[int, str]  # its number in the file, and its text without the blanks around it


@dataclass
class Pair:
    """A question, the number of its line, and the lines of its answer."""

    number: int
    question: str
    answer: list[str] = field(default_factory=list)


def grid_of(pairs: Sequence[Pair], above: Sequence[Line], encoding: str, kind: str = "txt") -> Grid:
    """Questions and answers as a Grid; the lines that belong to none are named."""
    asked = _without_mark([bare(pair.question) for pair in pairs])
    answered = _without_mark(["\n".join(pair.answer).strip() for pair in pairs])
    grid = Grid(list(zip(asked, answered, strict=True)), kind, encoding)
    grid.columns, grid.numbers = ["question", "answer"], [pair.number for pair in pairs]
    grid.dropped = [{"row": number, "reason": "data.heading", "text": line[:80]} for number, line in above]
    return grid


def _without_mark(texts: list[str]) -> list[str]:
    """Without the word and colon that all begin with, in whatever language they say `Question 1:`."""
    marks = [_MARK.match(text) for text in texts]
    words = {mark[1].casefold() if mark else "" for text, mark in zip(texts, marks, strict=True) if text}
    if len(words) != 1 or not words - {""}:
        return texts
    return [text[mark.end() :] if mark else text for text, mark in zip(texts, marks, strict=True)]


def numbered_lines(text: str) -> list[Line]:
    """The lines, of which one that only separates is a blank one."""
    return [(number, "" if rules(line) else line.strip()) for number, line in enumerate(text.split("\n"), 1)]


def read_by_turns(text: str, encoding: str) -> Grid | None:
    """A line that asks, the line that answers, and so on; a title may stand above."""
    full = [line for line in numbered_lines(text) if line[1]]
    if len(full) < 2 * FEWEST:
        return None
    first = 0 if asks(full[0][1]) else 1
    said = full[first:]
    asked, answered = said[::2], said[1::2]
    right = sum(asks(line) for _, line in asked) + sum(not asks(line) for _, line in answered)
    if len(answered) < FEWEST or right < MOST * len(said) or sum(asks(line) for _, line in asked) < MOST * len(asked):
        return None
    answers = [*answered, (0, "")][: len(asked)]
    pairs = [Pair(number, line, [answer]) for (number, line), (_, answer) in zip(asked, answers, strict=True)]
    return grid_of(pairs, full[:first], encoding)


def read_blocks(text: str, encoding: str) -> Grid | None:
    """Blocks between blank lines: a question with its answer below it, or above the block that answers."""
    blocks = _blocks(numbered_lines(text))
    begins = [place for place, block in enumerate(blocks) if asks(block[0][1])]
    if len(begins) < FEWEST:
        return None
    if all(len(block) == 2 for block in blocks):
        return grid_of([Pair(number, line, [answer[1]]) for (number, line), answer in blocks], [], encoding)
    pairs: list[Pair] = []
    fitting = 0
    for place, end in zip(begins, [*begins[1:], len(blocks)], strict=True):
        (number, question), *below = blocks[place]
        further = blocks[place + 1 : end]
        parts = ["\n".join(line for _, line in block) for block in ([below] if below else []) + further]
        pairs.append(Pair(number, question, ["\n\n".join(parts)]))
        fitting += 1 if below else 2 if further else 0
    if fitting < MOST * len(blocks) or sum(bool(pair.answer[0]) for pair in pairs) < MOST * len(pairs):
        return None
    return grid_of(pairs, [line for block in blocks[: begins[0]] for line in block], encoding)


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    blocks: list[list[Line]] = [[]]
    for line in lines:
        if line[1]:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]
