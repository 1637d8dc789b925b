"""(IA)³: keys, values and what goes into the feed-forward's last layer are multiplied by numbers that learn.

Knows no data and no training loop. arXiv 2205.05638.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine import whole
from studio.engine.beside import either
from studio.engine.load import Base
from studio.engine.methods.by_peft import NAME, Holds, begin, below, hurry, put, weights, write  # noqa: F401  (as there)
from studio.engine.rounding import half_step

# Layers by their whole names, as peft is told of them: those whose outputs are multiplied, keys and values, alone or
# all in one layer; those whose inputs are, the last of each feed-forward. BERT's attention has an `output.dense`, too.
SPOKEN = (
    r".*\.(k_proj|v_proj|qkv_proj|query_key_value|c_attn|k_lin|v_lin|Wqkv|attn\.[kv]|\w+Attention\.[kv]"
    r"|attention\.(self\.)?(key|value|in_proj|key_proj|value_proj))"
)
FED = r".*\.(down_proj|dense_4h_to_h|mlp\.c_proj|lin2|mlp\.Wo|ffn_output|DenseReluDense\.wo|fc2|\d+\.output\.dense)"


def check(config: RunConfig, folder: Path) -> None:
    """Every model that is known here has such layers (tested); any other is tried."""


def attach(base: Base, config: RunConfig) -> Base:
    from peft import IA3Config, get_peft_model

    torch.manual_seed(config.seed)
    ia3 = IA3Config(
        target_modules=f"{SPOKEN}|{FED}",
        feedforward_modules=FED,
        task_type=base.head.task_type,
        modules_to_save=list(base.whole) or None,
    )
    return replace(base, method=config.method, peft=get_peft_model(base.model, ia3))


def trained(config: RunConfig, card: ModelCard) -> float:
    return card.layers * (2 * card.hidden + card.inner)


def depth(config: RunConfig, card: ModelCard) -> float:
    return 1.0


def gated(base: Base, on: torch.Tensor) -> list[Any]:
    """In the rows that are not `on` the layers beneath answer alone."""
    none = not bool(on.any())
    return [layer.register_forward_hook(_beneath(on, none)) for layer in _layers(base).values()]


def _beneath(on: torch.Tensor, none: bool) -> Callable[..., Any]:
    def answer(layer: Any, args: Any, output: torch.Tensor) -> Any:
        alone = layer.base_layer(*args)
        return alone if none else either(on, output, alone)

    return answer


def is_added(name: str) -> bool:
    return ".ia3_l." in name


def _layers(tuned: Base) -> dict[str, Any]:
    from peft.tuners.ia3 import IA3Layer

    return {name: layer for name, layer in tuned.model.named_modules() if isinstance(layer, IA3Layer)}


def changed(tuned: Base) -> dict[str, Holds]:
    return {name: partial(_holds, layer, kind) for name, (layer, kind) in _multiplied(tuned).items()}


def _multiplied(tuned: Base) -> dict[str, tuple[Any, str]]:
    """The layers, each with "weight" or "bias", whichever is multiplied, by its name in the plain model."""
    found = {f"{name}.weight": (layer, "weight") for name, layer in _layers(tuned).items()}
    for name, layer in _layers(tuned).items():
        if not layer.is_feedforward and layer.base_layer.bias is not None:
            found[f"{name}.bias"] = (layer, "bias")
    return found


def merge(tuned: Base) -> Base:
    """The numbers multiplied into the weights, in double precision and rounded once. Takes `tuned`, which changes."""
    with torch.no_grad():
        for name, (layer, kind) in _multiplied(tuned).items():
            tuned.model.get_parameter(_beneath_name(name)).copy_(_product(layer, kind))
    for name, layer in _layers(tuned).items():
        tuned.model.set_submodule(name, layer.base_layer)
    whole.unwrap(tuned)
    return replace(tuned, method="", peft=None)


def _beneath_name(name: str) -> str:
    layer, _, kind = name.rpartition(".")
    return f"{layer}.base_layer.{kind}"


def _holds(layer: Any, kind: str, found: torch.Tensor) -> bool:
    wanted = _product(layer, kind)
    if found.shape != wanted.shape:
        return False
    return bool(((found.double() - wanted).abs() <= half_step(wanted, found.dtype)).all())


def _product(layer: Any, kind: str) -> torch.Tensor:
    """The weight or bias of a layer times what was learned, in double precision, as the plain model has it."""
    from transformers.pytorch_utils import Conv1D

    own = getattr(layer.base_layer, kind).detach().cpu().double()
    times = layer.ia3_l[NAME].detach().cpu().double().flatten()
    if kind == "bias":
        return own * times
    across = layer.is_feedforward != isinstance(layer.base_layer, Conv1D)  # the inputs' side lies along the last axis
    return own * (times if across else times[:, None])
