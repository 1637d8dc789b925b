"""Killed again and again at moments of chance, a run ends as if nothing had happened."""

from __future__ import annotations

import random
import signal
import threading
from multiprocessing.context import ForkServerContext

import pytest
import torch

from studio.contract import Job, never
from studio.engine import train as training
from studio.engine.train import train
from studio.events import EventLog, Finished, Saved, Started
from tests.children import PATIENCE, warmed
from tests.engine.conftest import Jobs
from tests.engine.running import adapter, facts, losses

CHANGES = {"epochs": 10, "batch_size": 4, "evaluations": 4, "dropout": 0.1, "wordings": 0, "rehearsal": 0.0}


def learn(job: Job) -> None:
    torch.set_num_threads(1)
    training.SAVE_EVERY = 0.0  # a checkpoint after every step
    train(job, never)


@pytest.fixture(scope="module")
def ready() -> ForkServerContext:
    """Processes that have the libraries already."""
    return warmed()


def killed(job: Job, context: ForkServerContext, seconds: float) -> bool:
    """Whether a process that learns was killed so long after it had begun; else it was done before."""
    log = EventLog(job.run_dir / "events.jsonl")
    before = sum(isinstance(event, Started) for event in log.read())
    process = context.Process(target=learn, args=(job,), daemon=True)
    process.start()
    while process.is_alive() and sum(isinstance(event, Started) for event in log.read()) == before:
        threading.Event().wait(0.005)
    process.join(seconds)
    process.kill()
    process.join(PATIENCE)
    return process.exitcode == -signal.SIGKILL


def went_on(job: Job) -> bool:
    """Whether every process began where the last one had saved, or later."""
    saved = 0
    for event in EventLog(job.run_dir / "events.jsonl").read():
        if isinstance(event, Started) and event.step < saved:
            return False
        saved = max(saved, event.step) if isinstance(event, Saved) else saved
    return True


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("kills", [25, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(3600)])])
def test_a_run_that_is_killed_at_any_moment_loses_no_bit(jobs: Jobs, ready: ForkServerContext, kills: int) -> None:
    draw, whole = random.Random(kills), jobs.make("chat", "run-whole", **CHANGES)
    train(whole, never)
    done = runs = 0
    while done < kills:
        runs += 1
        job = jobs.make("chat", f"run-{runs:04d}", **CHANGES)
        while not facts(job, Finished):
            done += killed(job, ready, draw.uniform(0.0, 0.4))
            if done >= kills:
                train(job, never)
        assert went_on(job)
        assert losses(job) == losses(whole) and adapter(job) == adapter(whole)
