"""One record as another tool wrote it, as rows of ours: conversations, preferences, Label Studio, Argilla, Kiln.

Knows no file and no role: a record comes in as parsed JSON, rows of named cells come out.
"""

from __future__ import annotations

from collections.abc import Callable

from studio.data.reading.shapes import conversations, labelling, preferences
from studio.data.reading.shapes.conversations import TURNS
from studio.data.reading.shapes.seeds import seeds
from studio.data.reading.shapes.shape import Cells, Record, Shaped, cell, cells
from studio.data.reading.shapes.ways import ways

__all__ = ["TURNS", "Cells", "Shaped", "cell", "cells", "shaped"]

# What each takes for its own, the most particular first. One that does not know a record gives None.
SHAPES: tuple[Callable[[Record], Shaped | None], ...] = (
    labelling.label_studio,
    labelling.argilla,
    preferences.arena,
    preferences.chosen,
    preferences.prompt_and_completion,
    seeds,
    ways,
    conversations.mapped,
    conversations.tree,
    conversations.numbered,
    conversations.listed,
    labelling.argilla_flat,
    labelling.argilla_old,
    labelling.kiln,
    preferences.ranked,
    conversations.in_tags,
)


def shaped(record: Record) -> Shaped | None:
    """The record's rows when it has the shape of a tool that we know, else None."""
    return next((found for shape in SHAPES if (found := shape(record)) is not None), None)
