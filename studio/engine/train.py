"""The training loop: batches in, facts out, the best adapter kept, a committed checkpoint to go on from after anything.

Knows no thread, page or queue; whoever runs it owns the stop flag and reads the event log.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import Any

import torch

from studio.config import RunConfig
from studio.contract import Job
from studio.data.encode import Encoded, Encoder
from studio.engine import adapters, catalog, checkpoint, commit, device, load
from studio.engine.batches import collate, order, steps_per_epoch, within
from studio.engine.checkpoint import Best, Checkpoint, Place
from studio.engine.examine import Exam
from studio.engine.loss import loss_sum
from studio.engine.session import ADAPTER
from studio.errors import StudioError
from studio.events import EventLog, Finished, Note, Saved, Started, Step, Stopped

CHECKPOINTS = "checkpoints"
SAVE_EVERY = 15.0  # seconds of work that a crash may cost at most
MICRO_TOKENS = 16384  # padded tokens that go through the model at once; larger steps are added up from parts


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
    """What a checkpoint belongs to: settings, rows and the base model's name."""
    rows = [[example.text, example.target] for example in job.splits.train]
    facts = {"config": job.config.model_dump(), "rows": rows}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def learnable(job: Job, tokenizer: Any) -> list[Encoded]:
    """The training rows that have something to learn. Raises StudioError when there is none."""
    encoder = Encoder(tokenizer, job.config.task, job.splits.labels, job.config.max_length)
    rows = [row for example in job.splits.train if (row := encoder.encode(example)) is not None]
    if not rows:
        raise StudioError("engine.nothing_to_learn", rows=len(job.splits.train), max_length=job.config.max_length)
    return rows


@dataclass(frozen=True)
class Measured:
    """One optimizer step in numbers."""

    loss: float
    grad_norm: float
    tokens: int


