"""小灶 Xiaozao: from a spreadsheet to a model of your own. `from studio import Studio` is all that Python needs."""

from __future__ import annotations

from typing import Any

__all__ = ["Studio"]


def __getattr__(name: str) -> Any:
    """`Studio` on first use, so that importing one small module of the package stays quick."""
    if name == "Studio":
        from studio.assembled import Studio

        return Studio
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
