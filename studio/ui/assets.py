"""The scripts and the stylesheet that lie beside this file, as text.

Knows nothing of their meaning.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def read(name: str) -> str:
    return (files("studio.ui") / name).read_text(encoding="utf-8")


@cache
def stylesheet() -> str:
    """Every stylesheet of the page, the common one first."""
    names = sorted(file.name for file in files("studio.ui").iterdir() if file.name.endswith(".css"))
    return "\n".join(read(name) for name in sorted(names, key=lambda name: name != "style.css"))
