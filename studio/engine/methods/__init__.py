"""What learns: one room a method, each with the same functions, opened by the name that `studio.methods` gives it.

Knows no method by name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

import torch

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.methods import METHODS

if TYPE_CHECKING:
    from studio.engine.load import Base


class Room(Protocol):
    """What a method's module holds."""

    def attach(self, base: Base, config: RunConfig) -> Base:
        """The model with what is to learn, fresh: until it is trained the model answers as before. Seeds torch."""
        ...

    def trained(self, config: RunConfig, card: ModelCard) -> float:
        """About how many parameters learn."""
        ...

    def gated(self, base: Base, on: torch.Tensor) -> list[Any]:
        """Hooks, each with `remove()`, by which what was learned counts only in the rows of a batch where `on`
        (rows, 1, 1) is true."""
        ...

    def merge(self, tuned: Base) -> Base:
        """What was learned folded into the weights: a plain model. Takes `tuned`, which is changed."""
        ...

    def is_learned(self, name: str) -> bool:
        """Whether the weight of this name is what learns, not the base's own."""
        ...

    def changed(self, tuned: Base) -> dict[str, Any]:
        """The layers whose weights a merge changes, by the names that they have in the plain model."""
        ...

    def holds(self, layer: Any, found: torch.Tensor) -> bool:
        """Whether `found` is what a changed layer's weight becomes, as near as its number format allows."""
        ...


def room(method: str) -> Room:
    """The method's functions."""
    return cast("Room", import_module(METHODS[method].room))


def attach(base: Base, config: RunConfig) -> Base:
    """The model with what the job's method teaches, fresh. Seeds torch."""
    return room(config.method).attach(base, config)
