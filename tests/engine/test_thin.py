"""What a LoRA adds while it learns in bf16: peft's own numbers, as far as bf16 has them."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from studio.engine import load
from studio.engine.methods import lora, thin
from studio.engine.methods.by_peft import NAME
from tests.engine.conftest import Jobs


class Model(torch.nn.Module):
    """One linear layer in bf16."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.linear = torch.nn.Linear(16, 24, bias=False, dtype=torch.bfloat16)


def layer(dropout: float = 0.0) -> Any:
    """The layer with an adapter of rank 4 that is not zero, as peft makes it."""
    from peft import LoraConfig, inject_adapter_in_model

    config = LoraConfig(r=4, lora_alpha=8, lora_dropout=dropout, target_modules=["linear"])
    model: Any = inject_adapter_in_model(config, Model())
    torch.nn.init.normal_(model.linear.lora_B[NAME].weight)
    return model.linear


def learned(made: Any) -> list[torch.Tensor]:
    """What it makes of two rows of five tokens, and the gradients of A, B and the rows."""
    rows = torch.randn(2, 5, 16, generator=torch.Generator().manual_seed(1)).bfloat16().requires_grad_()
    aims = torch.randn(2, 5, 24, generator=torch.Generator().manual_seed(2))
    torch.manual_seed(5)
    found = made(rows)
    (found.float() * aims).sum().backward()
    grads = [made.lora_A[NAME].weight.grad, made.lora_B[NAME].weight.grad, rows.grad]
    assert all(grad is not None for grad in grads)
    return [found.detach(), *grads]


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_result_and_gradients_are_peft_s_own(dropout: float) -> None:
    plain = layer(dropout).float()
    plain.base_layer.bfloat16()
    hurried = copy.deepcopy(plain)
    thin.prepare(hurried, NAME)
    for found, wanted in zip(learned(hurried), learned(plain), strict=True):
        assert found.dtype == wanted.dtype
        assert float((found - wanted).float().norm()) < 0.02 * float(wanted.float().norm())


def test_nothing_is_added_otherwise_than_before_while_nothing_is_learned() -> None:
    plain = layer().float()
    plain.base_layer.bfloat16()
    hurried = copy.deepcopy(plain)
    thin.prepare(hurried, NAME)
    rows = torch.randn(2, 5, 16, generator=torch.Generator().manual_seed(1)).bfloat16()
    with torch.inference_mode():
        assert torch.equal(hurried(rows), plain(rows))


@pytest.mark.parametrize(
    ("changes", "hurried"),
    [({"precision": "bf16"}, True), ({"precision": "fp32"}, False), ({"dora": True}, False)],
    ids=str,
)
def test_a_run_in_bf16_learns_in_this_way_and_no_other_does(changes: dict[str, Any], hurried: bool, jobs: Jobs) -> None:
    job = jobs.make("chat", "run-thin", **{"precision": "bf16", **changes})
    made = lora.attach(load.base(job.model_dir, "none", job.config.precision), job.config)  # type: ignore[arg-type]
    kinds = {type(one.lora_variant.get(NAME)) for one in lora._layers(made).values()}
    assert (kinds == {thin.Thin}) is hurried
