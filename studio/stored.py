"""The models that were downloaded to this machine, whole or in part: the disk that each takes, and how one is removed.

Knows no hub and no page. What its owner put into the folder of models under another name is the owner's, and stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio import removal
from studio.contract import Engine, OnDisk
from studio.downloads import Downloads
from studio.errors import StudioError
from studio.roster import Roster
from studio.runs import Run
from studio.sessions import Sessions
from studio.words import LANGS, say


@dataclass(frozen=True)
class Lying:
    """A model on the disk, and the runs that answer with it beside what they learned, or are to."""

    model: OnDisk
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Stored:
    """Of one workspace."""

    engine: Engine
    models: Path
    roster: Roster
    sessions: Sessions
    downloads: Downloads

    def __post_init__(self) -> None:
        removal.sweep(self.models)

    def all(self) -> list[Lying]:
        """The largest first."""
        runs, known = self.roster.runs(), sorted(self.engine.stored(self.models), key=lambda one: -one.bytes)
        return [Lying(one, tuple(run for run in runs if run.config.model == one.model)) for one in known]

    def delete(self, model: str) -> Lying:
        """Removes a model, or what was fetched of one; what was there. It can be downloaded again at any time.

        Raises StudioError stored.unknown, stored.downloading, stored.needed while a run learns with it or waits to,
        stored.answering, and as the engine's `remove`.
        """
        lying = {one.model.model: one for one in self.all()}
        if model not in lying:
            raise StudioError("stored.unknown", model=model[:80], models="、".join(list(lying)[:8]) or "–")
        if (seen := self.downloads.seen().get(model)) and seen.state == "running":
            raise StudioError("stored.downloading", model=model)
        found = lying[model]
        for run in found.runs:
            if not run.ended or run.status == "paused":
                status = {lang: say(f"views.status_{run.status}", lang) for lang in LANGS}
                raise StudioError("stored.needed", model=model, run=run.name or run.dataset_name, status=status)
        if not self.sessions.let_go({run.id for run in found.runs}):
            raise StudioError("stored.answering", model=model)
        self.engine.remove(model, self.models)
        self.downloads.forget(model)
        return found
