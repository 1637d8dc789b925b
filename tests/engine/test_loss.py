"""Our loss is transformers' loss, for every architecture that is offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight

from studio.engine import load
from studio.engine.batches import collate, within
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.loss import Tokens, logits, losses, weights
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


def test_rare_answers_count_more_to_the_power_that_is_asked_and_as_much_in_all() -> None:
    rows = {(1,): 90, (2,): 9, (3,): 1}
    for weighed in (0.0, 0.5, 1.0):
        found = weights(rows, weighed)
        assert sum(found[answer] * count for answer, count in rows.items()) == pytest.approx(100)
        assert found[3,] / found[1,] == pytest.approx(90**weighed)
    balanced = compute_class_weight("balanced", classes=np.array([1, 2, 3]), y=[1] * 90 + [2] * 9 + [3])
    assert list(weights(rows, 1.0).values()) == pytest.approx(list(balanced))


def test_the_weighed_loss_is_torch_s_own_with_class_weights(model_dir: Path) -> None:
    base = load.base(model_dir, "none", "fp32")
    rows = [Encoded(number, (10 + number, 20), (label,), "") for number, label in enumerate((7, 7, 7, 8), 1)]
    plain, weighed = Tokens(base, 0.0), Tokens(base, 0.0, 1.0)
    for aim in (plain, weighed):
        assert aim.prepare(rows, Path(), "", lambda: False)
    each = torch.ones(base.model.config.vocab_size)
    each[7], each[8] = weighed.weights[7,], weighed.weights[8,]
    batch = base.head.collate(base, rows)
    wanted = torch.nn.functional.cross_entropy(logits(base, batch), batch.targets, weight=each, reduction="none")
    torch.testing.assert_close(weighed.losses(rows).losses, wanted)
    assert not torch.allclose(plain.losses(rows).losses, wanted)
