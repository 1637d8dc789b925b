"""The words of `language.toml`, as patterns.

Knows nothing of answers.
"""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from importlib.resources import files
from typing import Any

_TABLE: dict[str, Any] = tomllib.loads((files("studio.evaluation") / "language.toml").read_text(encoding="utf-8"))


def _any(name: str) -> re.Pattern[str]:
    return re.compile(
        "|".join(f"(?:{entry})" for entry in _TABLE[name]), re.ASCII
    )  # ASCII: a word ends where Chinese begins


NOT_NUMBERS, NOT_NEGATIONS, NEGATIONS = _any("not_numbers"), _any("not_negations"), _any("negations")
FILLERS, LINKS, BREAKS, ITEMS, JOINTS, HEADS = (
    _any("fillers"),
    _any("links"),
    _any("breaks"),
    _any("items"),
    _any("joints"),
    _any("heads"),
)
WEIGHTY = _any("weighty")
UNITS = {
    name: (dimension, Fraction(factor))
    for dimension, factors in _TABLE["units"].items()
    for factor, names in factors.items()
    for name in names
}
_SAME = [(re.compile(pattern, re.ASCII), word) for word, pattern in _TABLE["same"].items()]


def unified(text: str) -> str:
    """`text` with one word for each meaning that has several."""
    for pattern, word in _SAME:
        text = pattern.sub(word, text)
    return text
