"""What lies below what learns is computed once, and a run is the one that it would be without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio.contract import never
from studio.engine import drafts, generate, load
from studio.engine import trunk as trunks
from studio.engine.examine import Exam
from studio.engine.heads import first
from studio.engine.learner import Learner, Measured
from studio.engine.train import learnable, train
from studio.events import Evaluated, Started
from studio.tasks import Task
from tests.engine import encoders, pairs
from tests.engine.architectures import CAUSAL, SEQ2SEQ, SEQUENCE, tiny
from tests.engine.conftest import Jobs, make_tokenizer
from tests.engine.running import After, adapter, facts, losses

FREEZE = {"method": "freeze", "layers": 1, "epochs": 4, "batch_size": 3, "learning_rate": 1e-3}
CLASSIFIERS = [kind for kind in SEQUENCE if kind != "albert"]  # which is one layer again and again


@pytest.fixture(params=[*CAUSAL, *CLASSIFIERS, *SEQ2SEQ])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Jobs]:
    folder = tmp_path / "base"
    if request.param in SEQUENCE:
        encoders.save(folder, encoders.masked(request.param))
    elif request.param in SEQ2SEQ:
        pairs.save(folder, request.param)
    else:
        tiny(request.param).save_pretrained(folder)
        make_tokenizer().save_pretrained(folder)
    return request.param, Jobs(tmp_path, folder)


def learner(jobs: Jobs, kept: Path | None, task: Task = "chat", **changes: Any) -> Learner:
    job = jobs.make(task, max_length=60, **{**FREEZE, **changes})
    return Learner(load.base(job.model_dir, "none", "fp32", job.splits.labels), learnable(job), job.config, kept)


def gradients(of: Learner) -> list[torch.Tensor]:
    torch.manual_seed(2)
    part, places = of.batch(2), of._places(2)
    with of._skipped(of.trunk.of(places) if of.trunk else []):
        of.aim.losses(part).losses.sum().backward()
    found = [weight.grad.clone() for weight in of.parameters.values() if weight.grad is not None]
    for weight in of.parameters.values():
        weight.grad = None
    return found


def test_losses_and_gradients_are_those_of_the_plain_way(kind: tuple[str, Jobs], tmp_path: Path) -> None:
    name, jobs = kind
    task, more = ("classify", {}) if name in SEQUENCE else ("chat", {"rehearsal": 0.5})
    plain, quick = (learner(jobs, kept, task, **more) for kept in (None, tmp_path / "tokens"))
    assert quick.trunk is not None
    for one, other in zip(gradients(quick), gradients(plain), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
    for step in range(1, 4):
        one, other = (seeded(of, step) for of in (quick, plain))
        assert one.loss == pytest.approx(other.loss, rel=1e-4)
        assert one.grad_norm == pytest.approx(other.grad_norm, rel=1e-3)


def seeded(of: Learner, step: int) -> Measured:
    """A step whose layers that learn drop the same of the states at random."""
    torch.manual_seed(step)
    return of.step(step, 1e-3)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_head_alone_learns_from_what_all_layers_make_of_a_text(name: str, tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, encoders.save(tmp_path / "base", encoders.masked(name)))
    plain, quick = (learner(jobs, kept, "classify", layers=0) for kept in (None, tmp_path / "tokens"))
    assert quick.trunk is not None and quick.trunk.depth == 2
    for one, other in zip(gradients(quick), gradients(plain), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
    one, other = (seeded(of, 1) for of in (quick, plain))
    assert one.loss == pytest.approx(other.loss, rel=1e-4)


def test_a_test_on_the_way_says_what_it_would_have_said_of_all_blocks(kind: tuple[str, Jobs], tmp_path: Path) -> None:
    name, jobs = kind
    task: Task = "classify" if name in SEQUENCE else "chat"
    job = jobs.make(task, max_length=60, **FREEZE)
    base = load.base(job.model_dir, "none", "fp32", job.splits.labels)
    of = Learner(base, learnable(job), job.config, tmp_path / "tokens")
    exam = Exam(job, of.base, of.aim, of.rows)
    of.step(1, 1e-3)
    plain = exam.sit(1, 0.0)
    assert of.trunk is not None
    exam.hold(of.trunk)
    for stack in of.base.head.stacks(base.model)[:1]:  # whoever reads all blocks now would notice
        for block in stack[: of.trunk.depth]:
            block.register_forward_hook(lambda *_: pytest.fail("read once more"))
    if task == "chat":  # answers beyond what is expected are written by all blocks
        drafted = drafts.read(exam.base, [row for _, row in exam.rows], generate.TUNED)
        assert drafts.mean_loss([row for _, row in exam.rows], drafted) == pytest.approx(plain.loss, rel=1e-4)
        return
    held = exam.sit(1, 0.0)
    assert held.loss == pytest.approx(plain.loss, rel=1e-4)
    assert (held.correct, held.trained_correct) == (plain.correct, plain.trained_correct)


def test_states_that_take_too_much_memory_are_not_held(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    of = learner(jobs, tmp_path / "kept")
    assert of.trunk is not None and of.trunk.held(of.batch(1)) is not of.base
    monkeypatch.setattr(trunks, "MOST_HELD", 1000)
    assert of.trunk.held(of.batch(1)) is of.base


@pytest.mark.parametrize("name", first.KINDS)
def test_for_a_head_that_reads_the_first_token_no_other_is_kept(name: str, tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, encoders.save(tmp_path / "base", encoders.masked(name)))
    alone, beneath = (learner(jobs, tmp_path / "kept", "classify", layers=layers) for layers in (0, 1))
    assert alone.trunk is not None and alone.trunk.kept.shape == (len(alone.rows), 32)
    assert beneath.trunk is not None and beneath.trunk.kept.shape == (beneath.rows.asked.sum(), 32)


def test_the_states_are_kept_for_the_next_run_and_made_anew_when_they_are_damaged(jobs: Jobs, tmp_path: Path) -> None:
    first = learner(jobs, tmp_path / "kept")
    (folder,) = (tmp_path / "kept").iterdir()
    before, held = (folder / trunks.FILE).stat().st_mtime_ns, np.load(folder / trunks.FILE, allow_pickle=False)
    assert first.trunk is not None and held.shape == (first.rows.lengths.sum(), 64)
    learner(jobs, tmp_path / "kept", seed=7)
    assert (folder / trunks.FILE).stat().st_mtime_ns == before
    (folder / trunks.FILE).write_bytes(b"\0" * 99)
    learner(jobs, tmp_path / "kept")
    assert np.array_equal(np.load(folder / trunks.FILE, allow_pickle=False), held)


@pytest.mark.parametrize(
    "changes",
    [
        {"embedding_noise": 0.5}, {"epochs": 1}, {"train_head": True}, {"layers": 2},
        {"method": "lora", "layers": 2}, {"method": "full", "layers": 2},
    ],
    ids=str,
)  # fmt: skip
def test_where_the_states_would_change_none_are_kept(jobs: Jobs, tmp_path: Path, changes: dict[str, Any]) -> None:
    assert learner(jobs, tmp_path / "kept", **changes).trunk is None
    assert not (tmp_path / "kept").exists()


def test_a_full_disk_makes_the_run_plain(jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trunks, "MOST_OF_DISK", 0.0)
    assert learner(jobs, tmp_path / "kept").trunk is None


@pytest.mark.usefixtures("patient")
def test_a_run_above_a_trunk_goes_on_to_the_last_bit(jobs: Jobs) -> None:
    whole, parts = (jobs.make("chat", name, **{**FREEZE, "rehearsal": 0.5}) for name in ("run-a", "run-b"))
    train(whole, never)
    train(parts, After(6))
    train(parts, never)
    assert [started.step for started in facts(parts, Started)] == [0, 5]
    assert losses(parts) == losses(whole) and adapter(parts) == adapter(whole)
    assert list(parts.tokens.glob("trunk-*"))


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("layers", [0, 1])
def test_a_classifier_above_a_trunk_goes_on_to_the_last_bit(layers: int, tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, encoders.save(tmp_path / "base", encoders.masked("bert")))
    whole, parts = (jobs.make("classify", name, **{**FREEZE, "layers": layers}) for name in ("run-a", "run-b"))
    train(whole, never)
    train(parts, After(6))
    train(parts, never)
    assert len(facts(parts, Started)) == 2
    assert losses(parts) == losses(whole) and adapter(parts) == adapter(whole)
    assert [(one.step, one.loss) for one in facts(parts, Evaluated)] == [
        (one.step, one.loss) for one in facts(whole, Evaluated)
    ]
