"""Our loss is transformers' loss, for every architecture that is offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from studio.engine.batches import collate, within
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.loss import losses
from tests.engine.architectures import CAUSAL, tiny

ROWS = [
    Encoded(1, tuple(range(10, 15)), (20, 21, 2), "a"),
    Encoded(2, tuple(range(30, 43)), (50, 2), "b"),
    Encoded(3, (60,), (70, 71, 72, 73, 2), "c"),
]


def base_of(model: Any) -> Base:
    return Base(model, None, Path(), "fp32")


def plain_loss(model: torch.nn.Module) -> torch.Tensor:
    """What transformers computes from a padded batch with a mask and labels of -100, times the learned tokens."""
    width = max(map(len, ROWS))
    ids = torch.tensor([row.ids + (0,) * (width - len(row)) for row in ROWS])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in ROWS])
    labels = torch.tensor([
        (-100,) * len(row.prompt) + row.completion + (-100,) * (width - len(row)) for row in ROWS
    ])  # fmt: skip
    return model(input_ids=ids, attention_mask=mask, labels=labels).loss * sum(len(row.completion) for row in ROWS)


@pytest.mark.parametrize("kind", CAUSAL)
def test_loss_and_gradients_equal_those_of_transformers(kind: str) -> None:
    model = tiny(kind)
    expected = plain_loss(model)
    expected.backward()
    gradients = {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}
    model.zero_grad()

    found = losses(base_of(model), collate(ROWS, pad=0)).sum()
    found.backward()

    assert found.item() == pytest.approx(expected.item(), rel=1e-5)
    for name, weight in model.named_parameters():
        if name in gradients:
            torch.testing.assert_close(weight.grad, gradients[name], rtol=1e-3, atol=2e-5, msg=name)


def test_a_batch_in_parts_gives_the_same_gradients_as_whole() -> None:
    model = tiny("qwen3")
    losses(base_of(model), collate(ROWS, pad=0)).sum().backward()
    whole = {name: weight.grad.clone() for name, weight in model.named_parameters()}
    model.zero_grad()

    parts = list(within(ROWS, budget=16))
    for part in parts:
        losses(base_of(model), collate(part, pad=0)).sum().backward()

    assert len(parts) > 1
    for name, weight in model.named_parameters():
        torch.testing.assert_close(weight.grad, whole[name], rtol=1e-4, atol=1e-6, msg=name)
