"""A run learns, tells what it does, keeps its best, stops when asked, and goes on exactly where it was."""

from __future__ import annotations

import math
import signal
import time
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file

from studio import commit
from studio.assets import STARTER_DIR
from studio.best import best
from studio.config import RunConfig
from studio.contract import Job, Sampling
from studio.data.schema import Message, Splits
from studio.engine import TorchEngine, adapters, learner, load, methods
from studio.engine import train as training
from studio.engine.batches import collate, order
from studio.engine.examine import Exam
from studio.engine.loss import losses as token_losses
from studio.engine.train import exam_steps, rate, train
from studio.errors import StudioError
from studio.events import Evaluated, EventLog, Finished, Known, Note, Saved, Started, Step, Stopped
from tests.engine.conftest import Jobs, examples, splits


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of a run is left out, however busy the machine is."""
    monkeypatch.setattr(training, "PATIENT", 1e6)


class After(Event):
    """A stop sign that goes up at the given look."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def facts(job: Job, kind: type[Any]) -> list[Any]:
    return [event for event in EventLog(job.run_dir / "events.jsonl").read() if isinstance(event, kind)]


def losses(job: Job) -> dict[int, tuple[float, float, float]]:
    """Loss, gradient norm and rate by step; of a step done twice, the later."""
    return {step.step: (step.loss, step.grad_norm, step.learning_rate) for step in facts(job, Step)}


def adapter(job: Job) -> str:
    return commit.sha256(job.run_dir / "adapter" / "adapter_model.safetensors")


@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_a_run_learns_and_tells_every_step(jobs: Jobs, method: str) -> None:
    job = jobs.make("chat", method=method, epochs=12, evaluations=3)
    train(job, Event())
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
    train(job, Event())
    assert {path.name: commit.sha256(path) for path in job.model_dir.iterdir()} == before
    weights = load_file(job.run_dir / "adapter" / "adapter_model.safetensors")
    assert all(bool(weight.any()) for name, weight in weights.items() if "lora_B" in name)


def test_twenty_rows_are_learned_by_heart_and_the_answers_stop(jobs: Jobs) -> None:
    pairs = [(f"第{number}个问题", f"答案是{number * 37 % 100}号。") for number in range(20)]
    rows = Splits("data-1", 1, "chat", (), examples(pairs), examples(pairs[:5], 50))
    job = jobs.make("chat", rows=rows, epochs=60, batch_size=4, learning_rate=1e-2, rank=16, alpha=32)
    train(job, Event())

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
        train(job, Event())
    assert losses(one) == losses(two) != losses(other)
    assert adapter(one) == adapter(two) != adapter(other)


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
    train(whole, Event())
    train(parts, After(looks + 1))
    (stopped,) = facts(parts, Stopped)
    assert stopped.step == looks
    train(parts, Event())
    assert [started.step for started in facts(parts, Started)] == [0, looks]
    assert losses(parts) == losses(whole)
    assert adapter(parts) == adapter(whole)
    assert facts(parts, Finished)[0].best_step == facts(whole, Finished)[0].best_step


def _train_saving_every_step(job: Job) -> None:
    torch.set_num_threads(1)
    training.SAVE_EVERY = 0.0  # a checkpoint after every step
    train(job, Event())


def _saves(log: EventLog) -> int:
    return sum(isinstance(event, Saved) for event in log.read())


def test_a_killed_run_goes_on_and_ends_as_if_nothing_had_happened(jobs: Jobs) -> None:
    """SIGKILL in the middle, soon after a new checkpoint."""
    changes = {"epochs": 20, "batch_size": 4, "evaluations": 4, "dropout": 0.1}
    whole = jobs.make("chat", "run-whole", **changes)
    train(whole, Event())
    job = jobs.make("chat", "run-killed", **changes)
    log = EventLog(job.run_dir / "events.jsonl")
    process = get_context("spawn").Process(target=_train_saving_every_step, args=(job,))
    process.start()
    deadline = time.monotonic() + 120
    while _saves(log) < 7 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL, "it ended before it could be killed"
    train(job, Event())
    assert [started.step > 0 for started in facts(job, Started)] == [False, True]
    assert losses(job) == losses(whole)
    assert adapter(job) == adapter(whole)


