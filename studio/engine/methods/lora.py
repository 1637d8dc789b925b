"""LoRA: two thin matrices beside linear layers, attached, told apart, folded into the weights.

Knows no data and no training loop. arXiv 2106.09685; on all linear layers as QLoRA does, arXiv 2305.14314. Its kin:
rsLoRA, scaled by the root of the rank (2312.03732); DoRA, with the lengths of the weight's rows learned apart
(2402.09353); LoRA+, whose B learns faster than its A (2402.12354); PiSSA, begun at the weight's largest singular
vectors (2404.02948).
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from studio.config import ALL_LINEAR, RunConfig
from studio.contract import ModelCard
from studio.engine import catalog, load, whole
from studio.engine.beside import shaped
from studio.engine.load import Base
from studio.engine.methods import thin
from studio.engine.methods.by_peft import NAME, Holds, begin, below, put, weights, write  # noqa: F401  (as there)
from studio.engine.rounding import half_step
from studio.errors import StudioError
from studio.methods import METHODS

SPARE_RANK = 16  # singular vectors that are sought beyond those wanted, which are the nearer to the truth for it
FLOAT_EPS = 2.0**-24  # half a unit in the last place of fp32, in which peft keeps and multiplies an adapter


def check(config: RunConfig, folder: Path) -> None:
    """Raises StudioError where the model has no layer of a chosen name, or PiSSA meets what it cannot begin with."""
    if config.target_modules != ALL_LINEAR:
        there = catalog.linear_layers(folder)
        if missing := set(config.target_modules.split(",")) - there:
            names = ", ".join(sorted(missing))
            raise StudioError("engine.no_such_layer", names=names, there=", ".join(sorted(there)))
    if config.init_weights == "pissa" and (METHODS[config.method].quantise != "none" or config.weight_decay):
        raise StudioError("engine.pissa_alone")


def attach(base: Base, config: RunConfig) -> Base:
    """A fresh LoRA beside the chosen linear layers; until it is trained the model answers as before. Seeds torch."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(config.seed)
    halves = 2 if config.init_weights == "pissa" else 1
    lora = LoraConfig(
        r=halves * config.rank,
        lora_alpha=_alpha(config, halves),
        lora_dropout=config.dropout,
        use_rslora=config.rslora,
        use_dora=config.dora,
        target_modules=_targets(base.model, config.target_modules),
        task_type=base.head.task_type,
        modules_to_save=list(base.whole) or None,
    )
    made = replace(base, method=config.method, peft=get_peft_model(base.model, lora))
    for layer in _layers(made).values():
        if halves == 2:
            _begin_at_the_largest(layer, config.rank)
        if base.precision == "bf16" and not config.dora:
            thin.prepare(layer, NAME)
    return made


def _targets(model: Any, chosen: str) -> Any:
    """What peft is to be told of the layers that get an adapter.

    Told "all", or one of EXPERTS, it would reach into a mixture's experts and its router, which are no linear layers.
    Beside those all else is named.
    """
    names = None if chosen == ALL_LINEAR else chosen.split(",")
    if not any("experts" in name.split(".") for name, _ in model.named_parameters()):
        return names or ALL_LINEAR
    linear = {name.rpartition(".")[2] for name, layer in model.named_modules() if isinstance(layer, torch.nn.Linear)}
    return sorted((linear - set(catalog.EXPERTS) - {"lm_head"}) & set(names or linear))


def _alpha(config: RunConfig, halves: int) -> Any:
    """The alpha by which an adapter of so many halves is scaled as one of the job's rank would be."""
    if halves == 1:
        return config.alpha
    return config.alpha * (math.sqrt(halves) if config.rslora else halves)


def _begin_at_the_largest(layer: Any, rank: int) -> None:
    """PiSSA, with the base's weight as it was: A and B begin as its largest singular vectors, and a second half of each
    that does not learn takes away what they begin with.

    Equal to learning beside a weight that was lessened by B·A (the paper's), but the base stays whole to the last bit.
    """
    down, up = layer.lora_A[NAME].weight, layer.lora_B[NAME].weight
    weight = _own_weight(layer).float()
    most = min(rank, *weight.shape)
    found = torch.svd_lowrank(weight, q=min(rank + SPARE_RANK, *weight.shape), niter=8)
    # a rank that a thin layer does not have stays empty
    vectors, values, others = (functional.pad(part[..., :most], (0, rank - most)) for part in found)
    root = (values / layer.scaling[NAME]).sqrt()
    with torch.no_grad():
        down.copy_(torch.cat([root[:, None] * others.T] * 2))
        up.copy_(torch.cat([vectors * root, -vectors * root], dim=1))
    down.register_hook(lambda grad: torch.cat([grad[:rank], torch.zeros_like(grad[rank:])]))
    up.register_hook(lambda grad: torch.cat([grad[:, :rank], torch.zeros_like(grad[:, rank:])], dim=1))


