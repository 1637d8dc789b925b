"""What learns: one room a method, each with the same functions, opened by the name that `studio.methods` gives it.

Knows no method by name.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import torch

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine import catalog, device, kinds
from studio.engine.device import Precision
from studio.errors import StudioError
from studio.methods import METHODS, refusal

if TYPE_CHECKING:
    from studio.engine.load import Base


Holds = Callable[[torch.Tensor], bool]


class Room(Protocol):
    """What a method's module holds."""

    def check(self, config: RunConfig, folder: Path) -> None:
        """Raises StudioError where the settings do not go with each other, or with the model in `folder`."""
        ...

    def attach(self, base: Base, config: RunConfig) -> Base:
        """The model with what is to learn, fresh. Seeds torch."""
        ...

    def trained(self, config: RunConfig, card: ModelCard) -> float:
        """About how many parameters learn."""
        ...

    def depth(self, config: RunConfig, card: ModelCard) -> float:
        """The share of the model's layers, from the top, through which gradients go back."""
        ...

    def below(self, base: Base) -> int:
        """How many blocks, from the lowest, lie below all that learns; 0 where what is read changes, too."""
        ...

    def hurry(self, name: str, config: RunConfig) -> float:
        """How many times the run's learning rate the weight of this name learns with."""
        ...

    def gated(self, base: Base, on: torch.Tensor) -> list[Any]:
        """Hooks, each with `remove()`, by which what was learned counts only in the rows of a batch where `on`
        (rows, 1, 1) is true."""
        ...

    def merge(self, tuned: Base) -> Base:
        """What was learned folded into the weights: a plain model. Takes `tuned`, which is changed.

        Raises StudioError where that cannot be.
        """
        ...

    def is_added(self, name: str) -> bool:
        """Whether the weight of this name stands beside the base's own, and is none of the plain model."""
        ...

    def changed(self, tuned: Base) -> dict[str, Holds]:
        """For each weight that a merge changes, by its name in the plain model, whether a tensor is what it becomes, as
        near as its number format allows."""
        ...

    def weights(self, base: Base) -> dict[str, torch.Tensor]:
        """A copy, on the CPU, of all that a checkpoint needs of what learns."""
        ...

    def put(self, base: Base, state: dict[str, torch.Tensor]) -> None:
        """Sets what learns to what `weights` gave, or a file of `write` holds.

        Raises StudioError unless it is exactly of this model and these settings.
        """
        ...

    def begin(self, base: Base, state: dict[str, torch.Tensor]) -> None:
        """Lets what learns go on from what a file of `write` holds, where `Method.goes_on` says that it can.

        Raises StudioError as `put` does.
        """
        ...

    def write(self, base: Base, state: dict[str, torch.Tensor], draft: Path) -> None:
        """Writes what answering takes of such a state into a folder, as one safetensors file and what it needs."""
        ...


def room(method: str) -> Room:
    """The method's functions."""
    return cast("Room", import_module(METHODS[method].room))


def attach(base: Base, config: RunConfig) -> Base:
    """The model with what the job's method teaches, fresh. Seeds torch."""
    return room(config.method).attach(base, config)


def precision(config: RunConfig, kind: str) -> Precision:
    """The number format of a run's weights on a device of that kind, "cpu", "cuda" or "mps"."""
    return METHODS[config.method].precision or device.training_precision(config.precision, kind)


def check(config: RunConfig, folder: Path) -> None:
    """Raises StudioError where a run could not begin by these settings on the model in `folder`."""
    of = catalog.check(folder)
    kind = of["model_type"]
    why = refusal(config.method, catalog.head_of(kind), kind)
    if why or kinds.fails(of, config.method):
        raise StudioError(why or "engine.not_for_this_model", method=METHODS[config.method].title, kind=kind)
    room(config.method).check(config, folder)