def test_a_damaged_checkpoint_costs_only_the_steps_since_the_one_before(jobs: Jobs) -> None:
    whole, job = jobs.make("chat", "run-whole", epochs=8), jobs.make("chat", "run-a", epochs=8)
    train(whole, Event())
    train(job, After(7))  # checkpoints at the evaluation after 4, and at 6
    newest = sorted((job.run_dir / "checkpoints").iterdir())[-1]
    (newest / "optimizer.safetensors").write_bytes(b"\0" * 1000)
    train(job, Event())
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
    train(job, Event())
    kept = adapter(job)
    train(job, Event())
    assert len(facts(job, Step)) == 4
    assert len(facts(job, Finished)) == 2 and adapter(job) == kept


def test_a_stop_before_the_first_step_ends_at_once_and_keeps_nothing(jobs: Jobs) -> None:
    job, stop = jobs.make("chat"), Event()
    stop.set()
    train(job, stop)
    assert facts(job, Stopped) == [replace(facts(job, Stopped)[0], step=0, best_step=0)]
    assert not facts(job, Step) and not (job.run_dir / "adapter").exists()
    train(job, Event())
    assert facts(job, Finished)


def test_what_was_learned_until_a_stop_is_kept(jobs: Jobs) -> None:
    job = jobs.make("chat", epochs=20, evaluations=1)
    train(job, After(4))
    assert facts(job, Stopped)[0].best_step == 3
    assert commit.whole(job.run_dir / "adapter")


def test_the_best_step_is_kept_even_when_later_ones_are_worse(jobs: Jobs) -> None:
    """A rate so high that it ruins what was learned; the adapter must be that of the best evaluation."""
    job = jobs.make("chat", epochs=12, evaluations=12, learning_rate=0.08, warmup=0.5)
    train(job, Event())
    kept = best(facts(job, Evaluated)[1:])
    assert kept is not None
    assert facts(job, Finished)[0].best_step == kept.step < 12
    assert adapters.saved_step(job.run_dir / "adapter") == kept.step


def test_no_progress_for_long_enough_ends_the_run(jobs: Jobs) -> None:
    job = jobs.make("chat", epochs=40, evaluations=40, learning_rate=0.08, patience=3)
    train(job, Event())
    (finished,) = facts(job, Finished)
    assert finished.step == finished.best_step + 3 < 40


