"""How a folder goes from the disk, whole, and how much it takes until then.

Knows no meaning of what lies in it. A link goes alone: nothing that it leads to is counted, followed or removed.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

DELETED = ".deleted-"  # begins the name of a folder that was discarded


def discard(folder: Path) -> None:
    """Removes a folder. One that a crash leaves half removed is nobody's any more, and swept later."""
    doomed = folder.with_name(f"{DELETED}{folder.name}")
    with suppress(OSError):  # it is not there, or Windows holds a file of it open
        os.rename(folder, doomed)
    for rest in (doomed, folder):
        _remove(rest)


def sweep(place: Path) -> None:
    """Removes what a crash left of discarded folders."""
    for rest in place.glob(f"{DELETED}*"):
        _remove(rest)


def bytes_of(folder: Path) -> int:
    """Of all files in a folder; 0 where there is none. Of a file that goes meanwhile nothing is counted."""
    total = 0
    for place, _, names in os.walk(folder) if not folder.is_symlink() else ():
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total


def _remove(folder: Path) -> None:
    """As far as it can be."""
    if folder.is_symlink():
        with suppress(OSError):
            folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)
