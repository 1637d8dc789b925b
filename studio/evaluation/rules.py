"""What a fact is, and what a rule that finds facts is made of.

Knows no language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple


class Fact(NamedTuple):
    """A kind, what it comes to in that kind's smallest unit, and the number as it was written."""

    kind: str
    value: Fraction | str
    said: str = ""


Found = re.Match[str]
Outcome = str | list[Fact]  # other words for what was found, or the facts that it states


class Rule(NamedTuple):
    """What to look for, and what to make of it."""

    pattern: re.Pattern[str]
    make: Callable[[Found], Outcome]


def rules(*table: tuple[str, str | Callable[[Found], Outcome]]) -> list[Rule]:
    """Rules in the order in which they look; a text in place of a function is a template for other words."""
    return [Rule(compiled(pattern), make if callable(make) else _template(make)) for pattern, make in table]


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern for which an English word ends where Chinese begins: that is what ASCII does to `\\b`."""
    return re.compile(pattern, re.ASCII)


def number(kind: str, said: str, factor: Fraction | int = 1) -> Fact:
    """A fact of a number that was written as digits."""
    return Fact(kind, Fraction(said) * factor, said.lstrip("0") or "0")


def _template(words: str) -> Callable[[Found], str]:
    return lambda found: found.expand(words)