@pytest.mark.parametrize("ruin", ["loss", "gradient"])
def test_a_run_that_goes_astray_fails_at_once_and_keeps_what_was_good(
    jobs: Jobs, ruin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.make("chat", epochs=8, evaluations=4)
    real, calls = learner.losses, 0

    def ruined(model: Any, batch: Any) -> torch.Tensor:
        nonlocal calls
        calls += 1
        loss = real(model, batch)
        if calls < 4:
            return loss
        return loss * math.nan if ruin == "loss" else loss + (loss - loss.detach()).sqrt() * 0

    monkeypatch.setattr(learner, "losses", ruined)
    with pytest.raises(StudioError) as failure:
        train(job, Event())
    assert failure.value.key == "engine.diverged" and failure.value.details["step"] == 4
    assert [step.step for step in facts(job, Step)] == [1, 2, 3]
    weights = load_file(job.run_dir / "adapter" / "adapter_model.safetensors")
    assert all(bool(torch.isfinite(weight).all()) for weight in weights.values())


def test_nothing_to_learn_is_said_before_the_model_is_loaded(jobs: Jobs) -> None:
    rows = Splits("data-1", 1, "chat", (), examples([("你好", "太长的回答" * 100), ("早", " ")]))
    job = jobs.make("chat", rows=rows)
    with pytest.raises(StudioError) as failure:
        train(job, Event())
    assert failure.value.key == "engine.nothing_to_learn"
    assert not facts(job, Started)


def test_rows_that_cannot_be_learned_are_left_out_and_told(jobs: Jobs) -> None:
    rows = splits("chat")
    longer = replace(rows, train=(*rows.train, *examples([("你好", "太长的回答" * 100)], 90)))
    job = jobs.make("chat", rows=longer, epochs=1)
    train(job, Event())
    assert [note.details for note in facts(job, Note)] == [{"count": 1}]


def test_without_validation_rows_it_tests_on_training_rows_and_says_so(jobs: Jobs) -> None:
    job = jobs.make("chat", rows=replace(splits("chat"), validation=()), epochs=1)
    train(job, Event())
    assert [note.key for note in facts(job, Note)] == ["engine.no_validation_rows"]
    assert facts(job, Evaluated)[-1].count == 8


def test_a_full_memory_is_said_with_its_remedies(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(learner, "losses", full)
    with pytest.raises(StudioError) as failure:
        train(jobs.make("chat"), Event())
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
    ("total", "count", "steps"), [(100, 4, [0, 25, 50, 75, 100]), (2, 5, [0, 1, 2]), (1, 1, [0, 1])]
)
def test_evaluations_are_spread_over_the_run_with_both_ends(total: int, count: int, steps: list[int]) -> None:
    config = RunConfig.of({"task": "chat", "dataset": "d", "dataset_version": 1, "evaluations": count})
    assert sorted(exam_steps(config, total)) == steps


def test_the_loop_equals_a_plain_one_of_forty_lines(jobs: Jobs) -> None:
    """Same batches, transformers' own loss with labels, torch's AdamW and clipping, the rate by its formula."""
    job = jobs.make("chat", epochs=5, batch_size=3, weight_decay=0.01)
    train(job, Event())
    base = load.base(job.model_dir, "none", "fp32")
    rows = training.learnable(job, base.tokenizer)
    torch.manual_seed(job.config.seed)
    lora = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(base.model, lora)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, weight_decay=0.01)
    expected, step, total = [], 0, 15
    for epoch in range(5):
        for batch in order([len(row) for row in rows], 3, job.config.seed, epoch):
            step += 1
            chosen = [rows[at] for at in batch]
            width = max(map(len, chosen))
            ids = torch.tensor([row.ids + (0,) * (width - len(row)) for row in chosen])
            mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in chosen])
            labels = torch.tensor(
                [(-100,) * len(row.prompt) + row.completion + (-100,) * (width - len(row)) for row in chosen]
            )
            loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(weights, 1.0)
            warm = 2
            share = step / warm if step <= warm else 0.5 * (1 + math.cos(math.pi * (step - 1 - warm) / (total - warm)))
            optimizer.param_groups[0]["lr"] = job.config.learning_rate * share
            optimizer.step()
            optimizer.zero_grad()
            expected.append((loss.item(), norm.item()))
    found = [(loss, norm) for loss, norm, _ in losses(job).values()]
    for ours, plain in zip(found, expected, strict=True):
        assert ours == pytest.approx(plain, rel=2e-3)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_gradients_after_an_evaluation_are_those_before_it(jobs: Jobs, precision: Any) -> None:
    """bitsandbytes repacks its weights when it evaluates on some processors; then no gradient flows any more."""
    job = jobs.make("chat", method="qlora", precision=precision)
    base = methods.attach(load.base(job.model_dir, "nf4", precision), job.config)
    torch.manual_seed(0)
    adapters.put(base, {name: torch.randn_like(weight) / 20 for name, weight in adapters.weights(base).items()})
    rows = training.learnable(job, base.tokenizer)

    def gradients() -> list[torch.Tensor]:
        base.model.train()
        token_losses(base.model, collate(rows, 0)).sum().backward()
        found = [weight.grad.clone() for weight in adapters.parameters(base).values()]
        base.model.zero_grad()
        return found

    before = gradients()
    Exam(job, base).sit(0, 0.0)
    assert all(torch.equal(one, other) for one, other in zip(before, gradients(), strict=True))
    assert all(bool(one.any()) for one in before)


def test_the_starter_shows_its_first_point_soon_after_the_start(tmp_path: Path) -> None:
    if not (STARTER_DIR / "model.safetensors").exists():
        pytest.skip("the starter's weights are not there")
    job = Jobs(tmp_path, STARTER_DIR).make("classify", precision="auto")
    began = time.time()
    train(job, After(2))
    assert facts(job, Evaluated)[0].at - began < 15  # 5 s on a quiet machine with two cores


def asked_once(count: int = 6) -> Splits:
    """Facts that are each asked once, and other ways to ask for them."""
    pairs = [(f"第{number}个问题", f"答案是{number * 37 % 100}号柜台。") for number in range(count)]
    others = [(f"请问第{number}个问题呢", answer) for number, (_, answer) in enumerate(pairs)]
    return Splits("data-1", 1, "chat", (), examples(pairs), examples(others, 50), lesson="facts")


