"""Whether the disk has room for what is about to be written.

Knows no model.
"""

from __future__ import annotations

from pathlib import Path

from studio.workspace import need_space

SPARE_GIB = 0.1


def need(folder: Path, gib: float) -> None:
    """Raises StudioError workspace.no_room."""
    need_space(folder, gib + SPARE_GIB)
