"""The words of `language.toml`, as patterns.

Knows nothing of answers.
"""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from importlib.resources import files
from typing import Any

from studio.evaluation.rules import compiled

_TABLE: dict[str, Any] = tomllib.loads((files("studio.evaluation") / "language.toml").read_text(encoding="utf-8"))


def _any(name: str) -> re.Pattern[str]:
    return compiled("|".join(f"(?:{entry})" for entry in _TABLE[name]))


NOT_NUMBERS, NOT_NEGATIONS, NEGATIONS = map(_any, ("not_numbers", "not_negations", "negations"))
FILLERS, LINKS, WEIGHTY = map(_any, ("fillers", "links", "weighty"))
BREAKS, ITEMS, JOINTS, HEADS = map(_any, ("breaks", "items", "joints", "heads"))
UNITS = {
    name: (dimension, Fraction(factor))
    for dimension, factors in _TABLE["units"].items()
    for factor, names in factors.items()
    for name in names
}
_SAME = [(compiled(pattern), word) for word, pattern in _TABLE["same"].items()]


def unified(text: str) -> str:
    """`text` with one word for each meaning that has several."""
    for pattern, word in _SAME:
        text = pattern.sub(word, text)
    return text
