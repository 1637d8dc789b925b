"""What a lost or damaged database leaves on the disk, found again: uploads become datasets, runs are listed.

Knows no file format and no screen.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from studio.data.datastore import DataStore
from studio.errors import StudioError
from studio.queue import Queue
from studio.workspace import Workspace


@dataclass(frozen=True)
class Lost:
    """What lies in the workspace and is in no list; false when nothing does."""

    uploads: tuple[str, ...]
    runs: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.uploads or self.runs)


@dataclass(frozen=True)
class Rebuilt:
    """The ids of what is in the lists again, and the uploads that could not be read, which stay where they are."""

    datasets: tuple[str, ...]
    runs: tuple[str, ...]
    unreadable: Mapping[str, StudioError]


def lost(workspace: Workspace, data: DataStore, queue: Queue) -> Lost:
    listed = {entry.run for entry in queue.entries()}
    return Lost(tuple(data.lost()), tuple(run for run in workspace.run_ids() if run not in listed))


def rebuild(workspace: Workspace, data: DataStore, queue: Queue) -> Rebuilt:
    """Reads lost uploads as new datasets and lists lost runs; labels and edits of before were in the database only."""
    found = lost(workspace, data, queue)
    for run in found.runs:
        queue.restore(run, _created(run))
    datasets, unreadable = [], {}
    for upload in found.uploads:
        try:
            datasets.append(data.recover(upload).id)
        except StudioError as error:
            unreadable[upload] = error
    return Rebuilt(tuple(datasets), found.runs, unreadable)


def _created(run: str) -> float:
    """When a run was made, which its name tells; now for a name that does not."""
    try:
        return time.mktime(time.strptime(run[4:19], "%Y%m%d-%H%M%S"))
    except ValueError:
        return time.time()
