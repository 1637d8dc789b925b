"""fastText's lines: the labels of a text are those of its words that begin with `__label__`, usually the first ones.

Knows no header and no other text.
"""

from __future__ import annotations

import json
import re

from studio.data.reading.grid import Grid

LABEL = re.compile(r"(?<!\S)__label__([^\s,，]+)[,，]?\s*")
MOST = 0.8  # of the lines, the share with a label that makes a text fastText's


def read_fasttext(text: str, encoding: str) -> Grid | None:
    """The texts and their labels, several as a list; None for any other text."""
    if not LABEL.search(text.lstrip().partition("\n")[0]):
        return None
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if sum(1 for _, line in lines if LABEL.search(line)) < MOST * len(lines):
        return None
    cells = [[LABEL.sub("", line).strip(), _cell(LABEL.findall(line))] for _, line in lines]
    return Grid(cells, "txt", encoding, columns=["text", "label"], numbers=[number for number, _ in lines])


def _cell(labels: list[str]) -> str:
    return "".join(labels) if len(labels) < 2 else json.dumps(labels, ensure_ascii=False)
