"""The training loop: batches in, facts out, the best adapter kept, a committed checkpoint to go on from after anything.

Knows no thread, page or queue; whoever runs it owns the stop flag and reads the event log.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from dataclasses import replace
from threading import Event as Flag
from typing import Any

from studio.best import better
from studio.config import RunConfig
from studio.contract import Job
from studio.data.encode import Encoded, Encoder
from studio.engine import adapters, catalog, checkpoint, commit, device, load
from studio.engine.checkpoint import Best, Checkpoint, Place
from studio.engine.examine import Exam
from studio.engine.learner import Learner
from studio.engine.session import ADAPTER
from studio.errors import StudioError
from studio.events import EventLog, Finished, Note, Saved, Started, Step, Stopped

CHECKPOINTS = "checkpoints"
SAVE_EVERY = 15.0  # seconds of work that a crash may cost at most


def train(job: Job, stop: Flag) -> None:
    """Trains the job to its end, or until `stop` is set, and leaves the best adapter in the run's directory.

    Reports facts to `events.jsonl`, the last of them Finished or Stopped, and goes on from the last whole checkpoint if
    there is one. Raises StudioError when there is nothing to learn, the loss is no number any more, or memory or disk
    are full; what was committed until then stays.
    """
    log = EventLog(job.run_dir / "events.jsonl")
    commit.sweep(job.run_dir)
    commit.sweep(job.run_dir / CHECKPOINTS)
    with device.guarded(device.device()):
        Trainer(job, log).run(stop)
    device.release()


def rate(config: RunConfig, step: int, total: int) -> float:
    """The learning rate of the step counted from 1: a straight rise over the warm-up, then half a cosine towards 0."""
    warm = math.ceil(config.warmup * total)
    if step <= warm:
        return config.learning_rate * step / warm
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - 1 - warm) / max(1, total - warm)))


def exam_steps(config: RunConfig, total: int) -> set[int]:
    """After which steps to evaluate: before the first, after the last, and evenly between."""
    return {round(total * part / config.evaluations) for part in range(config.evaluations + 1)} | {total}


def fingerprint(job: Job) -> str:
    """What a checkpoint belongs to: settings, rows and the base model's weights."""
    rows = [[example.text, example.target] for example in job.splits.train]
    facts = {"config": job.config.model_dump(), "rows": rows, "base": catalog.identity(job.model_dir)}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def learnable(job: Job, tokenizer: Any) -> list[Encoded]:
    """The training rows that have something to learn. Raises StudioError when there is none."""
    encoder = Encoder(tokenizer, job.config.task, job.splits.labels, job.config.max_length)
    rows = [row for example in job.splits.train if (row := encoder.encode(example)) is not None]
    if not rows:
        raise StudioError("engine.nothing_to_learn", rows=len(job.splits.train), max_length=job.config.max_length)
    return rows


class Trainer:
    """One run in memory: where it stands, and what is kept of it."""

    def __init__(self, job: Job, log: EventLog) -> None:
        rows = learnable(job, load.tokenizer(job.model_dir))
        self.job, self.log, self.config = job, log, job.config
        self.fingerprint = fingerprint(job)
        saved = checkpoint.newest(job.run_dir / CHECKPOINTS, self.fingerprint)
        wanted = (saved and saved.place.precision) or self.config.precision
        precision = device.training_precision(wanted, device.device().type)
        self.learner = Learner(load.base(job.model_dir, self.config.method, precision), rows, self.config)
        self.base = self.learner.base
        self.exam = Exam(job, self.base, rows)
        self.total = self.learner.steps_per_epoch * self.config.epochs
        self.place = saved.place if saved else Place(precision=precision)
        self.best: adapters.Weights = {}
        if saved:
            self._restore(saved)
        self.saved_at = time.monotonic()
        self.began = self.saved_at - self.place.seconds

    def run(self, stop: Flag) -> None:
        """Step, evaluate, save, until done, stopped, or without progress for `patience` evaluations."""
        self._report_start()
        exams = exam_steps(self.config, self.total)
        if self.place.step == 0 and not stop.is_set():
            self.log.append(self.exam.sit(0, 0.0))
        while self.place.step < self.total and not self._stale():
            if stop.is_set():
                self._stop()
                return
            self._advance()
            if self.place.step in exams:
                self._examine()
            elif time.monotonic() - self.saved_at > SAVE_EVERY:
                self._save()
        assert self.place.best is not None, "the last step is always evaluated"
        self.log.append(Finished(step=self.place.step, best_step=self.place.best.step), durable=True)

    def _advance(self) -> None:
        """One optimizer step and its fact."""
        start, step = time.monotonic(), self.place.step + 1
        learning_rate = rate(self.config, step, self.total)
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
                memory_gib=device.memory_gib(self.base.device),
                seconds=self.place.seconds,
            )
        )

    def _examine(self) -> None:
        """Evaluates, keeps the adapter if it is the best so far, and commits a checkpoint."""
        step = self.place.step
        found = self.exam.sit(step, step / self.learner.steps_per_epoch)
        self._must_be(math.isfinite(found.loss), step)
        score = Best(step, found.correct, found.count, found.loss)
        top = max(self.place.top, score.correct)
        wins = better(score, self.place.best, top)
        if wins:
            self.best = adapters.weights(self.base)
            self.place = replace(self.place, top=top, best=score, stale=0)
        else:
            self.place = replace(self.place, top=top, stale=self.place.stale + 1)
        self.log.append(found)
        self._save()
        if wins:
            self._keep(step)

    def _must_be(self, finite: bool, step: int) -> None:
        if not finite:
            raise StudioError("engine.diverged", step=step, learning_rate=f"{self.config.learning_rate:g}")

    def _stale(self) -> bool:
        return 0 < self.config.patience <= self.place.stale

    def _stop(self) -> None:
        """Commits where the run stands. Without an evaluation yet, what was learned so far is what is kept."""
        step = self.place.step
        if step:
            self._save()
        if step and not self.place.best:
            self.best = adapters.weights(self.base)
            self._keep(step)
        best = self.place.best.step if self.place.best else step
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

    def _restore(self, saved: Checkpoint) -> None:
        """Takes up a checkpoint, and brings back the best adapter where a crash lost it."""
        self.learner.restore(saved.snapshot)
        if saved.place.best:
            self.best = saved.best_adapter
            if adapters.saved_step(self.job.run_dir / ADAPTER) != saved.place.best.step:
                self._keep(saved.place.best.step)

    def _report_start(self) -> None:
        learning = sum(weight.numel() for weight in self.learner.parameters.values())
        self.log.append(
            Started(
                step=self.place.step,
                total_steps=self.total,
                device=self.base.device.type,
                precision=self.base.precision,
                trainable_parameters=learning,
                parameters=catalog.count_parameters(self.job.model_dir) + learning,
            ),
            durable=True,
        )
        if not self.exam.unseen:
            self.log.append(Note(key="engine.no_validation_rows"))
        skipped = len(self.job.splits.train) - len(self.learner.rows)
        if skipped:
            self.log.append(Note(key="engine.unlearnable_rows", details={"count": skipped}))
