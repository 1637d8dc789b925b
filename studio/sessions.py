"""The models in memory that answer, and the turns of those who want them: beside a run where there is room for both.

Knows no question and no answer: what a run's job is, is handed in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager

from studio.contract import Engine, Job, Machine, ModelCard, Session
from studio.errors import StudioError
from studio.plan import duration
from studio.roster import Roster
from studio.runs import Run
from studio.words import LANGS
from studio.workspace import Workspace

ANSWERING = 3.0  # times the size of its weights: twice in fp32 where kept in bf16, and the answers on their way
SHARE = 0.5  # of the free memory; the rest stays with what trains, which may not have reached its fullest moment


def fits_beside(card: ModelCard, machine: Machine) -> bool:
    """Whether a model can answer while another one learns, without taking memory that the learning may yet need."""
    return ANSWERING * card.size_gib <= SHARE * machine.free_gib


def why_later(runs: Iterable[Run]) -> StudioError:
    """Why a model that has no room beside a run cannot answer now, and when it can."""
    known = list(runs)
    active = next((run for run in known if run.status in ("running", "stopping")), None)
    if active is None:
        return StudioError("workspace.busy")
    queued = sum(run.status == "queued" for run in known)
    left = active.progress.seconds_left
    if queued or left is None:
        key = "run.answers_after_all" if queued else "run.answers_later"
        return StudioError(key, name=active.dataset_name, queued=queued)
    return StudioError("run.answers_in", name=active.dataset_name, left={lang: duration(left, lang) for lang in LANGS})


class Seat:
    """Room for one model, kept between calls until another run's is asked for."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.run: str | None = None  # whose model it is; None where there is none, or its adapter is another by now
        self._session: Session | None = None

    def model(self, run: str, opened: Callable[[], Session]) -> Session:
        """The run's model, for whoever has the turn."""
        if self._session is None or self.run != run:
            self.clear()
            self.run = run  # before it is opened: `close` may come meanwhile
            self._session = opened()
        return self._session

    def clear(self) -> None:
        """Lets the model go; for whoever has the turn."""
        self.run = None
        if self._session is not None:
            self._session.close()
            self._session = None


class Sessions:
    """Small models answer beside whatever trains; a larger one needs the device, as a run does."""

    def __init__(self, engine: Engine, workspace: Workspace, roster: Roster, job_of: Callable[[str], Job]) -> None:
        self._engine = engine
        self._workspace = workspace
        self._roster = roster
        self._job_of = job_of
        self._beside, self._alone = Seat(), Seat()

    @contextmanager
    def room(self, run: str) -> Iterator[Seat]:
        """Room for the run's model, whose callers in this process wait for each other.

        Raises StudioError at once where the device is needed and another process or a run has it.
        """
        if self._beside.run == run or self._fits_beside(run):
            with self._beside.turn:
                yield self._beside
            return
        with self._alone.turn, self._workspace.lease("device", lambda: why_later(self._roster.runs())):
            yield self._alone

    @contextmanager
    def open(self, run: str) -> Iterator[Session]:
        """The run's model; where an answer fails, the next one is asked of a model that is opened anew.

        Raises StudioError as `room` and the engine do.
        """
        with self.room(run) as seat:
            try:
                yield seat.model(run, lambda: self._engine.open(self._job_of(run)))
            except Exception:
                seat.clear()
                raise

    @contextmanager
    def changing(self, run: str) -> Iterator[None]:
        """While it lasts, `run` learns: what nobody asks now makes room, and afterwards the run's own model is had
        anew. Waits for no answer."""
        self.close()
        try:
            yield
        finally:
            self.close(run)

    def close(self, run: str | None = None) -> None:
        """Lets the model of `run`, or every one, go. One whose answer is on its way stays for that answer."""
        for seat in (self._beside, self._alone):
            if run not in (None, seat.run):
                continue
            if seat.turn.acquire(blocking=False):
                try:
                    seat.clear()
                finally:
                    seat.turn.release()
            elif run:
                seat.run = None

    def let_go(self, runs: Container[str]) -> bool:
        """Lets the models of these runs go; False, and nothing done, where one of them is answering."""
        taken: list[Seat] = []
        try:
            for seat in (self._beside, self._alone):
                if seat.run not in runs:
                    continue
                if not seat.turn.acquire(blocking=False):
                    return False
                taken.append(seat)
            for seat in taken:
                seat.clear()
            return True
        finally:
            for seat in taken:
                seat.turn.release()

    def _fits_beside(self, run: str) -> bool:
        model = self._roster.folder(run).config.model
        return fits_beside(self._engine.model_card(model, self._workspace.models), self._engine.machine())
