"""LoRA: two thin matrices beside every linear layer, attached, told apart, folded into the weights.

Knows no data, no training loop and no file. arXiv 2106.09685; on all linear layers as QLoRA does, arXiv 2305.14314.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine import load
from studio.engine.load import Base
from studio.engine.rounding import half_step

NAME = "default"  # peft's name for the adapter
FLOAT_EPS = 2.0**-24  # half a unit in the last place of fp32, in which peft keeps and multiplies an adapter


def attach(base: Base, config: RunConfig) -> Base:
    """A fresh LoRA on all linear layers; until it is trained the model answers as before. Seeds torch."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(config.seed)
    lora = LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules="all-linear",
        task_type=base.head.task_type,
    )
    return replace(base, method=config.method, peft=get_peft_model(base.model, lora))


def trained(config: RunConfig, card: ModelCard) -> float:
    """About how many: each of the seven linear layers of a block gets rank x (in + out)."""
    return card.layers * config.rank * (4 * 2 * card.hidden + 3 * (card.hidden + card.inner))


def gated(base: Base, on: torch.Tensor) -> list[Any]:
    """What the adapter adds is multiplied by `on`, row by row.

    Switching the adapter off and on again instead would do it for every thread at once, and peft's own mixed batches,
    which sort the rows by adapter in every layer, take a third longer.
    """
    return [
        layer.lora_B[NAME].register_forward_hook(lambda _layer, _input, output: output * on)
        for layer in changed(base).values()
    ]


def is_learned(name: str) -> bool:
    return ".lora_" in name


def changed(tuned: Base) -> dict[str, Any]:
    """The layers with an adapter beside them, by the names that they have in the plain model."""
    from peft.tuners.lora import LoraLayer

    return {name: layer for name, layer in tuned.model.named_modules() if isinstance(layer, LoraLayer)}


def _own_weight(layer: Any) -> torch.Tensor:
    """What the adapter of a layer is beside: the layer's own weight (out, in), in 4 bits as the numbers they mean."""
    from peft.utils.integrations import dequantize_module_weight
    from transformers.pytorch_utils import Conv1D

    own = layer.get_base_layer()
    weight = dequantize_module_weight(own).detach()
    return weight.T if isinstance(own, Conv1D) else weight


def _is_turned(layer: Any) -> bool:
    """Whether the plain model keeps this layer's weight as (in, out), as GPT-2 does; in 4 bits it is (out, in)."""
    from bitsandbytes.nn import Linear4bit
    from transformers.pytorch_utils import Conv1D

    own = layer.get_base_layer()
    kind: Any = own.source_cls if isinstance(own, Linear4bit) else type(own)
    return issubclass(kind, Conv1D)


def merge(tuned: Base) -> Base:
    """The adapter folded into the weights: a plain transformers model. Takes `tuned`, which is changed.

    Each sum is made in double precision and rounded once. What was learned in 4 bits meets the numbers that these
    stand for, in the shapes of the plain model: merging into the original weights, or in 4 bits, ends twenty times
    further from what was trained.
    """
    four_bits = tuned.quantise != "none"
    whole = load.base(tuned.folder, "none", tuned.precision) if four_bits else replace(tuned, method="", peft=None)
    for name, layer in changed(tuned).items():
        delta = layer.get_delta_weight(NAME).detach().cpu().double()
        turned = _is_turned(layer)
        total = _own_weight(layer).cpu().double() + (delta.T if turned and not four_bits else delta)
        place = whole.model.get_submodule(name) if four_bits else layer.get_base_layer()
        with torch.no_grad():
            place.weight.copy_(total.T if turned else total)
    if not four_bits:
        tuned.peft.unload()
    return whole


def holds(layer: Any, found: torch.Tensor) -> bool:
    """Whether `found` is as near to W + scaling · B·A as its number format allows, in every place."""
    down, up = (part[NAME].weight.detach().cpu().double() for part in (layer.lora_A, layer.lora_B))
    scaling, rank = layer.scaling[NAME], down.shape[0]
    base = _own_weight(layer).cpu().double()
    found = found.T if _is_turned(layer) else found
    if found.shape != base.shape:
        return False
    wanted = base + scaling * (up @ down)
    error = (found.double() - wanted).abs_()
    # what the product's own rounding may add: a bound of |B|·|A| by the lengths of their rows and columns
    slack = scaling * rank * FLOAT_EPS * up.norm(dim=1)[:, None] * down.norm(dim=0)[None, :]
    return bool((error <= half_step(wanted, found.dtype) + slack).all())  # False where one is no number
