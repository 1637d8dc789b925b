"""The façade: everything that the page, the command line and Python may ask for, one method each.

Knows no widget and no tensor: datasets come from `data`, weights from the engine it is given.
"""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from studio import plan as planning
from studio import rebuild as rebuilding
from studio.config import STARTER, Preset, RunConfig, Task
from studio.contract import (
    Engine,
    Exported,
    ExportFormat,
    Job,
    Machine,
    ModelCard,
    Prediction,
    Progress,
    Sampling,
    Session,
    Shade,
    no_progress,
)
from studio.data.intake import templates
from studio.data.intake.intake import Wish, understand
from studio.data.labelling.suggest import Suggestion
from studio.data.reading.read import read_table
from studio.data.schema import Example, Message, Role, Splits
from studio.data.store.split import normalise
from studio.data.store.store import DataStore
from studio.data.teaching.lesson import facts
from studio.errors import StudioError
from studio.evaluation import baselines
from studio.evaluation import report as reports
from studio.evaluation.report import Report
from studio.events import Stopped
from studio.lessons import Lessons
from studio.lives import RUN_DISK_GIB, Flags, Lives
from studio.plan import Plan
from studio.queue import Queue
from studio.rebuild import Lost, Rebuilt
from studio.roster import Roster
from studio.runs import DamagedRun, Run
from studio.suggesting import Suggesting
from studio.worker import StopFlag, Worker
from studio.workspace import Workspace

log = logging.getLogger("xiaozao")
GREEDY = Sampling()
EXPORTED = TypeAdapter(Exported)  # what only a newer version tells is passed over
REAL_MODEL = 100_000_000  # parameters; a smaller base cannot rephrase a question


