"""Whether a run is asked to stop: a mark in its folder, put there in whatever process, and seen by whoever trains it.

Knows no training and no list of runs.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from studio.workspace import Workspace


@dataclass(frozen=True)
class StopMark:
    """Called, it looks whether the mark is there, which costs some microseconds. As plain data it may cross to another
    process with the job. One that is left behind by a run that has ended means nothing, and is gone when it goes on."""

    workspace: Workspace
    run: str

    def __call__(self) -> bool:
        return os.path.exists(self._path)

    def put(self) -> None:
        """It is on the disk when this returns. Raises StudioError workspace.not_writable."""
        self.workspace.write(self._path, b"")

    def remove(self) -> None:
        """Raises StudioError workspace.not_writable."""
        with self.workspace.writing():
            self._path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path:
        return self.workspace.run_dir(self.run) / "stop"
