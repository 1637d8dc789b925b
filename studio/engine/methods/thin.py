"""What a LoRA adds to a layer's result while it learns in bf16: there and back as six products, with nothing between.

Knows no layer's name and no run. peft makes the same of numbers in fp32, with a copy of what is read and of what comes
out at every step, which takes as long again as the layer itself; half of that goes where both products stay in bf16,
as they do under torch's autocast. A and B are kept, and learn, in fp32.
"""

from __future__ import annotations

from typing import Any

import torch
from peft.tuners.lora.layer import LoraVariant


class Sum(torch.autograd.Function):
    """result + scaling · (x Aᵀ) Bᵀ, of x (n, in), result (n, out), A (rank, in) and B (out, rank)."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, result: torch.Tensor, *learned: Any) -> torch.Tensor:
        *sides, ctx.scaling = learned
        down, up = (side.to(x.dtype) for side in sides)
        between = x @ down.T
        ctx.save_for_backward(x, down, up, between)
        return torch.addmm(result, between, up.T, alpha=ctx.scaling)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (grad,), (x, down, up, between) = grads, ctx.saved_tensors
        back = grad @ up * ctx.scaling
        of_x = back @ down if ctx.needs_input_grad[0] else None
        return of_x, grad, (back.T @ x).float(), (grad.T @ between).float() * ctx.scaling, None


class Thin(LoraVariant):
    """How peft's layers are told to add in this way. While nothing is learned they add as they do without it."""

    @staticmethod
    def forward(module: Any, active_adapter: str, x: torch.Tensor, result: torch.Tensor, **_: Any) -> torch.Tensor:
        down, up = module.lora_A[active_adapter], module.lora_B[active_adapter]
        dropped, scaling = module.lora_dropout[active_adapter](x), module.scaling[active_adapter]
        if not torch.is_grad_enabled():
            added: torch.Tensor = up(down(dropped.to(down.weight.dtype))) * scaling
            return result + added
        width = result.shape[-1]
        flat = Sum.apply(dropped.flatten(0, -2), result.flatten(0, -2), down.weight, up.weight, scaling)
        made: torch.Tensor = flat.view(*result.shape[:-1], width)
        return made


def prepare(layer: Any, name: str) -> None:
    """Lets a layer of peft's learn in this way."""
    layer.lora_variant[name] = Thin()
    layer.cast_input_dtype_enabled = False