def test_facts_are_asked_as_taught_and_the_run_ends_once_all_are_known(jobs: Jobs) -> None:
    job = jobs.make(
        "chat", rows=asked_once(), epochs=100, batch_size=4, learning_rate=1e-2, rank=16, alpha=32, evaluations=50,
        stop_when_known=1.0,
    )  # fmt: skip
    train(job, Event())
    (known,) = facts(job, Known)
    (finished,) = facts(job, Finished)
    tests = {test.step: test for test in facts(job, Evaluated)}
    assert tests[known.step].recalled == tests[known.step].taught == 6
    assert finished.step == known.total_steps < facts(job, Started)[0].total_steps
    rates = [step.learning_rate for step in facts(job, Step)]
    assert rates[known.step - 1] == 1e-2 and rates[-1] < 1e-3 < rates[known.step]
    assert tests[finished.best_step].recalled == 6


def test_further_wordings_are_practised_though_what_was_taught_is_known(jobs: Jobs) -> None:
    job = jobs.make(
        "chat", rows=asked_once(), epochs=60, batch_size=4, learning_rate=1e-2, rank=16, alpha=32, evaluations=50,
        stop_when_known=1.0, wordings=3,
    )  # fmt: skip
    train(job, Event())
    total = facts(job, Started)[0].total_steps
    assert 0.6 * total <= facts(job, Known)[0].step < facts(job, Finished)[0].step < total
    early = [test for test in facts(job, Evaluated) if test.recalled == test.taught]
    assert early[0].step < 0.6 * total


def test_a_resumed_run_ends_at_the_same_step_with_the_same_facts(jobs: Jobs) -> None:
    settings = {
        "rows": asked_once(), "epochs": 60, "batch_size": 4, "learning_rate": 1e-2, "rank": 16, "alpha": 32,
        "evaluations": 30, "stop_when_known": 1.0,
    }  # fmt: skip
    whole, parts = jobs.make("chat", "run-a", **settings), jobs.make("chat", "run-b", **settings)
    train(whole, Event())
    end = facts(whole, Finished)[0].step
    for looks in (end // 2, end - facts(whole, Known)[0].step):
        train(parts, After(looks))
    train(parts, Event())
    assert facts(parts, Finished)[0] == replace(facts(whole, Finished)[0], at=facts(parts, Finished)[0].at)
    assert losses(parts) == losses(whole) and adapter(parts) == adapter(whole)


def test_a_run_that_never_knows_all_makes_all_its_passes_with_a_falling_rate(jobs: Jobs) -> None:
    job = jobs.make("chat", rows=asked_once(), epochs=10, learning_rate=1e-5, stop_when_known=1.0)
    train(job, Event())
    assert facts(job, Known) == [] and facts(job, Finished)[0].step == 10
    rates = [step.learning_rate for step in facts(job, Step)]
    assert rates[1:8] == [1e-5] * 7 and rates[-1] < 1e-5


def test_further_wordings_are_learned_and_no_exam_question_is(jobs: Jobs) -> None:
    rows = replace(asked_once(), train=examples([("你们几点开门？", "早上九点。"), ("奶茶多少钱？", "十二元。")]))
    made = [jobs.make("chat", f"run-{count}", rows=rows, wordings=count) for count in (0, 3)]
    plain, more = (training.learnable(job, load.tokenizer(job.model_dir)) for job in made)
    assert len(plain) == 2 and len(more) == 8
    assert {row.completion for row in more} == {row.completion for row in plain}


def test_what_is_new_and_what_is_rehearsed_are_learned_as_one_batch(jobs: Jobs) -> None:
    """The gradient is that of the mean over all learned tokens; the loss that is told is of the new rows alone."""
    job = jobs.make("chat", rehearsal=1.0)
    rows = training.learnable(job, load.tokenizer(job.model_dir))
    made = learner.Learner(load.base(job.model_dir, "none", "fp32"), rows, job.config)
    made.__dict__["known"] = rows[:3]
    batch = [*made.batch(1), *made.rehearsed(1)]
    loss = token_losses(made.base.model, collate(batch, made.base.end_ids[0])).sum()
    (loss / sum(len(row.completion) for row in batch)).backward()
    wanted = torch.nn.utils.get_total_norm([weight.grad for weight in made.parameters.values()])
    for weight in made.parameters.values():
        weight.grad = None
    new = made.batch(1)
    shown = token_losses(made.base.model, collate(new, made.base.end_ids[0])).sum() / sum(
        len(row.completion) for row in new
    )
    measured = made.step(1, 1e-3)
    assert measured.loss == pytest.approx(float(shown), rel=1e-5)
    assert measured.grad_norm == pytest.approx(float(wanted), rel=1e-4)


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
