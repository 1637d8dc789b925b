"""Whether the disk has room for what is about to be written.

Knows no model.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from studio.engine import catalog
from studio.errors import StudioError

SPARE_GIB = 0.1


def need(folder: Path, gib: float) -> None:
    free = shutil.disk_usage(folder).free / catalog.BYTES_PER_GIB
    if free < gib + SPARE_GIB:
        need = f"{gib + SPARE_GIB:.2f}"
        raise StudioError("workspace.disk_full", need=need, free=f"{free:.2f}", home=str(folder.parent))
