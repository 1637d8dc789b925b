"""The training loop: batches in, facts out, the best adapter kept, a committed checkpoint to go on from after anything.

Knows no thread, page or queue; whoever runs it says when to stop and reads the event log.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace

from studio import commit
from studio.contract import ADAPTER, BEFORE, Job, Stop
from studio.data.teaching.wordings import learned
from studio.engine import adapters, catalog, checkpoint, device, load, methods
from studio.engine.checkpoint import Checkpoint, Place, Score
from studio.engine.ending import exam_steps, last_step, may_be_known
from studio.engine.examine import Exam
from studio.engine.learner import Learner
from studio.engine.rows import Rows, rows_of
from studio.engine.schedule import LATEST, rate
from studio.errors import StudioError
from studio.events import Evaluated, EventLog, Finished, Known, Note, Saved, Started, Step, Stopped
from studio.methods import METHODS, only_for

CHECKPOINTS = "checkpoints"
SAVE_EVERY = 15.0  # seconds of work that a crash may cost at most
EXAMS = 0.15  # of a run's time that its tests may take, beyond the first and the last
PATIENT = 20.0  # seconds in which a test is never left out: what they take is not known yet


def train(job: Job, stop: Stop) -> None:
    """Trains the job to its end, or until `stop` says so, and leaves the best adapter in the run's directory.

    Reports facts to `events.jsonl`, the last of them Finished or Stopped, and goes on from the last whole checkpoint if
    there is one. Raises StudioError when there is nothing to learn, the loss is no number any more, or memory or disk
    are full; what was committed until then stays.
    """
    log = EventLog(job.run_dir / "events.jsonl")
    commit.sweep(job.run_dir)
    commit.sweep(job.run_dir / CHECKPOINTS)
    with device.guarded(device.device()):
        if not _went(job, log, stop):
            device.release()
            log.append(Note(key="fitting.on_the_way"))
            Trainer(thrifty(job), log).run(stop)
    device.release()


def _went(job: Job, log: EventLog, stop: Stop) -> bool:
    """Whether the run ended in its own way; not where memory is full that it could do without."""
    try:
        Trainer(job, log).run(stop)
    except (RuntimeError, MemoryError) as error:
        if not device.out_of_memory(error) or job == thrifty(job):
            raise
        return False
    return True


def thrifty(job: Job) -> Job:
    """The same run in as little memory as it can go on in: row by row, and what lies between computed again."""
    again = {"checkpointing": True} if job.config.method in only_for("checkpointing") else {}
    return replace(job, config=job.config.with_changes({"micro_batch": 1, **again}))


def learnable(job: Job) -> Rows:
    """The training rows that have something to learn. Raises StudioError when there is none."""
    examples = learned(job.splits, job.config.wordings)
    longest = min(job.config.max_length, job.config.reads(catalog.Shape.of(catalog.check(job.model_dir)).context))
    rows = rows_of(job.model_dir, job.splits, examples, longest, job.tokens)
    if not rows:
        raise StudioError("engine.nothing_to_learn", rows=len(job.splits.lessons), max_length=job.config.max_length)
    return rows


class Trainer:
    """One run in memory: where it stands, and what is kept of it."""

    def __init__(self, job: Job, log: EventLog) -> None:
        self.foreign_gib = device.foreign_gib(device.device())
        methods.check(job.config, job.model_dir)
        rows = learnable(job)
        self.job, self.log, self.config = job, log, job.config
        self.fingerprint = checkpoint.fingerprint(job)
        aside = checkpoint.damaged(job.run_dir / CHECKPOINTS)
        saved = checkpoint.newest(job.run_dir / CHECKPOINTS, self.fingerprint)
        self.put_aside = checkpoint.damaged(job.run_dir / CHECKPOINTS) - aside
        precision = (saved and saved.place.precision) or methods.precision(self.config, device.device().type)
        base = load.base(job.model_dir, METHODS[self.config.method].quantise, precision, job.splits.labels)
        with device.undisturbed():
            self.learner = Learner(base, rows, self.config, job.tokens)
            if saved:
                self.learner.restore(saved.snapshot)
            elif self.config.continues:
                adapters.begin_from(self.learner.base, job.run_dir / BEFORE)
        self.base = self.learner.base
        self.exam = Exam(job, self.base, self.learner.aim, rows)
        if self.learner.trunk:
            with device.undisturbed():
                self.exam.hold(self.learner.trunk)
        self.total = self.learner.steps_per_epoch * self.config.epochs
        self.exams = exam_steps(self.config, self.total)
        self.place = saved.place if saved else Place(precision=precision)
        self.best: adapters.Weights = {}
        if saved:
            self._take_up(saved)
        self.saved_at = time.monotonic()
        self.began = self.saved_at - self.place.seconds

    def run(self, stop: Stop) -> None:
        """Step, evaluate, save, until done, stopped, or without progress for `patience` evaluations."""
        self._report_start()
        with device.undisturbed():
            prepared = self.learner.prepare(self.exam.rows, self.job.run_dir, self.fingerprint, stop)
        if not prepared:
            self._stop()
            return
        if self.place.step == 0 and not stop():
            with device.undisturbed():
                self.log.append(self._sit())
        while self.place.step < self.end and not self._stale():
            if stop():
                self._stop()
                return
            with device.undisturbed():
                self._go_on()
        assert self.place.best is not None, "the last step is always evaluated"
        self.log.append(Finished(step=self.place.step, best_step=self.place.best.step), durable=True)

    @property
    def end(self) -> int:
        """The last step: the plan's, or sooner when all that was taught is known."""
        return last_step(self.total, self.place.cooled_from)

    def rate(self, step: int) -> float:
        """The learning rate of a step. Where a run may end early, it falls only once the end is known."""
        if not self.config.stop_when_known:
            return rate(self.config, step, self.total)
        known = self.place.cooled_from
        return rate(self.config, step, self.end, round(LATEST * self.total) if known is None else known)

    def _go_on(self) -> None:
        """A step, and what is due after it."""
        self._advance()
        if self._exam_is_due():
            self._examine()
        elif time.monotonic() - self.saved_at > SAVE_EVERY:
            self._save()

    def _advance(self) -> None:
        """One optimizer step and its fact."""
        start, step = time.monotonic(), self.place.step + 1
        learning_rate = self.rate(step)
        measured = self.learner.step(step, learning_rate)
        self._must_be(measured.finite, step)
        now = time.monotonic()
        self.place = replace(self.place, step=step, seconds=now - self.began)
        self.log.append(
            Step(
                step=step,
                epoch=step / self.learner.steps_per_epoch,
                loss=measured.loss,
                learning_rate=learning_rate,
                grad_norm=measured.grad_norm,
                tokens_per_second=measured.tokens / max(now - start, 1e-6),
                memory_gib=max(0.0, device.memory_gib(self.base.device) - self.foreign_gib),
                seconds=self.place.seconds,
                margin=measured.margin,
            )
        )

    def _exam_is_due(self) -> bool:
        """After the last step always; in between at even distances, as far as the tests do not take too much time."""
        if self.place.step == self.end:
            return True
        spent = self.place.examined
        affordable = spent <= PATIENT * EXAMS or spent <= EXAMS * (time.monotonic() - self.began)
        return self.place.step in self.exams and affordable

    def _sit(self) -> Evaluated:
        step, start = self.place.step, time.monotonic()
        found = self.exam.sit(step, step / self.learner.steps_per_epoch)
        self.place = replace(self.place, examined=self.place.examined + time.monotonic() - start)
        return found

    def _examine(self) -> None:
        """Evaluates, keeps the adapter if it is the best so far, and commits a checkpoint."""
        step = self.place.step
        found = self._sit()
        self._must_be(math.isfinite(found.loss), step)
        score = Score(step, found.correct, found.count, found.loss, found.recalled, found.taught, found.exact)
        self.place = replace(self.place, scores=(*self.place.scores, score))
        wins = self.place.best == score
        if wins:
            self.best = adapters.weights(self.base)
        self.log.append(found)
        self._look_whether_known(score)
        self._save()
        if wins:
            self._keep(step)

    def _look_whether_known(self, score: Score) -> None:
        """Lets the rate fall from here on once enough of what was taught is known, however it was asked."""
        if self.place.cooled_from is not None or not may_be_known(self.config, self.total, self.place.scores):
            return
        if self.exam.knows(self.config.stop_when_known):
            self.place = replace(self.place, cooled_from=score.step)
            self.log.append(Known(step=score.step, total_steps=self.end))

    def _must_be(self, finite: bool, step: int) -> None:
        if not finite:
            raise StudioError("engine.diverged", step=step, learning_rate=f"{self.config.learning_rate:g}")

    def _stale(self) -> bool:
        return 0 < self.config.patience <= self.place.stale

    def _stop(self) -> None:
        """Commits where the run stands. Without an evaluation yet, what was learned so far is what is kept."""
        step = self.place.step
        if step:
            with device.undisturbed():
                self._save()
        if step and not self.place.scores:
            self.best = adapters.weights(self.base)
            self._keep(step)
        kept = self.place.best
        best = kept.step if kept else step
        self.log.append(Stopped(step=step, best_step=best), durable=True)

    def _keep(self, step: int) -> None:
        """Commits the best adapter to the run's directory."""
        adapters.save(self.base, self.best, self.job.run_dir / ADAPTER, step)

    def _save(self) -> None:
        """Commits a checkpoint. Raises StudioError when the disk is full."""
        self.place = replace(self.place, seconds=time.monotonic() - self.began)
        best = self.place.best
        kept = self.best if best and best.step != self.place.step else {}
        found = Checkpoint(self.place, self.learner.snapshot(), kept)
        checkpoint.save(self.job.run_dir / CHECKPOINTS, found, self.fingerprint)
        self.saved_at = time.monotonic()
        self.log.append(Saved(step=self.place.step))

    def _take_up(self, saved: Checkpoint) -> None:
        """Brings back the best adapter where a crash lost it."""
        if kept := saved.place.best:
            self.best = saved.best_adapter
            if adapters.saved_step(self.job.run_dir / ADAPTER) != kept.step:
                self._keep(kept.step)

    def _report_start(self) -> None:
        learning = sum(weight.numel() for weight in self.learner.parameters.values())
        is_added = methods.room(self.config.method).is_added
        added = sum(weight.numel() for name, weight in self.learner.parameters.items() if is_added(name))
        self.log.append(
            Started(
                step=self.place.step,
                total_steps=self.total,
                device=self.base.device.type,
                precision=self.base.precision,
                trainable_parameters=learning,
                parameters=catalog.count_parameters(self.job.model_dir) + added,
            ),
            durable=True,
        )
        if self.put_aside:
            details = {"count": self.put_aside, "step": self.place.step}
            self.log.append(Note(key="engine.older_checkpoint", details=details))
        if not self.exam.unseen:
            self.log.append(Note(key=self.exam.missing))
        self._tell_left_out()

    def _tell_left_out(self) -> None:
        """How many rows of the dataset are too long, and whether a setting would help."""
        context = self.base.context
        left_out = len(self.job.splits.lessons) - self.learner.rows.counts.taught
        if left_out and self.job.config.max_length < context:
            self.log.append(Note(key="engine.unlearnable_rows", details={"count": left_out}))
        elif left_out:
            self.log.append(Note(key="engine.rows_too_long_for_model", details={"count": left_out, "longest": context}))
