"""Weights of the model itself that learn, in fp32: what they were is kept beside them, and what they became is saved.

Knows not which of them learn: that is each method's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from studio.config import RunConfig
from studio.engine.beside import either
from studio.engine.load import Base
from studio.engine.methods.by_peft import Holds, Weights, must_fit
from studio.errors import StudioError

FILE = "changed.safetensors"
DISTANCES = "relative_attention_bias"


def check(config: RunConfig, folder: Path) -> None:
    """Raises StudioError where bf16 is asked for: half of each step would be lost in its rounding."""
    if config.precision == "bf16":
        raise StudioError("engine.own_weights_need_fp32")


def teach(base: Base, config: RunConfig, names: Iterable[str]) -> Base:
    """The model, whose weights of these names learn, with the layers that hold them as they were. Seeds torch."""
    torch.manual_seed(config.seed)
    for name in names:
        base.model.get_parameter(name).requires_grad_(True)
    known: dict[int, Any] = {}  # what was copied once: tied weights stay tied
    learning = {
        name: layer
        for name, layer in base.model.named_modules()
        if any(weight.requires_grad for weight in layer.parameters(recurse=False))
    }
    untouched = {name: deepcopy(layer, known).requires_grad_(False).eval() for name, layer in learning.items()}
    return replace(base, method=config.method, untouched=untouched)


def below(base: Base) -> int:
    """The blocks below the lowest that learns; none where the table of words does."""
    learning = {id(weight) for weight in _learning(base).values()}

    def learns(part: torch.nn.Module) -> bool:
        return any(id(weight) in learning for weight in part.parameters())

    if learns(base.model.get_input_embeddings()):
        return 0
    blocks = list(chain.from_iterable(base.head.stacks(base.model)))
    return next((place for place, block in enumerate(blocks) if learns(block)), len(blocks))


def hurry(name: str, config: RunConfig) -> float:
    return 1.0


def gated(base: Base, on: torch.Tensor) -> list[Any]:
    """Every layer that learned answers as it was in the rows that are not `on`."""
    none = not bool(on.any())
    hooks: list[Any] = []
    for name, layer in base.untouched.items():
        above, _, own = name.rpartition(".")
        if own == DISTANCES:
            hooks.append(Distances(base.model.get_submodule(above), layer, on, none))
        else:
            hook = _as_before(layer, on, none)
            hooks.append(base.model.get_submodule(name).register_forward_hook(hook, with_kwargs=True))
    return hooks


def _as_before(layer: Any, on: torch.Tensor, none: bool) -> Callable[..., Any]:
    def answer(_: Any, args: Any, kwargs: Any, output: Any) -> Any:
        before = layer(*args, **kwargs)
        return before if none else either(on, output, before)

    return answer


class Distances:
    """T5 looks up how far apart tokens are for all rows at once. Until it is removed, an attention finds for each row
    what its own table says: the `former` one in the rows that are not `on`."""

    def __init__(self, attention: Any, former: Any, on: torch.Tensor, none: bool) -> None:
        learned, look_up = attention.relative_attention_bias, attention.compute_bias

        def mixed(*args: Any, **kwargs: Any) -> torch.Tensor:
            found: torch.Tensor = look_up(*args, **kwargs)
            attention.relative_attention_bias = former
            try:
                before: torch.Tensor = look_up(*args, **kwargs)
            finally:
                attention.relative_attention_bias = learned
            return before if none else either(on, found, before)

        self.attention = attention
        attention.compute_bias = mixed

    def remove(self) -> None:
        del self.attention.compute_bias


def merge(tuned: Base) -> Base:
    """The model as it is: there is nothing beside it."""
    return replace(tuned, method="", untouched={})


def is_added(name: str) -> bool:
    return False


def changed(tuned: Base) -> dict[str, Holds]:
    return {name: partial(_holds, weight) for name, weight in _learning(tuned).items()}


def _holds(weight: torch.Tensor, found: torch.Tensor) -> bool:
    """Whether `found` is the weight, rounded to its number format."""
    return torch.equal(found, weight.detach().cpu().to(found.dtype))


def _learning(base: Base) -> dict[str, torch.nn.Parameter]:
    """What learns, or has learned, by name; of tied weights the first."""
    layers = set(base.untouched)
    return {name: weight for name, weight in base.model.named_parameters() if name.rpartition(".")[0] in layers}


def weights(base: Base) -> Weights:
    """A copy of what learns, on the CPU, by the names that the model has for it."""
    return {name: weight.detach().to("cpu", copy=True).contiguous() for name, weight in _learning(base).items()}


def put(base: Base, state: Weights) -> None:
    own = _learning(base)
    must_fit(state, {name: weight.detach() for name, weight in own.items()})
    with torch.no_grad():
        for name, weight in own.items():
            weight.copy_(state[name])


begin = put


def write(base: Base, state: Weights, draft: Path) -> None:
    save_file(state, draft / FILE, metadata={"format": "pt"})
