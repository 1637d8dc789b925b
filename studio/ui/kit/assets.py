"""The scripts and the stylesheet that lie beside this file, as text.

Knows nothing of their meaning.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def read(name: str) -> str:
    """A file of the page by its place below `ui`, such as `data/table.js`."""
    return files("studio.ui").joinpath(name).read_text(encoding="utf-8")


@cache
def stylesheet() -> str:
    """Every stylesheet of the page, the common one first."""
    rooms = ("kit", "data", "model", "train", "chat")
    sheets = (
        file for room in rooms for file in sorted(files("studio.ui").joinpath(room).iterdir(), key=lambda one: one.name)
    )
    return "\n".join(file.read_text(encoding="utf-8") for file in sheets if file.name.endswith(".css"))
