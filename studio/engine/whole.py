"""The modules of a model that learn in full beside what a method teaches: told apart, switched off, read out.

Knows no method and no head by name: which modules these are, a head says when a model is opened; peft keeps, beside
each, the copy that learns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from studio.engine.beside import either
from studio.engine.load import Base

BESIDE = (".original_module.", ".modules_to_save.")


def wrappers(base: Base) -> Iterator[tuple[str, Any]]:
    """The modules, by name, each with its original and the copy that learns."""
    from peft.utils import ModulesToSaveWrapper

    for name, module in base.model.named_modules():
        if isinstance(module, ModulesToSaveWrapper):
            yield name, module


def is_beside(name: str) -> bool:
    """Whether a weight of this name is of such a module, the original or the copy."""
    return any(part in name for part in BESIDE)


def weights(base: Base) -> dict[str, torch.Tensor]:
    """What they have learned, by the names that it has in the plain model."""
    return {
        f"{name}.{inner}": weight
        for name, module in wrappers(base)
        for inner, weight in module.modules_to_save[module.active_adapter].named_parameters()
    }


def unwrap(base: Base) -> None:
    """Puts what learned in the places of the originals: a plain model again."""
    for name, module in list(wrappers(base)):
        base.model.set_submodule(name, module.modules_to_save[module.active_adapter])


def gated(base: Base, on: torch.Tensor) -> list[Any]:
    """Hooks, each with `remove()`, by which the originals answer in the rows of a batch where `on` (rows, 1, 1) is
    false."""

    def chosen(module: Any, given: tuple[Any, ...], output: torch.Tensor) -> Any:
        return either(on, output, module.original_module(*given))

    return [module.register_forward_hook(chosen) for _, module in wrappers(base)]
