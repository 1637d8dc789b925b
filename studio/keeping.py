"""Looking after runs that were made: what they are called, what they said, the disk that they take.

Knows no page and no training.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio.errors import StudioError
from studio.events import Event, Named, Unknown
from studio.removal import bytes_of, discard
from studio.roster import Roster
from studio.workspace import Workspace

LONGEST_NAME, LONGEST_NOTE = 60, 2000  # characters
CHECKPOINTS = "checkpoints"  # in a run's folder: to go on from, which a finished run never does


@dataclass(frozen=True)
class Used:
    """Bytes of a run on the disk; `spare` of them it needs no more."""

    run: str
    bytes: int
    spare: int


@dataclass(frozen=True)
class Keeping:
    """Of the runs of one workspace."""

    workspace: Workspace
    roster: Roster

    def name(self, run: str, name: str, note: str | None = None) -> None:
        """Calls a run by a name, "" for none; its note stays as it was unless another is given.

        Raises StudioError workspace.no_such, run.damaged, run.name_too_long, run.note_too_long.
        """
        name = " ".join(name.split())
        note = self.roster.run(run).note if note is None else note.strip()
        if len(name) > LONGEST_NAME:
            raise StudioError("run.name_too_long", most=LONGEST_NAME)
        if len(note) > LONGEST_NOTE:
            raise StudioError("run.note_too_long", most=LONGEST_NOTE)
        with self.workspace.writing():
            self.roster.folder(run).log.append(Named(name=name, note=note), durable=True)

    def facts(self, run: str) -> tuple[Event | Unknown, ...]:
        """All that a run ever reported, in its order, what a resume made void too. Raises as `name`."""
        return self.roster.folder(run).log.read()

    def used(self) -> list[Used]:
        """Of all runs, damaged ones too, the largest first."""
        runs, damaged = self.roster.listed()
        finished = {run.id for run in runs if run.status == "finished"}
        ids = [*(run.id for run in runs), *(run.id for run in damaged)]
        return sorted((self._used(run, run in finished) for run in ids), key=lambda one: -one.bytes)

    def clear(self, runs: Iterable[str]) -> int:
        """Removes what finished ones among `runs` need no more; how many bytes that were."""
        freed, spare = 0, {one.run: one.spare for one in self.used()}
        for run in runs:
            if spare.get(run):
                discard(self.workspace.run_dir(run) / CHECKPOINTS)
                freed += spare[run]
        return freed

    def _used(self, run: str, finished: bool) -> Used:
        folder = self.workspace.run_dir(run)
        spare = bytes_of(folder / CHECKPOINTS) if finished else 0
        return Used(run, bytes_of(folder), spare)
