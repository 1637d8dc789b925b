"""The list of runs: each is made, read, listed and removed by itself, so that a damaged one hides no other.

Knows no training: which runs this process trains now is told to it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import NamedTuple

from studio import commit, lessons, removal
from studio.config import RunConfig
from studio.contract import ADAPTER, BEFORE
from studio.errors import StudioError
from studio.jobfile import JobFile
from studio.lessons import Lessons
from studio.queue import Entry, Queue
from studio.runs import JOB, DamagedRun, Run, RunFolder, status_of
from studio.stop import StopMark
from studio.workspace import Workspace


def lock_of(run: str) -> str:
    """The lock that whoever trains a run holds."""
    return f"runs/{run}/run"


class Listed(NamedTuple):
    """All runs at one moment, newest first: those that can be read, and those that can only be deleted."""

    runs: list[Run]
    damaged: list[DamagedRun]


class Roster:
    """`names` gives every dataset's name by its id; `training` holds what this process trains."""

    def __init__(
        self, workspace: Workspace, queue: Queue, names: Callable[[], Mapping[str, str]], training: Container[str]
    ) -> None:
        self._workspace = workspace
        self._queue = queue
        self._names = names
        self._training = training
        self._folders: dict[str, RunFolder] = {}
        self._kept_names: dict[str, str] = {}  # run → what its deleted dataset was called
        workspace.sweep("runs")

    def listed(self) -> Listed:
        """All runs; one whose folder was deleted by hand is gone.

        By two questions to the database however many runs there are: every open page asks this all the time.
        """
        names, found = self._names(), Listed([], [])
        for entry in self._queue.entries():
            match self._read(entry, names):
                case Run() as run:
                    found.runs.append(run)
                case DamagedRun() as run:
                    found.damaged.append(run)
        return found

    def runs(self) -> list[Run]:
        """Those that can be read, newest first."""
        return self.listed().runs

    def need_adapter(self, run: str) -> None:
        """Raises StudioError run.nothing_learned where the run has no adapter."""
        if not self.run(run).has_adapter:
            raise StudioError("run.nothing_learned", run=run)

    def newest_learned(self, dataset: str) -> str | None:
        """The newest run that learned from this dataset and has ended."""
        ended = (run for run in self.runs() if run.config.dataset == dataset and run.ended and run.has_adapter)
        return next((run.id for run in ended), None)

    def run(self, run: str) -> Run:
        """One run as it stands. Raises StudioError workspace.no_such, run.damaged."""
        entry = self._queue.entry(run)
        if entry is None:
            raise StudioError("workspace.no_such", name=run[:80])
        return self._as_it_stands(entry, self._names())

    def _as_it_stands(self, entry: Entry, names: Mapping[str, str]) -> Run:
        """A listed run. Raises StudioError workspace.no_such, run.damaged."""
        run, folder = entry.run, self._opened(entry.run)
        progress = folder.progress()
        held = run in self._training or (not entry.queued and progress.ending is None and self._held(run))
        asked = held and StopMark(self._workspace, run)()
        status = status_of(progress, queued=entry.queued, held=held, stop_asked=asked)
        dataset = folder.config.dataset
        name = names.get(dataset) or self._kept_name(run, dataset)
        return Run(run, folder.config, status, entry.created, name, progress, entry.queued_at)

    def folder(self, run: str) -> RunFolder:
        """Raises StudioError workspace.no_such, run.damaged."""
        if self._queue.entry(run) is None:
            raise StudioError("workspace.no_such", name=run[:80])
        return self._opened(run)

    def _opened(self, run: str) -> RunFolder:
        known = self._folders.get(run)
        if known and known.is_there():
            return known
        place = self._workspace.run_dir(run)
        if not place.is_dir():
            raise StudioError("workspace.no_such", name=run[:80])
        self._folders[run] = RunFolder(place)
        return self._folders[run]

    def add(self, config: RunConfig, lesson: Lessons, *, queued: bool, check: Callable[[], None]) -> str:
        """A new run, with all that it needs on the disk before it is listed, a copy of what it goes on from included.
        `check` may refuse it even then."""
        run = self._workspace.new_id("run")
        folder = self._workspace.run_dir(run)
        self._workspace.make(folder)
        try:
            with self._workspace.writing():
                lessons.keep(folder, lesson)
                if config.continues:
                    commit.copy(self._workspace.run_dir(config.continues) / ADAPTER, folder / BEFORE)
            self._workspace.write(folder / JOB, JobFile(config).text().encode())
            self._queue.add(run, queued=queued, check=check)
        except BaseException:
            removal.discard(folder)
            raise
        return run

    def lessons(self, run: str) -> Lessons | None:
        """What a run keeps of its dataset; None for a run made before runs kept anything."""
        return lessons.read(self._workspace.run_dir(run))

    def keep(self, run: str, lesson: Lessons) -> None:
        """Raises StudioError workspace.not_writable."""
        with self._workspace.writing():
            lessons.keep(self._workspace.run_dir(run), lesson)

    def remove(self, run: str) -> None:
        """Takes a run and everything of it from the disk.

        Raises StudioError workspace.no_such, and run.still_running while a process works on it.
        """
        if not self._ended(run):
            raise StudioError("run.still_running", run=run)
        removal.discard(self._workspace.run_dir(run))
        self._queue.remove(run)
        self._folders.pop(run, None)

    def _read(self, entry: Entry, names: Mapping[str, str]) -> Run | DamagedRun | None:
        try:
            return self._as_it_stands(entry, names)
        except StudioError as error:
            return DamagedRun(entry.run, entry.created, error) if error.key == "run.damaged" else None

    def _ended(self, run: str) -> bool:
        try:
            return self.run(run).ended
        except StudioError as error:
            if error.key != "run.damaged":
                raise
            return not self._held(run)

    def _held(self, run: str) -> bool:
        return self._workspace.leased(lock_of(run))

    def _kept_name(self, run: str, dataset: str) -> str:
        """What a deleted dataset was called; its id where nobody knows."""
        if run not in self._kept_names:
            kept = self.lessons(run)
            self._kept_names[run] = kept.dataset_name if kept else dataset
        return self._kept_names[run]
