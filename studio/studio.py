"""The façade: everything that the page, the command line and Python may ask for, one method each.

Knows no widget and no tensor: datasets come from `data`, weights from the engine it is given.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from studio import answering, contract, pace
from studio import rebuild as rebuilding
from studio.answering import GREEDY
from studio.backups import Keeper
from studio.choosing import Choosing
from studio.config import STARTER, Preset, RunConfig
from studio.contract import Engine, Exported, Lane, Prediction, Progress, Sampling, Session, Stop, never, no_progress
from studio.data import asking
from studio.data.asking import Conversation
from studio.data.datastore import DataStore
from studio.data.labelling.suggest import Suggestion
from studio.data.schema import Example, Message, Splits
from studio.data.teaching import templates
from studio.downloads import Downloads
from studio.enrolment import Enrolment
from studio.evaluation.report import Report
from studio.evaluation.sitting import Schema
from studio.judging.judging import Judging
from studio.keeping import Keeping
from studio.lives import Flags, Lives
from studio.looking_up import LookingUp
from studio.packing import Packing
from studio.plan import Plan
from studio.planner import Planner
from studio.queue import Queue
from studio.rebuild import Lost, Rebuilt
from studio.results import Results
from studio.roster import Listed, Roster
from studio.runs import Run
from studio.sessions import Sessions
from studio.stored import Stored
from studio.suggesting import Suggesting
from studio.tasks import Role
from studio.waiting import Waiting
from studio.worker import Worker
from studio.workspace import Workspace


class Studio(AbstractContextManager["Studio"]):
    """One workspace and one engine. Use it as a context manager, or call `close`.

    With `worker=True` (the server) queued runs are trained in the background; without it only `train` trains.
    """

    def __init__(self, engine: Engine, home: Path | None = None, *, worker: bool = False) -> None:
        self.engine = engine
        self.workspace = Workspace(home)
        self.data = DataStore(self.workspace)
        self._queue = Queue(self.workspace)
        training: Flags = {}
        self._roster = Roster(self.workspace, self._queue, self.data.names, training)
        self._lives = Lives(self.workspace, self._queue, self._roster, training, self._train)
        places = self.workspace.models, self.workspace.tokens_dir
        paces = lambda config: pace.of(config, self._roster.runs())  # noqa: E731
        self._planner = Planner(engine, self.data, *places, paces, lambda run: self._enrolment.earlier(run))
        self.downloads = Downloads(engine, self.workspace.models)
        self.choosing = Choosing(self._planner, self.downloads)
        self._enrolment = Enrolment(self.workspace, self.data, self._planner, self._roster)
        self.came_from = self._enrolment.chain
        self._sessions = Sessions(engine, self.workspace, self._roster, self._enrolment.job)
        self.stored = Stored(engine, places[0], self._roster, self._sessions, self.downloads)
        self._results = Results(engine, self.workspace, self._sessions, self._enrolment.job, self.roles_of)
        self.judging = Judging(self.workspace, self.data, self._roster, self._sessions, self._enrolment.job)
        keeper = Keeper(self.workspace)
        self._worker = Worker(lambda: self._lives.next() or keeper(), first=engine.warm)
        self.keeping = Keeping(self.workspace, self._roster)
        self.waiting = Waiting(self._queue, self._lives, self._roster, self._worker.wake)
        self.suggesting = Suggesting(self.data, self._roster.newest_learned, self._suggested)
        opens = lambda model: engine.meanings(model, self.workspace.models)  # noqa: E731
        self.looking_up = LookingUp(self.workspace, self._roster, self._open, self._planner.cards, opens)
        self.packing = Packing(lambda run, format, progress: self.export(run, format, progress=progress))
        if worker:
            self._worker.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finishes the present step, commits it, and returns when the worker has ended."""
        parts = (self._lives, self.downloads, self.suggesting, self.packing, self._worker, self._sessions, self._queue)
        for part in (*parts, self.judging, self.data):
            part.close()

    def lost(self) -> Lost:
        """Uploads and runs that are in the workspace but in no list."""
        return rebuilding.lost(self.workspace, self.data, self._queue)

    def rebuild(self) -> Rebuilt:
        """Lists all of it again."""
        return rebuilding.rebuild(self.workspace, self.data, self._queue)

    def machine(self) -> contract.Machine:
        return self.engine.machine()

    @property
    def worker_died(self) -> bool:
        """Whether nothing trains in the background any more though it should."""
        return self._worker.died

    def plan(
        self,
        dataset: str,
        model: str = "",
        *,
        preset: Preset = "balanced",
        changes: Mapping[str, Any] | None = None,
        minutes: float = 0,
        progress: Progress = no_progress,
    ) -> Plan:
        """The RunConfig that the data ask for, `changes` laid over it. Freezes a version, raises as `Planner.plan`.
        Without a `model` the starter's, or that of the run which `changes` say it `continues`."""
        said = {**({"model": model} if model else {}), **(changes or {})}
        planned = self._planner.plan(dataset, preset, said, progress)
        return self._planner.within(planned, minutes, preset) if minutes else planned

    def fitted(self, planned: Plan, preset: Preset = "balanced") -> Plan:
        """The plan with as little changed as makes it fit into this machine's free memory. Raises fitting.cannot."""
        return self._planner.fitted(planned, preset)

    def plan_for(self, config: RunConfig, preset: Preset = "balanced") -> Plan:
        """A given RunConfig with its estimate, and the reasons of those numbers that `preset` would have."""
        return self._planner.plan_for(config, preset)

    def preview(self, config: RunConfig) -> list[tuple[Example, list[tuple[str, contract.Shade]]]]:
        """Five rows, each with how the model will see it, in pieces with what becomes of them."""
        return self._planner.preview(config)

    def runs_of(self, dataset: str) -> list[Run]:
        """The runs that learned from a dataset, or are to, newest first."""
        return [run for run in self.runs() if run.config.dataset == dataset]

    def reads(self, dataset: str, model: str | None = None) -> int:
        """The most tokens of a row that `model` reads, or else the model last chosen for the dataset."""
        return self._planner.reads(model or next((run.config.model for run in self.runs_of(dataset)), STARTER))

    def delete_data(self, dataset: str) -> None:
        """Removes a dataset for good; runs keep their rows. Raises StudioError versions.in_use while one goes on."""
        self._enrolment.let_go(dataset, self.runs_of(dataset))
        self.data.delete(dataset)

    def start(self, config: RunConfig) -> str:
        """Queues a run for the background worker; its id at once. Raises StudioError when the dataset cannot teach
        anything or the same run is already under way."""
        run = self._enrolment.add(config, queued=True)
        self._worker.wake()
        return run

    def train(self, config: RunConfig, started: Any = None) -> Run:
        """Trains in this thread, to the end. `started(run_id)` is called once the run is listed.

        Raises StudioError when the device is taken; a run that fails returns with status `failed`.
        """
        with self.workspace.lease("device"):
            run = self._enrolment.add(config, queued=False)
        if started:
            started(run)
        self._lives.live(run)
        return self.run(run)

    def resume(self, run: str, *, here: bool = False) -> None:
        """Goes on from the last whole checkpoint: in the background, or `here`, in this thread, to the end."""
        self._enrolment.may_resume(self.run(run))
        self._lives.resume(run, here=here)
        if not here:
            self._worker.wake()

    def stop(self, run: str) -> None:
        """Asks a run, in whatever process, to finish its step, keep what it learned and end."""
        self._lives.stop(self.run(run))

    def delete(self, run: str) -> None:
        """Removes a run, a damaged one too, and everything of it from the disk."""
        self._sessions.close(run)
        self._roster.remove(run)

    def runs(self) -> list[Run]:
        """All runs that can be read, newest first."""
        return self._roster.runs()

    def listed(self) -> Listed:
        """All runs at one moment, and beside them those that cannot be read."""
        return self._roster.listed()

    def run(self, run: str) -> Run:
        """One run as it stands. Raises StudioError when there is none of that name, or it is damaged."""
        return self._roster.run(run)

    def job_yaml(self, run: str) -> str:
        """The run's RunConfig as YAML; `train` of it repeats the run."""
        return self._roster.folder(run).job.text()

    def lessons(self, run: str) -> Splits:
        """The rows that a run learns from and is tested on. StudioError data.no_such_dataset: none were kept."""
        return self._enrolment.splits(run)

    def roles_of(self, run: str) -> Mapping[str, Role]:
        """Column → role of the table that a run learned from, as far as it is known."""
        return self._enrolment.roles(run)

    def _train(self, run: str, stop: Stop) -> None:
        with self._sessions.changing(run):
            self._results.forget(run)
            job = self._enrolment.to_learn(run)
            self._roster.folder(run).log.append(self._planner.announced(job))
            self.engine.train(job, stop)

    def system(self, run: str) -> str:
        """The system text with which a run was taught, below which it is asked; "" for none."""
        return asking.system_text(self.lessons(run))

    def classify(
        self, run: str, texts: Sequence[str], *, tuned: bool = True, system: str | None = None
    ) -> list[Prediction]:
        """The label of each text with its probabilities, asked below the run's own system text if no other is given."""
        with self._open(run) as session:
            return session.classify([answering.typed(session, text, system) for text in texts], tuned)

    def _suggested(self, run: str, texts: Sequence[str]) -> list[Suggestion]:
        return [Suggestion(said.answer, said.confidence or 0.0) for said in self.classify(run, texts)]

    def chat(
        self, run: str, lanes: Sequence[Lane], sampling: Sampling = GREEDY, stop: Stop = never
    ) -> Generator[tuple[str, ...], None, None]:
        """The answers so far, one a lane, until all have ended, `stop` says so, or the generator is closed."""
        with self._open(run) as session:
            yield from session.stream(lanes, sampling, stop)

    def replies(
        self, run: str, conversations: Sequence[Sequence[Message]], *, tuned: bool = True, sampling: Sampling = GREEDY
    ) -> list[str]:
        """The answer to each conversation."""
        with self._open(run) as session:
            return session.reply(conversations, tuned, sampling)

    def ask(
        self, run: str, question: str, *, tuned: bool = True, sampling: Sampling = GREEDY, system: str | None = None
    ) -> str:
        """One answer to one question, asked below the run's own system text if no other is given."""
        with self._open(run) as session:
            return session.reply([answering.typed(session, question, system)], tuned, sampling)[0]

    def rephrase(self, question: str) -> list[str]:
        """Other ways to ask, by the base of the newest chat run with a large one; StudioError table.no_real_model."""
        run = answering.rephrasing(self.runs(), self.engine, self.workspace)
        return templates.listed(self.ask(run.id, templates.request(question), tuned=False, system=""))

    def answer_all(
        self, run: str, conversations: Sequence[Conversation], progress: Progress = no_progress
    ) -> list[Prediction]:
        """The tuned model's answer to each conversation as it stands, in order."""
        with self._open(run) as session:
            return answering.answer_all(session, self.run(run).config.task, conversations, progress)

    def answer_simply(self, run: str, texts: Sequence[str]) -> list[Prediction]:
        """What the report's simple method answers. Raises StudioError run.no_simple_method."""
        return answering.answer_simply(self.lessons(run), texts)

    def evaluate(
        self, run: str, *, file: Path | None = None, schema: Schema = None, handbook: str | None = None,
        progress: Progress = no_progress,
    ) -> dict[str, Any]:  # fmt: skip
        """The report card, kept; or on the rows of `file`, only returned, with `seen`: how many of them it learned."""
        self._roster.need_adapter(run)
        finder = self.looking_up.finder_for(run, handbook)
        report = self._results.evaluate(run, file, schema, finder, progress)
        return {**report, **({} if file else self.judging.facts(run))}

    def report(self, run: str) -> Report | None:
        """The report card of the last `evaluate`; None without one, or where it cannot be read."""
        return self._results.report(run)

    def export(self, run: str, format: str, out: Path | None = None, progress: Progress = no_progress) -> Exported:
        """A verified folder, `out` or one in the run's own, made once. Raises StudioError as the engine does."""
        self._roster.need_adapter(run)
        return self._results.export(run, format, out, progress)

    def exported(self, run: str) -> dict[str, Exported]:
        """What was exported into the run's folder, by format."""
        return self._results.exported(run)

    @contextmanager
    def _open(self, run: str) -> Iterator[Session]:
        """The run's model, kept in memory between calls."""
        self._roster.need_adapter(run)
        with self._sessions.open(run) as session:
            yield session
