"""In which formats what a method teaches can be taken home, and why not in the others.

Knows no weights and no run.
"""

from __future__ import annotations

from studio.errors import StudioError
from studio.formats import FORMATS
from studio.methods import METHODS
from studio.words import LANGS, say


def possible(method: str) -> tuple[str, ...]:
    """The formats in which it can be had."""
    how = METHODS[method]
    return tuple(
        name for name, one in FORMATS.items() if (how.merges or not one.merged) and (how.alone or not one.alone)
    )


def why_not(method: str, format: str) -> StudioError | None:
    """Why it cannot be had in this one, with the formats that there are; None where it can."""
    formats = possible(method)
    if format in formats:
        return None
    names = {lang: " / ".join(say(f"chat_tab.{one}", lang) for one in formats) for lang in LANGS}
    key = "engine.cannot_be_merged" if FORMATS[format].merged else "engine.not_alone"
    return StudioError(key, method=METHODS[method].title, formats=names, options=" / ".join(formats))
