"""The façade: everything that the page, the command line and Python may ask for, one method each.

Knows no widget and no tensor: datasets come from `data`, weights from the engine it is given.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio import plan as planning
from studio.config import STARTER, Preset, RunConfig, Task
from studio.contract import (
    Engine,
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
from studio.data import templates
from studio.data.intake import Wish, understand
from studio.data.read import read_table
from studio.data.schema import Example, Message, Splits
from studio.data.split import normalise
from studio.data.store import DataStore
from studio.data.suggest import Suggestion
from studio.errors import StudioError
from studio.evaluation import baselines
from studio.events import Failed, Stopped
from studio.plan import Plan
from studio.queue import Queue
from studio.runs import JOB, Run, RunFolder, status_of
from studio.suggesting import Suggesting
from studio.worker import StopFlag, Worker
from studio.workspace import Workspace

log = logging.getLogger("xiaozao")
GREEDY = Sampling()
REAL_MODEL = 100_000_000  # parameters; a smaller base cannot rephrase a question
RUN_DISK_GIB = 0.1  # checkpoints and adapter of a small run; the engine adds what a large model needs


class Studio:
    """One workspace and one engine. Use it as a context manager, or call `close`.

    With `worker=True` (the server) queued runs are trained in the background; without it only `train` trains.
    """

    def __init__(self, engine: Engine, home: Path | None = None, *, worker: bool = False) -> None:
        self.engine = engine
        self.workspace = Workspace(home)
        self.data = DataStore(self.workspace)
        self._queue = Queue(self.workspace)
        self._folders: dict[str, RunFolder] = {}
        self._flags: dict[str, StopFlag] = {}  # runs that this process trains now
        self._turn = threading.Lock()  # this process's own callers of the device wait for each other
        self._session: tuple[str, Session] | None = None
        self._closing = False
        self._worker = Worker(self._work, first=engine.warm)
        self.suggesting = Suggesting(self.data, self._newest_learned, self._suggested)
        if worker:
            self._worker.start()

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finishes the present step, commits it, and returns when the worker has ended."""
        self._closing = True
        for flag in list(self._flags.values()):
            flag.set()
        self.suggesting.close()
        self._worker.close()
        self._close_session()
        self._queue.close()
        self.data.close()

    # --- machine, models, plan -------------------------------------------------------------------------------------

    def machine(self) -> Machine:
        return self.engine.machine()

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
        version = self.data.freeze(dataset)
        changes = {"model": model, **(changes or {})}
        folds, fold = (int(changes.get(name, RunConfig.model_fields[name].default)) for name in ("folds", "fold"))
        splits = self.data.splits(dataset, version, fold=_fold(folds, fold))
        _check_teachable(splits)
        card = self.engine.model_card(changes["model"], self.workspace.models)
        model_dir = self.engine.fetch(changes["model"], self.workspace.models, progress)
        changes = {"wordings": planning.wordings(splits.lesson, len(splits.train)), **changes}
        wordings, max_length = int(changes["wordings"]), int(changes.get("max_length", card.context))
        counts = self.engine.token_counts(model_dir, splits, max_length, wordings)
        computed = planning.settings(splits.lesson, counts, card, preset)
        config = RunConfig.of(
            {"task": splits.task, "dataset": dataset, "dataset_version": version, **computed, **changes}
        )
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
        return Plan(config, card, counts, self.engine.estimate(config, card, counts, self.machine()))

    def preview(self, config: RunConfig) -> list[list[tuple[str, Shade]]]:
        """Five rows as the model will see them, in pieces, each with what becomes of it."""
        model_dir = self.engine.fetch(config.model, self.workspace.models, no_progress)
        return self.engine.preview(model_dir, self._splits(config), config)

    # --- datasets --------------------------------------------------------------------------------------------------

    def runs_of(self, dataset: str) -> list[Run]:
        """The runs that learned from a dataset, or are to, newest first."""
        return [run for run in self.runs() if run.config.dataset == dataset]

    def delete_data(self, dataset: str) -> None:
        """Removes a dataset for good; what runs learned from it stays.

        Raises StudioError versions.in_use while a run of it has not ended.
        """
        if any(not run.ended for run in self.runs_of(dataset)):
            raise StudioError("versions.in_use", name=self.data.get(dataset).name)
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
        self._execute(run, wait=False)
        return self.run(run)

    def resume(self, run: str, *, here: bool = False) -> None:
        """Goes on from the last whole checkpoint: in the background, or `here`, in this thread, to the end."""
        present = self.run(run)
        if not present.can_resume:
            raise StudioError("run.cannot_resume", run=run)
        self._splits(present.config)
        if here:
            self._queue.clear_stop(run)
            self._execute(run, wait=False)
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
            self._folder(run).log.append(Stopped(step=0, best_step=0), durable=True)

    def delete(self, run: str) -> None:
        """Removes a run and everything of it from the disk."""
        if not self.run(run).ended:
            raise StudioError("run.still_running", run=run)
        if self._session and self._session[0] == run:
            self._close_session()
        self._queue.remove(run)
        shutil.rmtree(self.workspace.run_dir(run), ignore_errors=True)
        self._folders.pop(run, None)

    def runs(self) -> list[Run]:
        """All runs, newest first; one whose folder was deleted by hand is gone."""
        return [self.run(run) for run in self._queue.ids() if (self.workspace.run_dir(run) / JOB).exists()]

    def run(self, run: str) -> Run:
        """One run as it stands. Raises StudioError when there is none of that name."""
        created = self._queue.created(run)
        if created is None:
            raise StudioError("workspace.no_such", name=run)
        folder = self._folder(run)
        config, progress = folder.config, folder.progress()
        queued = self._queue.is_queued(run)
        held = run in self._flags or (not queued and progress.ending is None and self.workspace.leased(_lock_of(run)))
        status = status_of(progress, queued=queued, held=held, stop_asked=self._queue.stop_asked(run))
        return Run(run, config, status, created, self._name_of(config.dataset), progress)

    def job_yaml(self, run: str) -> str:
        """The run's RunConfig as YAML; `train` of it repeats the run."""
        return self._folder(run).config.to_yaml()

    def _new_run(self, config: RunConfig, *, queued: bool) -> str:
        _check_teachable(self._splits(config))
        self.workspace.need_space(RUN_DISK_GIB)
        run = self.workspace.new_id("run")
        run_dir = self.workspace.run_dir(run)
        run_dir.mkdir(mode=0o700)
        (run_dir / JOB).write_text(config.to_yaml(), encoding="utf-8")
        try:
            self._queue.add(run, queued=queued, check=lambda: self._refuse_twin(config))
        except StudioError:
            shutil.rmtree(run_dir)
            raise
        return run

    def _refuse_twin(self, config: RunConfig) -> None:
        for run in self.runs():
            if not run.ended and run.config == config:
                raise StudioError("run.already_running", run=run.id)

    def _work(self) -> bool:
        """The worker's next piece of work: the run that has waited longest."""
        run = None if self._closing else self._queue.first()
        if run is None:
            return False
        try:
            self._execute(run, wait=True)
        except StudioError as error:
            log.info("%s: %s", run, error)
            return False
        return True

    def _execute(self, run: str, *, wait: bool) -> None:
        """Trains a run to its end; whatever goes wrong becomes its `Failed` event."""
        flag = StopFlag(lambda: self._queue.stop_asked(run))
        with ExitStack() as held:
            held.enter_context(self.workspace.lease(_lock_of(run)))
            held.enter_context(self._waiting_for_device(run) if wait else self.workspace.lease("device"))
            self._flags[run] = flag
            held.callback(self._flags.pop, run)
            self._queue.dequeue(run)
            self._close_session()
            self._forget_results(run)
            try:
                self.engine.train(self._job(run), flag)
            except StudioError as error:
                self._folder(run).log.append(Failed(key=error.key, details=error.details), durable=True)
            except Exception as error:
                log.exception("%s failed", run)
                problem = f"{type(error).__name__}: {error}"[:300]
                self._folder(run).log.append(Failed(key="run.unexpected", details={"problem": problem}), durable=True)

    @contextmanager
    def _waiting_for_device(self, run: str) -> Iterator[None]:
        """The device as soon as chat or another process lets go of it; gives up when the run leaves the queue."""
        while not self._closing and self._queue.is_queued(run):
            try:
                with self.workspace.lease("device"):
                    yield
                    return
            except StudioError as error:
                if error.key != "workspace.busy":
                    raise
                time.sleep(0.2)
        raise StudioError("workspace.busy")

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
        config = self.run(run).config
        train = self._splits(config).train if config.task == "classify" else ()
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
            _write_json(self.workspace.run_dir(run) / "report.json", report)
        return report

    def report(self, run: str) -> dict[str, Any] | None:
        """The report card of the last `evaluate`, or None."""
        path = self.workspace.run_dir(run) / "report.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def export(
        self, run: str, format: ExportFormat, out: Path | None = None, progress: Progress = no_progress
    ) -> dict[str, Any]:
        """A verified folder: `out`, which must not exist, or one in the run's folder, made once.

        Raises StudioError when the run has learned nothing, the disk is full, or merged and adapter disagree.
        """
        self._need_adapter(run)
        kept = self.workspace.run_dir(run) / "export" / format
        facts = kept.with_suffix(".json")
        if out is None and facts.exists():
            return json.loads(facts.read_text(encoding="utf-8"))
        kept.parent.mkdir(exist_ok=True)
        if out is None:
            shutil.rmtree(kept, ignore_errors=True)  # made, but the power went before it was noted down
        with self._turn, self.workspace.lease("device"):
            result = self.engine.export(self._job(run), format, out or kept, progress)
        if out is None:
            _write_json(facts, result)
        return result

    def _forget_results(self, run: str) -> None:
        """What was tested and exported is of the weights before; they are about to change."""
        (self.workspace.run_dir(run) / "report.json").unlink(missing_ok=True)
        shutil.rmtree(self.workspace.run_dir(run) / "export", ignore_errors=True)

    def _name_of(self, dataset: str) -> str:
        """What the dataset is called; its id when it was deleted."""
        try:
            return self.data.get(dataset).name
        except StudioError:
            return dataset

    def _need_adapter(self, run: str) -> None:
        if not self.run(run).has_adapter:
            raise StudioError("run.nothing_learned", run=run)

    def _job(self, run: str) -> Job:
        config = self._folder(run).config
        model_dir = self.engine.fetch(config.model, self.workspace.models, no_progress)
        return Job(config, self.workspace.run_dir(run), self._splits(config), model_dir)

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

    def _folder(self, run: str) -> RunFolder:
        """Raises StudioError when there is no such run."""
        if run not in self._folders:
            if self._queue.created(run) is None or not (self.workspace.run_dir(run) / JOB).exists():
                raise StudioError("workspace.no_such", name=run[:80])
            self._folders[run] = RunFolder(self.workspace.run_dir(run))
        return self._folders[run]


def _lock_of(run: str) -> str:
    return f"runs/{run}/run"


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


def _write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(draft, path)