class Trainer:
    """One run in memory."""

    def __init__(self, job: Job, log: EventLog) -> None:
        self.job, self.log, self.config = job, log, job.config
        words = load.tokenizer(job.model_dir)
        self.rows = learnable(job, words)
        self.saved = checkpoint.newest(job.run_dir / CHECKPOINTS, fingerprint(job))
        self.place = self.saved.place if self.saved else Place()
        precision = device.training_precision(self.place.precision or self.config.precision, device.device().type)
        base = load.base(job.model_dir, self.config.method, precision)
        self.base = adapters.attach(base, self.config)
        self.parameters = adapters.parameters(self.base)
        self.optimizer = torch.optim.AdamW(
            list(self.parameters.values()), weight_decay=self.config.weight_decay, fused=True
        )
        self.best: adapters.Weights = {}
        self.exam = Exam(job, self.base, self.rows)
        self.per_epoch = steps_per_epoch(len(self.rows), self.config.batch_size)
        self.total = self.per_epoch * self.config.epochs
        self.began = self.last_save = time.monotonic()
        if self.saved:
            self._restore(self.saved)
        else:
            self.place = replace(self.place, precision=base.precision)

    def run(self, stop: Flag) -> None:
        """Step, evaluate, save, until done, stopped, or without progress for `patience` evaluations."""
        self._report_start()
        self.base.model.train()
        self.began = time.monotonic() - self.place.seconds
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
            elif time.monotonic() - self.last_save > SAVE_EVERY:
                self._save()
        assert self.place.best is not None
        self.log.append(Finished(step=self.place.step, best_step=self.place.best.step), durable=True)

    def _advance(self) -> None:
        """One optimizer step and its fact."""
        start = time.monotonic()
        step = self.place.step + 1
        learning_rate = rate(self.config, step, self.total)
        measured = self._step(learning_rate)
        self._must_be_finite(step, measured.loss, measured.grad_norm)
        now = time.monotonic()
        self.place = replace(self.place, step=step, seconds=now - self.began)
        self.log.append(
            Step(
                step=step,
                epoch=step / self.per_epoch,
                loss=measured.loss,
                learning_rate=learning_rate,
                grad_norm=measured.grad_norm,
                tokens_per_second=measured.tokens / max(now - start, 1e-6),
                memory_gib=device.memory_gib(self.base.device),
                seconds=self.place.seconds,
            )
        )

    def _step(self, learning_rate: float) -> Measured:
        """Forward, backward, clip to norm 1, AdamW. Changes no weight when loss or gradient is not finite."""
        batch = self._batch()
        scored = sum(len(row.completion) for row in batch)
        losses = []
        for part in within(batch, MICRO_TOKENS):
            loss = loss_sum(self.base.model, collate(part, self.base.end_ids[0]).to(self.base.device)) / scored
            loss.backward()
            losses.append(loss.detach())
        norm = torch.nn.utils.clip_grad_norm_(self.parameters.values(), 1.0)
        total, size = torch.stack([torch.stack(losses).sum(), norm]).tolist()  # one wait for the device, not two
        if math.isfinite(total) and math.isfinite(size):
            for group in self.optimizer.param_groups:
                group["lr"] = learning_rate
            self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return Measured(total, size, sum(map(len, batch)))

    def _batch(self) -> list[Encoded]:
        epoch, at = divmod(self.place.step, self.per_epoch)
        return [self.rows[row] for row in self._order(epoch)[at]]

    def _order(self, epoch: int) -> list[list[int]]:
        if self._epoch != epoch:
            self._epoch = epoch
            self._batches = order([len(row) for row in self.rows], self.config.batch_size, self.config.seed, epoch)
        return self._batches

    _epoch = -1
    _batches: list[list[int]] = []

    def _examine(self) -> None:
        """Evaluates, keeps the adapter if it is the best so far, and commits a checkpoint."""
        step = self.place.step
        found = self.exam.sit(step, step / self.per_epoch)
        self._must_be_finite(step, found.loss)
        score = Best(step, found.correct, found.loss)
        better = score.beats(self.place.best)
        seconds = time.monotonic() - self.began
        if better:
            self.best = adapters.weights(self.base)
            self.place = replace(self.place, best=score, stale=0, seconds=seconds)
        else:
            self.place = replace(self.place, stale=self.place.stale + 1, seconds=seconds)
        self.log.append(found)
        self._save()
        if better:
            self._keep(self.best, step)

    def _must_be_finite(self, step: int, *numbers: float) -> None:
        if not all(map(math.isfinite, numbers)):
            raise StudioError("engine.diverged", step=step, learning_rate=f"{self.config.learning_rate:g}")

    def _stale(self) -> bool:
        return 0 < self.config.patience <= self.place.stale

    def _stop(self) -> None:
        """Commits where the run stands. Without an evaluation yet, what was learned so far is what is kept."""
        step = self.place.step
        best = self.place.best.step if self.place.best else step
        if step:
            self._save()
            if not self.place.best:
                self._keep(adapters.weights(self.base), step)
        self.log.append(Stopped(step=step, best_step=best), durable=True)

    def _keep(self, weights: adapters.Weights, step: int) -> None:
        adapters.save(self.base, weights, self.job.run_dir / ADAPTER, step)

    def _save(self) -> None:
        """Commits a checkpoint. Raises StudioError when the disk is full."""
        best = self.place.best
        state = self.optimizer.state
        saved = Checkpoint(
            place=self.place,
            adapter=adapters.weights(self.base),
            optimizer={
                f"{name}.{key}": value.detach().cpu().contiguous()
                for name, weight in self.parameters.items()
                for key, value in state[weight].items()
            },
            random=torch.get_rng_state(),
            best=self.best if best and best.step != self.place.step else {},
        )
        checkpoint.save(self.job.run_dir / CHECKPOINTS, saved, fingerprint(self.job))
        self.last_save = time.monotonic()
        self.log.append(Saved(step=self.place.step))

    def _restore(self, saved: Checkpoint) -> None:
        """Takes up a checkpoint: weights, optimizer, random numbers, and the best adapter where a crash lost it."""
        adapters.put(self.base, saved.adapter)
        for name, weight in self.parameters.items():
            moments = {
                key: saved.optimizer[f"{name}.{key}"].to(weight.device)
                for key in ("step", "exp_avg", "exp_avg_sq")
            }
            self.optimizer.state[weight] = moments
        torch.set_rng_state(saved.random)
        if saved.place.best:
            self.best = saved.best_adapter
            if adapters.saved_step(self.job.run_dir / ADAPTER) != saved.place.best.step:
                self._keep(self.best, saved.place.best.step)

    def _report_start(self) -> None:
        learning = sum(weight.numel() for weight in self.parameters.values())
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
        skipped = len(self.job.splits.train) - len(self.rows)
        if skipped:
            self.log.append(Note(key="engine.unlearnable_rows", details={"count": skipped}))
