"""A run learns, tells what it does, keeps its best, and ends when no more is to be had or nothing good comes of it."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from studio import commit
from studio.assets import STARTER_DIR
from studio.best import best
from studio.config import RunConfig
from studio.contract import Sampling, never
from studio.data.schema import Message, Splits
from studio.engine import TorchEngine, adapters, loss
from studio.engine import train as training
from studio.engine.ending import exam_steps
from studio.engine.train import rate, train
from studio.errors import StudioError
from studio.events import Evaluated, EventLog, Finished, Note, Saved, Started, Step
from tests.engine.conftest import Jobs, examples, splits
from tests.engine.running import After, adapter, facts, losses

pytestmark = pytest.mark.usefixtures("patient")


@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_a_run_learns_and_tells_every_step(jobs: Jobs, method: str) -> None:
    job = jobs.make("chat", method=method, epochs=12, evaluations=3)
    train(job, never)
    (started,) = facts(job, Started)
    assert (started.step, started.total_steps) == (0, 12)
    assert [step.step for step in facts(job, Step)] == list(range(1, 13))
    assert [found.step for found in facts(job, Evaluated)] == [0, 4, 8, 12]
    assert facts(job, Evaluated)[-1].loss < facts(job, Evaluated)[0].loss / 2
    (finished,) = facts(job, Finished)
    assert finished.step == 12
    assert commit.whole(job.run_dir / "adapter")
    assert facts(job, Saved)[-1].step == 12


def test_the_base_model_is_untouched_and_the_adapter_changed(jobs: Jobs) -> None:
    job = jobs.make("chat")
    before = {path.name: commit.sha256(path) for path in job.model_dir.iterdir()}
    train(job, never)
    assert {path.name: commit.sha256(path) for path in job.model_dir.iterdir()} == before
    weights = load_file(job.run_dir / "adapter" / "adapter_model.safetensors")
    assert all(bool(weight.any()) for name, weight in weights.items() if "lora_B" in name)


def test_twenty_rows_are_learned_by_heart_and_the_answers_stop(jobs: Jobs) -> None:
    pairs = [(f"第{number}个问题", f"答案是{number * 37 % 100}号。") for number in range(20)]
    rows = Splits("data-1", 1, "chat", (), examples(pairs), examples(pairs[:5], 50))
    job = jobs.make("chat", rows=rows, epochs=60, batch_size=4, learning_rate=1e-2, rank=16, alpha=32)
    train(job, never)

    session = TorchEngine().open(job)
    conversations = [[Message("user", text)] for text, _ in pairs]
    answers = session.reply(conversations, True, Sampling(max_new_tokens=60))
    assert sum(answer == target for answer, (_, target) in zip(answers, pairs, strict=True)) >= 19
    untaught = session.reply(conversations, False, Sampling(max_new_tokens=60))
    assert sum(answer == target for answer, (_, target) in zip(untaught, pairs, strict=True)) == 0


def test_the_same_job_gives_the_same_run(jobs: Jobs) -> None:
    one, two = (jobs.make("chat", name, seed=1) for name in ("run-a", "run-b"))
    other = jobs.make("chat", "run-c", seed=2)
    for job in (one, two, other):
        train(job, never)
    assert losses(one) == losses(two) != losses(other)
    assert adapter(one) == adapter(two) != adapter(other)


def test_the_best_step_is_kept_even_when_later_ones_are_worse(jobs: Jobs) -> None:
    """A rate so high that it ruins what was learned; the adapter must be that of the best evaluation."""
    job = jobs.make("chat", epochs=12, evaluations=12, learning_rate=0.08, warmup=0.5)
    train(job, never)
    kept = best(facts(job, Evaluated)[1:])
    assert kept is not None
    assert facts(job, Finished)[0].best_step == kept.step < 12
    assert adapters.saved_step(job.run_dir / "adapter") == kept.step


def test_no_progress_for_long_enough_ends_the_run(jobs: Jobs) -> None:
    job = jobs.make("chat", epochs=40, evaluations=40, learning_rate=0.08, patience=3)
    train(job, never)
    (finished,) = facts(job, Finished)
    assert finished.step == finished.best_step + 3 < 40


@pytest.mark.parametrize("ruin", ["loss", "gradient"])
def test_a_run_that_goes_astray_fails_at_once_and_keeps_what_was_good(
    jobs: Jobs, ruin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.make("chat", epochs=8, evaluations=4)
    real, calls = loss.losses, 0

    def ruined(base: Any, batch: Any) -> torch.Tensor:
        nonlocal calls
        calls += 1
        found = real(base, batch)
        if calls < 4:
            return found
        return found * math.nan if ruin == "loss" else found + (found - found.detach()).sqrt() * 0

    monkeypatch.setattr(loss, "losses", ruined)
    with pytest.raises(StudioError) as failure:
        train(job, never)
    assert failure.value.key == "engine.diverged" and failure.value.details["step"] == 4
    assert [step.step for step in facts(job, Step)] == [1, 2, 3]
    weights = load_file(job.run_dir / "adapter" / "adapter_model.safetensors")
    assert all(bool(torch.isfinite(weight).all()) for weight in weights.values())


def test_nothing_to_learn_is_said_before_the_model_is_loaded(jobs: Jobs) -> None:
    rows = Splits("data-1", 1, "chat", (), examples([("你好", "太长的回答" * 100), ("早", " ")]))
    job = jobs.make("chat", rows=rows)
    with pytest.raises(StudioError) as failure:
        train(job, never)
    assert failure.value.key == "engine.nothing_to_learn"
    assert not facts(job, Started)


def test_rows_that_cannot_be_learned_are_left_out_and_told(jobs: Jobs) -> None:
    rows = splits("chat")
    longer = replace(rows, train=(*rows.train, *examples([("你好", "太长的回答" * 100)], 90)))
    job = jobs.make("chat", rows=longer, epochs=1)
    train(job, never)
    assert [note.details for note in facts(job, Note)] == [{"count": 1}]


def test_without_validation_rows_it_tests_on_training_rows_and_says_so(jobs: Jobs) -> None:
    job = jobs.make("chat", rows=replace(splits("chat"), validation=()), epochs=1)
    train(job, never)
    assert [note.key for note in facts(job, Note)] == ["engine.no_validation_rows"]
    assert facts(job, Evaluated)[-1].count == 8


def test_facts_that_no_other_words_ask_for_have_no_share_of_other_words(jobs: Jobs) -> None:
    job = jobs.make("chat", rows=replace(splits("chat"), validation=(), test=(), lesson="facts"), epochs=1)
    train(job, never)
    assert [note.key for note in facts(job, Note)] == ["engine.no_exam"]
    last = facts(job, Evaluated)[-1]
    assert (last.correct, last.count) == (0, 0) and last.taught > 0 and last.loss > 0


def test_a_full_memory_is_said_with_its_remedies(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(loss, "losses", full)
    with pytest.raises(StudioError) as failure:
        train(jobs.make("chat"), never)
    assert failure.value.key == "engine.memory_full"


def test_the_rate_rises_to_its_full_value_and_falls_towards_zero() -> None:
    config = RunConfig.of({"task": "chat", "dataset": "d", "dataset_version": 1, "learning_rate": 1e-3, "warmup": 0.1})
    rates = [rate(config, step, 100) for step in range(1, 101)]
    assert rates[:10] == pytest.approx([1e-4 * step for step in range(1, 11)])
    assert rates[10] == pytest.approx(1e-3)
    assert rates[10:] == sorted(rates[10:], reverse=True) and 0 < rates[-1] < 1e-5
    flat = config.with_changes({"warmup": 0.0})
    assert rate(flat, 1, 1) == pytest.approx(1e-3)


@pytest.mark.parametrize(
    ("schedule", "middle", "last"),
    [("cosine", 0.5, 0.0), ("linear", 0.5, 0.01), ("constant", 1.0, 1.0), ("wsd", 1.0, 0.01)],
)
def test_the_rate_falls_by_the_schedule(schedule: str, middle: float, last: float) -> None:
    config = RunConfig.of({"task": "chat", "dataset": "d", "dataset_version": 1, "warmup": 0.0, "schedule": schedule})
    found = [rate(config, step, 101) / config.learning_rate for step in range(1, 102)]
    assert found[0] == 1.0 and found == sorted(found, reverse=True)
    assert found[50] == pytest.approx(middle, abs=0.01) and found[-1] == pytest.approx(last, abs=0.01)


def test_the_rate_of_the_schedule_that_was_the_only_one_is_the_same_to_the_last_bit() -> None:
    config = RunConfig.of({"task": "chat", "dataset": "d", "dataset_version": 1, "warmup": 0.1})
    for step in range(11, 101):
        assert rate(config, step, 100) == config.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - 11) / 90))
        held = config.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - 61) / 40))
        assert rate(config, step, 100, 60) == (config.learning_rate if step <= 60 else held)


@pytest.mark.parametrize(
    ("total", "count", "steps"), [(100, 4, [0, 25, 50, 75, 100]), (2, 5, [0, 1, 2]), (1, 1, [0, 1])]
)
def test_evaluations_are_spread_over_the_run_with_both_ends(total: int, count: int, steps: list[int]) -> None:
    config = RunConfig.of({"task": "chat", "dataset": "d", "dataset_version": 1, "evaluations": count})
    assert sorted(exam_steps(config, total)) == steps


def test_the_starter_shows_its_first_point_soon_after_the_start(tmp_path: Path) -> None:
    if not (STARTER_DIR / "model.safetensors").exists():
        pytest.skip("the starter's weights are not there")
    job = Jobs(tmp_path, STARTER_DIR).make("classify", precision="auto")
    began = time.time()
    train(job, After(2))
    assert facts(job, Evaluated)[0].at - began < 15  # 5 s on a quiet machine with two cores


def test_tests_that_take_too_much_time_are_left_out_but_never_the_last(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.make("chat", epochs=12, evaluations=12)
    trainer = training.Trainer(job, EventLog(job.run_dir / "events.jsonl"))
    monkeypatch.setattr(training, "PATIENT", 20.0)
    trainer.place = replace(trainer.place, step=4, examined=1000.0)
    assert not trainer._exam_is_due()
    trainer.place = replace(trainer.place, step=trainer.total)
    assert trainer._exam_is_due()
    trainer.place = replace(trainer.place, step=4, examined=1.0)
    assert trainer._exam_is_due()