class Studio:
    """One workspace and one engine. Use it as a context manager, or call `close`.

    With `worker=True` (the server) queued runs are trained in the background; without it only `train` trains.
    """

    def __init__(self, engine: Engine, home: Path | None = None, *, worker: bool = False) -> None:
        self.engine = engine
        self.workspace = Workspace(home)
        self.data = DataStore(self.workspace)
        self._queue = Queue(self.workspace)
        flags: Flags = {}
        self._roster = Roster(self.workspace, self._queue, self.data.name_of, flags)
        self._lives = Lives(self.workspace, self._queue, self._roster, flags, self._train)
        self._turn = threading.Lock()  # this process's own callers of the device wait for each other
        self._session: tuple[str, Session] | None = None
        self._worker = Worker(self._lives.next, first=engine.warm)
        self.suggesting = Suggesting(self.data, self._newest_learned, self._suggested)
        if worker:
            self._worker.start()

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finishes the present step, commits it, and returns when the worker has ended."""
        self._lives.close()
        self.suggesting.close()
        self._worker.close()
        self._close_session()
        self._queue.close()
        self.data.close()

    # --- what a lost database left behind --------------------------------------------------------------------------

    def lost(self) -> Lost:
        """Uploads and runs that are in the workspace but in no list."""
        return rebuilding.lost(self.workspace, self.data, self._queue)

    def rebuild(self) -> Rebuilt:
        """Lists all of it again."""
        return rebuilding.rebuild(self.workspace, self.data, self._queue)

    # --- machine, models, plan -------------------------------------------------------------------------------------

    def machine(self) -> Machine:
        return self.engine.machine()

    @property
    def worker_died(self) -> bool:
        """Whether nothing trains in the background any more though it should."""
        return self._worker.died

    def models(self) -> list[ModelCard]:
        """The starter, then the hub models that are in the workspace's `models/` as ORG--NAME."""
        folders = sorted(path.name for path in self.workspace.models.iterdir() if "--" in path.name)
        names = [STARTER, *(name.replace("--", "/", 1) for name in folders if not name.startswith("."))]
        return [self.engine.model_card(name, self.workspace.models) for name in names]

    def plan(
        self,
        dataset: str,
        model: str = STARTER,
        *,
        preset: Preset = "balanced",
        changes: Mapping[str, Any] | None = None,
        progress: Progress = no_progress,
    ) -> Plan:
        """The RunConfig that the data ask for, with `changes` laid over it. Freezes the dataset's version.

        Raises StudioError when the dataset cannot teach anything or the model cannot be had.
        """
        version, task = self.data.freeze(dataset), self.data.get(dataset).task
        of = {"task": task, "dataset": dataset, "dataset_version": version}
        changes = {"model": model, **(changes or {})}
        asked = RunConfig.of({**of, **changes})  # so that a wrong value is refused before it is used
        splits = self.data.splits(dataset, version, fold=_fold(asked.folds, asked.fold))
        _check_teachable(splits)
        card = self.engine.model_card(asked.model, self.workspace.models)
        model_dir = self.engine.fetch(asked.model, self.workspace.models, progress)
        taught = len(facts(splits.train)) if splits.lesson == "facts" else 0
        further = planning.further_wordings(splits.lesson, len(splits.train))
        wordings = asked.wordings if "wordings" in changes else further
        max_length = asked.max_length if "max_length" in changes else card.context
        counts = self.engine.token_counts(model_dir, splits, max_length, wordings)
        computed = planning.settings(splits.lesson, counts, card, preset, taught)
        config = RunConfig.of({**of, **computed, "wordings": wordings, **changes})
        return self._planned(config, splits, card, model_dir)

    def plan_for(self, config: RunConfig) -> Plan:
        """A given RunConfig with its estimate."""
        splits = self._splits(config)
        card = self.engine.model_card(config.model, self.workspace.models)
        return self._planned(config, splits, card, self.engine.fetch(config.model, self.workspace.models, no_progress))

    def _planned(self, config: RunConfig, splits: Splits, card: ModelCard, model_dir: Path) -> Plan:
        counts = self.engine.token_counts(model_dir, splits, config.max_length, config.wordings)
        if counts.unlearnable == counts.rows:
            raise StudioError("engine.nothing_to_learn", rows=counts.rows, max_length=config.max_length)
        estimate = self.engine.estimate(config, card, counts, self.machine())
        return Plan(config, card, counts, estimate, len(splits.train))

    def preview(self, config: RunConfig) -> list[list[tuple[str, Shade]]]:
        """Five rows as the model will see them, in pieces, each with what becomes of it."""
        model_dir = self.engine.fetch(config.model, self.workspace.models, no_progress)
        return self.engine.preview(model_dir, self._splits(config), config)

    # --- datasets --------------------------------------------------------------------------------------------------

    def runs_of(self, dataset: str) -> list[Run]:
        """The runs that learned from a dataset, or are to, newest first."""
        return [run for run in self.runs() if run.config.dataset == dataset]

    def delete_data(self, dataset: str) -> None:
        """Removes a dataset for good; what runs learned from it stays, and the rows they learned with it.

        Raises StudioError versions.in_use while a run of it has not ended, workspace.not_writable.
        """
        runs = self.runs_of(dataset)
        if any(not run.ended for run in runs):
            raise StudioError("versions.in_use", name=self.data.get(dataset).name)
        for run in runs:
            if self._roster.lessons(run.id) is None:  # it was made before runs kept their rows
                self._roster.keep(run.id, self._lessons(run.config))
        self.data.delete(dataset)

    # --- runs ------------------------------------------------------------------------------------------------------

    def start(self, config: RunConfig) -> str:
        """Queues a run for the background worker and returns its id at once.

        Raises StudioError when the dataset cannot teach anything or the same run is already under way.
        """
        run = self._new_run(config, queued=True)
        self._worker.wake()
        return run

    def train(self, config: RunConfig, started: Any = None) -> Run:
        """Trains in this thread, to the end. `started(run_id)` is called once the run is listed.

        Raises StudioError when the device is taken; a run that fails returns with status `failed`.
        """
        with self.workspace.lease("device"):
            run = self._new_run(config, queued=False)
        if started:
            started(run)
        self._lives.live(run)
        return self.run(run)

    def resume(self, run: str, *, here: bool = False) -> None:
        """Goes on from the last whole checkpoint: in the background, or `here`, in this thread, to the end."""
        present = self.run(run)
        if not present.can_resume:
            raise StudioError("run.cannot_resume", run=run)
        self._roster.folder(run).job.to_train()
        self.lessons(run)
        if here:
            self._queue.clear_stop(run)
            self._lives.live(run)
        else:
            self._queue.enqueue(run)
            self._worker.wake()

    def stop(self, run: str) -> None:
        """Asks a run, in whatever process, to finish its step, keep what it learned and end."""
        present = self.run(run)
        if present.ended:
            raise StudioError("run.not_running", run=run)
        self._queue.ask_stop(run)
        if present.status == "queued":
            self._roster.folder(run).log.append(Stopped(step=0, best_step=0), durable=True)

    def delete(self, run: str) -> None:
        """Removes a run, a damaged one too, and everything of it from the disk."""
        if self._session and self._session[0] == run:
            self._close_session()
        self._roster.remove(run)

    def runs(self) -> list[Run]:
        """All runs that can be read, newest first."""
        return self._roster.runs()

    def damaged(self) -> list[DamagedRun]:
        """The runs that cannot be read, newest first: they can only be deleted."""
        return self._roster.damaged()

    def run(self, run: str) -> Run:
        """One run as it stands. Raises StudioError when there is none of that name, or it is damaged."""
        return self._roster.run(run)

    def job_yaml(self, run: str) -> str:
        """The run's RunConfig as YAML; `train` of it repeats the run."""
        return self._roster.folder(run).job.text()

    def lessons(self, run: str) -> Splits:
        """The rows that a run learns from and is tested on, whatever became of its dataset.

        Raises StudioError data.no_such_dataset for a run of a deleted dataset that kept none.
        """
        kept = self._roster.lessons(run)
        return kept.splits if kept else self._splits(self._roster.folder(run).config)

    def roles_of(self, run: str) -> Mapping[str, Role]:
        """Column → role of the table that a run learned from, as far as it is known."""
        kept = self._roster.lessons(run)
        return kept.roles if kept else self._lessons(self._roster.folder(run).config).roles

    def _new_run(self, config: RunConfig, *, queued: bool) -> str:
        lessons = self._lessons(config)
        _check_teachable(lessons.splits)
        self.workspace.need_space(RUN_DISK_GIB)
        return self._roster.add(config, lessons, queued=queued, check=lambda: self._refuse_twin(config))

    def _lessons(self, config: RunConfig) -> Lessons:
        """What a run of `config` has to keep. Raises StudioError data.no_such_dataset, data.no_such_version."""
        dataset = self.data.get(config.dataset)
        return Lessons(self._splits(config), dataset.name, dataset.report.roles)

    def _refuse_twin(self, config: RunConfig) -> None:
        for run in self.runs():
            if not run.ended and run.config == config:
                raise StudioError("run.already_running", run=run.id)

    def _train(self, run: str, flag: StopFlag) -> None:
        self._close_session()
        self._forget_results(run)
        self.engine.train(self._job(run), flag)

    # --- trying, testing, taking home -------------------------------------------------------------------------------

    def classify(self, run: str, texts: Sequence[str], *, tuned: bool = True) -> list[Prediction]:
        """The label of each text with its probabilities."""
        with self._open(run) as session:
            return session.classify(texts, tuned)

    def _newest_learned(self, dataset: str) -> str | None:
        """The newest run that learned from this dataset and has ended."""
        ended = (run for run in self.runs() if run.config.dataset == dataset and run.ended and run.has_adapter)
        return next((run.id for run in ended), None)

    def _suggested(self, run: str, texts: Sequence[str]) -> list[Suggestion]:
        return [Suggestion(said.answer, said.confidence or 0.0) for said in self.classify(run, texts)]

    def chat(
        self, run: str, base: Sequence[Message], tuned: Sequence[Message], sampling: Sampling, stop: threading.Event
    ) -> Generator[tuple[str, str], None, None]:
        """Both answers so far, (base, tuned), until both have ended or `stop` is set."""
        with self._open(run) as session:
            yield from session.stream(base, tuned, sampling, stop)

    def replies(
        self, run: str, conversations: Sequence[Sequence[Message]], *, tuned: bool = True, sampling: Sampling = GREEDY
    ) -> list[str]:
        """The answer to each conversation."""
        with self._open(run) as session:
            return session.reply(conversations, tuned, sampling)

    def ask(self, run: str, question: str, *, tuned: bool = True, sampling: Sampling = GREEDY) -> str:
        """One answer to one question."""
        return self.replies(run, [[Message("user", question)]], tuned=tuned, sampling=sampling)[0]

    def rephrase(self, question: str) -> list[str]:
        """Other ways to ask `question`, from the base model of the newest chat run whose base is large enough.

        Raises StudioError table.no_real_model where there is none.
        """
        chats = (run for run in self.runs() if run.has_adapter and run.config.task == "chat")
        real = (run for run in chats if self._parameters(run.config.model) > REAL_MODEL)
        run = next(real, None)
        if run is None:
            raise StudioError("table.no_real_model")
        return templates.listed(self.ask(run.id, templates.request(question), tuned=False))

    def _parameters(self, model: str) -> int:
        """Of a base model; 0 where it cannot be had any more."""
        try:
            return self.engine.model_card(model, self.workspace.models).parameters
        except StudioError:
            return 0

    def answer_all(self, run: str, texts: Sequence[str], progress: Progress = no_progress) -> list[Prediction]:
        """The tuned model's answer to each text, in order."""
        with self._open(run) as session:
            if self.run(run).config.task == "classify":
                return session.classify(texts, True)
            conversations = [[Message("user", text)] for text in texts]
            return [Prediction(answer) for answer in session.reply(conversations, True, GREEDY, progress)]

    def answer_simply(self, run: str, texts: Sequence[str]) -> list[Prediction]:
        """What the simple method answers, that learned from the run's training rows as its report has it.

        Raises StudioError run.no_simple_method where the run does not classify.
        """
        train = self.lessons(run).train if self.run(run).config.task == "classify" else ()
        answers = baselines.letters([(example.text, example.target) for example in train])
        if answers is None:
            raise StudioError("run.no_simple_method")
        return answers(texts)

    def evaluate(self, run: str, *, file: Path | None = None, progress: Progress = no_progress) -> dict[str, Any]:
        """The report card on the test split, kept in the run's folder; or on the rows of `file`, only returned, with
        `seen`: how many of them it was trained on, which prove nothing."""
        job = self._job(run)
        seen = {}
        if file is not None:
            examples = _examples_of(file, job.config.task)
            known = {normalise(example.text) for example in job.splits.train}
            seen = {"seen": sum(normalise(example.text) in known for example in examples)}
            job = replace(job, splits=replace(job.splits, test=examples))
        with self._open(run) as session:
            report = {**self.engine.evaluate(session, job, progress), **seen}
        if file is None:
            self._write_json(self.workspace.run_dir(run) / "report.json", report)
        return report

    def report(self, run: str) -> Report | None:
        """The report card of the last `evaluate`; None without one, or where it cannot be read."""
        try:
            return reports.read((self.workspace.run_dir(run) / "report.json").read_bytes())
        except OSError:
            return None

    def export(
        self, run: str, format: ExportFormat, out: Path | None = None, progress: Progress = no_progress
    ) -> Exported:
        """A verified folder: `out`, which must not exist, or one in the run's folder, made once.

        Raises StudioError when the run has learned nothing, the disk is full, or merged and adapter disagree.
        """
        self._need_adapter(run)
        kept = self.workspace.run_dir(run) / "export" / format
        facts = kept.with_suffix(".json")
        if out is None and (made := _exported(facts)):
            return replace(made, path=str(kept))  # the workspace may have moved since
        kept.parent.mkdir(exist_ok=True)
        if out is None:
            shutil.rmtree(kept, ignore_errors=True)  # made, but the power went before it was noted down
        with self._turn, self.workspace.lease("device"):
            result = self.engine.export(self._job(run), format, out or kept, progress)
        if out is None:
            self._write_json(facts, result)
        return EXPORTED.validate_python(result)

    def _write_json(self, path: Path, data: Mapping[str, Any]) -> None:
        self.workspace.write(path, json.dumps(data, ensure_ascii=False, indent=1).encode())

    def _forget_results(self, run: str) -> None:
        """What was tested and exported is of the weights before; they are about to change."""
        shutil.rmtree(self.workspace.run_dir(run) / "export", ignore_errors=True)
        (self.workspace.run_dir(run) / "report.json").unlink(missing_ok=True)

    def _need_adapter(self, run: str) -> None:
        if not self.run(run).has_adapter:
            raise StudioError("run.nothing_learned", run=run)

    def _job(self, run: str) -> Job:
        config = self._roster.folder(run).config
        model_dir = self.engine.fetch(config.model, self.workspace.models, no_progress)
        return Job(config, self.workspace.run_dir(run), self.lessons(run), model_dir)

    def _splits(self, config: RunConfig) -> Splits:
        return self.data.splits(config.dataset, config.dataset_version, fold=_fold(config.folds, config.fold))

    @contextmanager
    def _open(self, run: str) -> Iterator[Session]:
        """The run's model, kept in memory between calls, while nobody else uses the device."""
        self._need_adapter(run)
        with self._turn, self.workspace.lease("device"):
            if self._session is None or self._session[0] != run:
                self._close_session()
                self._session = (run, self.engine.open(self._job(run)))
            yield self._session[1]

    def _close_session(self) -> None:
        if self._session:
            self._session[1].close()
            self._session = None


def _examples_of(file: Path, task: Task) -> tuple[Example, ...]:
    """The rows of a file that have an answer. Raises StudioError for a file that cannot be read or has none."""
    examples, _ = understand(read_table(file), Wish(task), file.name)
    answered = tuple(example for example in examples if example.target)
    if not answered:
        raise StudioError("run.no_rows")
    return answered


def _fold(folds: int, fold: int) -> tuple[int, int] | None:
    """What the store calls a fold; None for the plain split."""
    return (fold, folds) if folds else None


def _check_teachable(splits: Splits) -> None:
    """Raises StudioError when no model could learn from these rows."""
    if not splits.train:
        raise StudioError("run.no_rows")
    if splits.task == "classify" and len({example.target for example in splits.train}) < 2:
        raise StudioError("run.one_class", label=splits.train[0].target)


def _exported(path: Path) -> Exported | None:
    """What was noted down of an export; None where there is nothing, or the file is damaged or foreign."""
    try:
        return EXPORTED.validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None
