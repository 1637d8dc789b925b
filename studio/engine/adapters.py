"""The small add-on that learns: LoRA beside every linear layer, attached, saved, loaded, merged.

Knows no data and no training loop. LoRA: arXiv 2106.09685; on all linear layers as QLoRA does, arXiv 2305.14314.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from studio import commit
from studio.config import RunConfig
from studio.engine import catalog, load
from studio.engine.load import Base
from studio.errors import StudioError

WEIGHTS = "adapter_model.safetensors"
Weights = dict[str, torch.Tensor]


def attach(base: Base, config: RunConfig) -> Base:
    """A fresh LoRA on all linear layers; until it is trained the model answers as before. Seeds torch."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(config.seed)
    lora = LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    return replace(base, peft=get_peft_model(base.model, lora))


def parameters(base: Base) -> dict[str, torch.nn.Parameter]:
    """What is trained, by name, in the model's order."""
    return {name: weight for name, weight in base.model.named_parameters() if weight.requires_grad}


def weights(base: Base) -> Weights:
    """A copy of the adapter on the CPU, by the names that peft saves."""
    from peft import get_peft_model_state_dict

    # without save_embedding_layers=False peft would ask the hub whether the vocabulary had grown
    state = get_peft_model_state_dict(base.peft, save_embedding_layers=False)
    return {name: weight.detach().to("cpu", copy=True).contiguous() for name, weight in state.items()}


def put(base: Base, state: Weights) -> None:
    """Sets the adapter's weights. Raises StudioError unless they are exactly those of this model and rank."""
    from peft import set_peft_model_state_dict

    if _shapes(state) != _shapes(weights(base)):
        raise StudioError("engine.adapter_does_not_fit")
    set_peft_model_state_dict(base.peft, state)


def _shapes(state: Weights) -> dict[str, torch.Size]:
    return {name: weight.shape for name, weight in state.items()}


def finite(state: Weights) -> bool:
    """Whether every weight is a number."""
    return all(bool(torch.isfinite(weight).all()) for weight in state.values())


def save(base: Base, state: Weights, folder: Path, step: int) -> None:
    """Commits the adapter as peft writes it: adapter_config.json and safetensors, in a whole folder or not at all.

    Raises StudioError when a weight is not finite.
    """
    if not finite(state):
        raise StudioError("engine.adapter_not_finite")
    lora = replace(base.peft.peft_config["default"], base_model_name_or_path=base.folder.name, inference_mode=True)
    with commit.committed(folder, step=step, base=catalog.identity(base.folder)) as draft:
        lora.save_pretrained(str(draft))
        save_file(state, draft / WEIGHTS, metadata={"format": "pt"})


def saved_step(folder: Path) -> int | None:
    """The step whose adapter lies in `folder`, or None when there is none that is whole."""
    return int(commit.facts_of(folder)["step"]) if commit.whole(folder) else None


def read(folder: Path) -> Weights:
    """A committed adapter. Raises StudioError when it is damaged or a weight is not finite."""
    if not commit.whole(folder):
        raise StudioError("engine.adapter_damaged", folder=str(folder))
    state = load_file(folder / WEIGHTS)
    if not finite(state):
        raise StudioError("engine.adapter_not_finite")
    return state


def open_saved(base: Base, folder: Path, config: RunConfig) -> Base:
    """The base with a committed adapter beside it.

    Raises StudioError as `read` does, or when the adapter was trained on other weights than these.
    """
    state = read(folder)
    if commit.facts_of(folder)["base"] != catalog.identity(base.folder):
        raise StudioError("engine.base_changed", model=base.folder.name)
    tuned = attach(base, config)
    put(tuned, state)
    tuned.model.requires_grad_(False).eval()
    return tuned


def layers(base: Base) -> dict[str, Any]:
    """The layers with an adapter beside them, by the names that they have in the plain model."""
    from peft.tuners.lora import LoraLayer

    return {name: layer for name, layer in base.model.named_modules() if isinstance(layer, LoraLayer)}


def own_weight(layer: Any) -> torch.Tensor:
    """What the adapter of a layer is beside: the layer's own weight (out, in), in 4 bits as the numbers they mean."""
    from peft.utils.integrations import dequantize_module_weight
    from transformers.pytorch_utils import Conv1D

    own = layer.get_base_layer()
    weight = dequantize_module_weight(own).detach()
    return weight.T if isinstance(own, Conv1D) else weight


def is_turned(layer: Any) -> bool:
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
    four_bits = tuned.method == "qlora"
    whole = load.base(tuned.folder, "lora", tuned.precision) if four_bits else replace(tuned, peft=None)
    for name, layer in layers(tuned).items():
        delta = layer.get_delta_weight("default").detach().cpu().double()
        turned = is_turned(layer)
        total = own_weight(layer).cpu().double() + (delta.T if turned and not four_bits else delta)
        place = whole.model.get_submodule(name) if four_bits else layer.get_base_layer()
        with torch.no_grad():
            place.weight.copy_(total.T if turned else total)
    if not four_bits:
        tuned.peft.unload()
    return whole
