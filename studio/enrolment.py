"""How a run comes to be listed: what it has to keep of its dataset, that there is room for it, that it is no twin.

Knows no device, and no engine but to have a model fetched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.config import RunConfig
from studio.continuing import Before
from studio.contract import Job, no_progress
from studio.data.datastore import DataStore
from studio.data.schema import Splits
from studio.errors import StudioError
from studio.hubs import is_id
from studio.lessons import Lessons
from studio.lives import RUN_DISK_GIB
from studio.planner import Planner, check_filled, check_teachable
from studio.roster import Roster
from studio.runs import Run
from studio.tasks import Role
from studio.workspace import Workspace


@dataclass(frozen=True)
class Enrolment:
    """Of the runs of one workspace."""

    workspace: Workspace
    data: DataStore
    planner: Planner
    roster: Roster

    def add(self, config: RunConfig, *, queued: bool) -> str:
        """The id of a new run. Raises StudioError when the dataset can teach nothing or has blanks in it, the disk is
        full, or the same run is already under way."""
        lessons = self._of(config)
        check_teachable(lessons.splits)
        check_filled(lessons.splits, self.data.get(config.dataset))
        self.workspace.need_space(RUN_DISK_GIB)
        return self.roster.add(config, lessons, queued=queued, check=lambda: self._refuse_twin(config))

    def earlier(self, run: str) -> Before:
        """What a run was, for one that goes on from it. Raises StudioError run.parent_gone, run.nothing_learned."""
        try:
            self.roster.need_adapter(run)
        except StudioError as error:
            raise StudioError("run.parent_gone", run=run) if error.key == "workspace.no_such" else error from error
        return Before(run, self.roster.folder(run).config, self.splits(run))

    def let_go(self, dataset: str, runs: Sequence[Run]) -> None:
        """Gives the runs of a dataset that is to go their rows, those that were made before runs kept them.

        Raises StudioError versions.in_use while one of them has not ended.
        """
        if any(not run.ended for run in runs):
            raise StudioError("versions.in_use", name=self.data.get(dataset).name)
        for run in runs:
            if self.roster.lessons(run.id) is None:
                self.roster.keep(run.id, self._of(run.config))

    def splits(self, run: str) -> Splits:
        """The rows that a run learns from and is tested on, whatever became of its dataset.

        Raises StudioError data.no_such_dataset for a run of a deleted dataset that kept none.
        """
        kept = self.roster.lessons(run)
        return kept.splits if kept else self.planner.splits(self.roster.folder(run).config)

    def job(self, run: str) -> Job:
        """All that an engine is told of a run that learned. Raises StudioError gallery.not_here where the model that it
        learned on was deleted: it is downloaded again when a person asks for that."""
        model = self.roster.folder(run).config.model
        stored = self.planner.engine.stored(self.workspace.models) if is_id(model) else []
        if is_id(model) and not any(one.model == model and one.whole for one in stored):
            raise StudioError("gallery.not_here", model=model)
        return self.to_learn(run)

    def to_learn(self, run: str) -> Job:
        """The same of a run that is to learn, its model downloaded first where it is not here."""
        config = self.roster.folder(run).config
        model_dir = self.planner.engine.fetch(config.model, self.workspace.models, no_progress)
        tokens = self.workspace.tokens_dir(config.dataset)
        return Job(config, self.workspace.run_dir(run), self.splits(run), model_dir, tokens)

    def roles(self, run: str) -> Mapping[str, Role]:
        """Column → role of the table that a run learned from, as far as it is known."""
        kept = self.roster.lessons(run)
        return kept.roles if kept else self._of(self.roster.folder(run).config).roles

    def may_resume(self, run: Run) -> None:
        """Raises StudioError where a run cannot go on: it has nothing left to learn, its job is of a newer version, or
        its rows are gone."""
        if not run.can_resume:
            raise StudioError("run.cannot_resume", run=run.id)
        self.roster.folder(run.id).job.to_train()
        self.splits(run.id)

    def _of(self, config: RunConfig) -> Lessons:
        dataset = self.data.get(config.dataset)
        chain = self._chain(config.continues) if config.continues else ()
        return Lessons(self.planner.splits(config), dataset.name, dataset.report.roles, chain)

    def chain(self, run: str) -> tuple[Mapping[str, Any], ...]:
        """The runs that this one goes on from, oldest first, as values that outlive them: run, version, created."""
        kept = self.roster.lessons(run)
        return kept.chain if kept else ()

    def _chain(self, run: str) -> tuple[Mapping[str, Any], ...]:
        """The same up to this run."""
        known = self.roster.run(run)
        own = {"run": run, "version": known.config.dataset_version, "created": known.created}
        return (*self.chain(run), own)

    def _refuse_twin(self, config: RunConfig) -> None:
        for run in self.roster.runs():
            if not run.ended and run.config == config:
                raise StudioError("run.already_running", run=run.id)
