"""A step's loss and gradients are those of the plain way, whatever is done beside it."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model

from studio.contract import never
from studio.engine import adapters, learner, load, methods
from studio.engine import train as training
from studio.engine.batches import collate, order
from studio.engine.examine import Exam
from studio.engine.loss import losses as token_losses
from studio.engine.train import train
from tests.engine.conftest import Jobs
from tests.engine.running import losses

pytestmark = pytest.mark.usefixtures("patient")


def test_the_loop_equals_a_plain_one_of_forty_lines(jobs: Jobs) -> None:
    """Same batches, transformers' own loss with labels, torch's AdamW and clipping, the rate by its formula."""
    job = jobs.make("chat", epochs=5, batch_size=3, weight_decay=0.01)
    train(job, never)
    base = load.base(job.model_dir, "none", "fp32")
    rows = training.learnable(job)
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
    rows = training.learnable(job)

    def gradients() -> list[torch.Tensor]:
        base.model.train()
        token_losses(base, collate(rows, 0)).sum().backward()
        found = [weight.grad.clone() for weight in adapters.parameters(base).values()]
        base.model.zero_grad()
        return found

    before = gradients()
    Exam(job, base).sit(0, 0.0)
    assert all(torch.equal(one, other) for one, other in zip(before, gradients(), strict=True))
    assert all(bool(one.any()) for one in before)


def test_what_is_new_and_what_is_rehearsed_are_learned_as_one_batch(jobs: Jobs) -> None:
    """The gradient is that of the mean over all learned tokens; the loss that is told is of the new rows alone."""
    job = jobs.make("chat", rehearsal=1.0)
    rows = training.learnable(job)
    made = learner.Learner(load.base(job.model_dir, "none", "fp32"), rows, job.config)
    made.__dict__["known"] = rows[:3]
    batch = [*made.batch(1), *made.rehearsed(1)]
    loss = token_losses(made.base, collate(batch, made.base.end_ids[0])).sum()
    (loss / sum(len(row.completion) for row in batch)).backward()
    wanted = torch.nn.utils.get_total_norm([weight.grad for weight in made.parameters.values()])
    for weight in made.parameters.values():
        weight.grad = None
    new = made.batch(1)
    shown = token_losses(made.base, collate(new, made.base.end_ids[0])).sum() / sum(len(row.completion) for row in new)
    measured = made.step(1, 1e-3)
    assert measured.loss == pytest.approx(float(shown), rel=1e-5)
    assert measured.grad_norm == pytest.approx(float(wanted), rel=1e-4)