def trained(config: RunConfig, card: ModelCard) -> float:
    """About how many: each of the seven linear layers of a block gets rank x (in + out), and with DoRA its out more;
    of chosen ones each counts as the mean of the seven."""
    halves = 2 if config.init_weights == "pissa" else 1
    ends = 4 * 2 * card.hidden + 3 * (card.hidden + card.inner)
    share = 1.0 if config.target_modules == ALL_LINEAR else min(1.0, len(config.target_modules.split(",")) / 7)
    return card.layers * share * (halves * config.rank * ends + config.dora * ends / 2)


def depth(config: RunConfig, card: ModelCard) -> float:
    return 1.0


def hurry(name: str, config: RunConfig) -> float:
    return config.lora_plus if ".lora_B." in name else 1.0


def gated(base: Base, on: torch.Tensor) -> list[Any]:
    """What the adapter adds is multiplied by `on`, row by row; with DoRA it is the lengths' layer that adds.

    Switching the adapter off and on again instead would do it for every thread at once, and peft's own mixed batches,
    which sort the rows by adapter in every layer, take a third longer.
    """
    return [
        _adds(layer).register_forward_hook(lambda _layer, _input, output: output * shaped(on, output))
        for layer in _layers(base).values()
    ]


def _adds(layer: Any) -> Any:
    """The part of a layer whose output is added to the base's."""
    return layer.lora_magnitude_vector[NAME] if NAME in layer.lora_magnitude_vector else layer.lora_B[NAME]


def is_added(name: str) -> bool:
    return ".lora_" in name


def changed(tuned: Base) -> dict[str, Holds]:
    """The weights with an adapter beside them."""
    return {f"{name}.weight": partial(_holds, layer) for name, layer in _layers(tuned).items()}


def _layers(tuned: Base) -> dict[str, Any]:
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
    plain = replace(tuned, method="", peft=None)
    if four_bits:
        plain = load.base(tuned.folder, "none", tuned.precision, tuned.labels)
        plain.model.load_state_dict(whole.weights(tuned), strict=False)
    for name, layer in _layers(tuned).items():
        delta = layer.get_delta_weight(NAME).detach().cpu().double()
        turned = _is_turned(layer)
        total = _own_weight(layer).cpu().double() + (delta.T if turned and not four_bits else delta)
        total *= _stretch(layer, total)
        place = plain.model.get_submodule(name) if four_bits else layer.get_base_layer()
        with torch.no_grad():
            place.weight.copy_(total.T if turned else total)
    if not four_bits:
        tuned.peft.unload()
    return plain


def _stretch(layer: Any, total: torch.Tensor) -> torch.Tensor:
    """By what DoRA multiplies the rows of W + scaling · B·A (out, in), so that they have the lengths that were learned;
    ones (out, 1) without it."""
    if NAME not in layer.lora_magnitude_vector:
        return torch.ones(len(total), 1, dtype=total.dtype)
    return (layer.lora_magnitude_vector[NAME].weight.detach().cpu().double() / total.norm(dim=1))[:, None]


def _holds(layer: Any, found: torch.Tensor) -> bool:
    """Whether `found` is as near to W + scaling · B·A as its number format allows, in every place; with DoRA, to its
    rows at the lengths that were learned."""
    down, up = (part[NAME].weight.detach().cpu().double() for part in (layer.lora_A, layer.lora_B))
    scaling, rank = layer.scaling[NAME], down.shape[0]
    base = _own_weight(layer).cpu().double()
    found = found.T if _is_turned(layer) else found
    if found.shape != base.shape:
        return False
    wanted = base + scaling * (up @ down)
    # what the product's own rounding may add: a bound of |B|·|A| by the lengths of their rows and columns
    slack = scaling * rank * FLOAT_EPS * up.norm(dim=1)[:, None] * down.norm(dim=0)[None, :]
    if NAME in layer.lora_magnitude_vector:  # the length of a row is as far off as the row
        slack += wanted.abs() * (slack.norm(dim=1) / wanted.norm(dim=1))[:, None]
    stretch = _stretch(layer, wanted)
    wanted *= stretch
    error = (found.double() - wanted).abs_()
    return bool((error <= half_step(wanted, found.dtype) + stretch * slack).all())  # False where one is no number
