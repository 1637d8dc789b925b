"""A figure beside its goal, and a table of them in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    what: str
    value: str
    goal: str = ""


def show(figures: Sequence[Figure]) -> None:
    rows = [("what", "measured", "goal"), ("---", "---", "---"), *((f.what, f.value, f.goal) for f in figures)]
    for row in rows:
        print(f"| {' | '.join(row)} |")
