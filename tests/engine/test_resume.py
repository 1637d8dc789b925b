"""A run that was stopped, killed or damaged goes on exactly where it was."""

from __future__ import annotations

import signal
import time
from dataclasses import replace
from typing import Any

import pytest
import torch

from studio import commit
from studio.contract import Job, never
from studio.engine import train as training
from studio.engine.train import train
from studio.events import EventLog, Finished, Saved, Started, Step, Stopped
from tests.children import PATIENCE, warmed
from tests.engine.conftest import Jobs
from tests.engine.running import After, adapter, facts, losses

pytestmark = pytest.mark.usefixtures("patient")


@pytest.mark.parametrize(
    ("looks", "changes"),
    [
        (1, {"batch_size": 3}), (4, {}), (5, {}), (8, {}),
        (3, {"dropout": 0.1}), (7, {"method": "qlora"}), (6, {"precision": "bf16"}),
        (5, {"rehearsal": 1.0, "dropout": 0.1}), (2, {"embedding_noise": 1.0}),
    ],
    ids=str,
)  # fmt: skip
def test_a_stopped_and_resumed_run_equals_an_uninterrupted_one(jobs: Jobs, looks: int, changes: dict[str, Any]) -> None:
    whole, parts = (jobs.make("chat", name, epochs=9, evaluations=2, **changes) for name in ("run-a", "run-b"))
    train(whole, never)
    train(parts, After(looks + 1))
    (stopped,) = facts(parts, Stopped)
    assert stopped.step == looks
    train(parts, never)
    assert [started.step for started in facts(parts, Started)] == [0, looks]
    assert losses(parts) == losses(whole)
    assert adapter(parts) == adapter(whole)
    assert facts(parts, Finished)[0].best_step == facts(whole, Finished)[0].best_step


def _train_saving_every_step(job: Job) -> None:
    torch.set_num_threads(1)
    training.SAVE_EVERY = 0.0  # a checkpoint after every step
    train(job, never)


def _saves(log: EventLog) -> int:
    return sum(isinstance(event, Saved) for event in log.read())


def test_a_killed_run_goes_on_and_ends_as_if_nothing_had_happened(jobs: Jobs) -> None:
    """SIGKILL in the middle, soon after a new checkpoint."""
    changes = {"epochs": 20, "batch_size": 4, "evaluations": 4, "dropout": 0.1}
    whole = jobs.make("chat", "run-whole", **changes)
    train(whole, never)
    job = jobs.make("chat", "run-killed", **changes)
    log = EventLog(job.run_dir / "events.jsonl")
    process = warmed().Process(target=_train_saving_every_step, args=(job,))
    process.start()
    deadline = time.monotonic() + 120
    while _saves(log) < 7 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL, "it ended before it could be killed"
    train(job, never)
    assert [started.step > 0 for started in facts(job, Started)] == [False, True]
    assert losses(job) == losses(whole)
    assert adapter(job) == adapter(whole)


def test_a_damaged_checkpoint_costs_only_the_steps_since_the_one_before(jobs: Jobs) -> None:
    whole, job = jobs.make("chat", "run-whole", epochs=8), jobs.make("chat", "run-a", epochs=8)
    train(whole, never)
    train(job, After(7))  # checkpoints at the evaluation after 4, and at 6
    newest = sorted((job.run_dir / "checkpoints").iterdir())[-1]
    (newest / "optimizer.safetensors").write_bytes(b"\0" * 1000)
    train(job, never)
    assert [started.step for started in facts(job, Started)] == [0, 4]
    assert losses(job) == losses(whole)
    assert adapter(job) == adapter(whole)


def test_an_adapter_lost_in_a_crash_comes_back_from_the_checkpoint(jobs: Jobs) -> None:
    job = jobs.make("chat", epochs=8, evaluations=4)
    train(job, After(6))
    kept = adapter(job)
    (job.run_dir / "adapter" / "adapter_model.safetensors").unlink()
    train(job, After(0))
    assert adapter(job) == kept


def test_a_finished_run_that_is_started_again_is_still_finished(jobs: Jobs) -> None:
    job = jobs.make("chat")
    train(job, never)
    kept = adapter(job)
    train(job, never)
    assert len(facts(job, Step)) == 4
    assert len(facts(job, Finished)) == 2 and adapter(job) == kept


def test_a_stop_before_the_first_step_ends_at_once_and_keeps_nothing(jobs: Jobs) -> None:
    job = jobs.make("chat")
    train(job, lambda: True)
    assert facts(job, Stopped) == [replace(facts(job, Stopped)[0], step=0, best_step=0)]
    assert not facts(job, Step) and not (job.run_dir / "adapter").exists()
    train(job, never)
    assert facts(job, Finished)


def test_what_was_learned_until_a_stop_is_kept(jobs: Jobs) -> None:
    job = jobs.make("chat", epochs=20, evaluations=1)
    train(job, After(4))
    assert facts(job, Stopped)[0].best_step == 3
    assert commit.whole(job.run_dir / "adapter")
