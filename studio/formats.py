"""What a model can be taken home as: which formats there are, and what opens them.

Knows no weights: how a format is written and proved is in its room of `engine/export/`, named here and opened there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """`room` is the module that writes it; `needs` are the packages with which it opens elsewhere. `merged`: what was
    learned is part of the weights in it; `alone`: it is without them."""

    room: str
    needs: tuple[str, ...] = ("torch", "transformers")
    merged: bool = False
    alone: bool = False


# The first is what a person who asks for nothing in particular gets.
FORMATS: dict[str, Format] = {
    "merged": Format("studio.engine.export.merged", merged=True),
    "adapter": Format("studio.engine.export.adapter", needs=("torch", "transformers", "peft"), alone=True),
}
