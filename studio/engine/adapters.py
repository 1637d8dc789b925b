"""What was learned, apart from the model: read out, put back, saved, loaded.

Knows no data, no training loop and no method: what learns, and how it becomes part of the weights, is in `methods`.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file

from studio import commit
from studio.config import RunConfig
from studio.engine import catalog, device, methods
from studio.engine.load import Base
from studio.errors import StudioError

Weights = dict[str, torch.Tensor]


def parameters(base: Base) -> dict[str, torch.nn.Parameter]:
    """What is trained, by name, in the model's order."""
    return {name: weight for name, weight in base.model.named_parameters() if weight.requires_grad}


def weights(base: Base) -> Weights:
    """A copy of what learns, on the CPU."""
    return methods.room(base.method).weights(base)


def put(base: Base, state: Weights) -> None:
    """Sets what learns. Raises StudioError unless it is exactly of this model and these settings."""
    methods.room(base.method).put(base, state)


def finite(state: Weights) -> bool:
    """Whether every weight is a number."""
    return all(bool(torch.isfinite(weight).all()) for weight in state.values())


def save(base: Base, state: Weights, folder: Path, step: int) -> None:
    """Commits what was learned as its method writes it, one safetensors file among it, in a whole folder or not at all.

    Raises StudioError when a weight is not finite.
    """
    if not finite(state):
        raise StudioError("engine.adapter_not_finite")
    facts: dict[str, commit.Fact] = {"step": step, "base": catalog.identity(base.folder), "labels": list(base.labels)}
    with commit.committed(folder, **facts) as draft:
        methods.room(base.method).write(base, state, draft)


def saved_step(folder: Path) -> int | None:
    """The step whose adapter lies in `folder`, or None when there is none that is whole."""
    return int(commit.facts_of(folder)["step"]) if commit.whole(folder) else None


def read(folder: Path) -> Weights:
    """A committed adapter. Raises StudioError when it is damaged or a weight is not finite."""
    if not commit.whole(folder):
        raise StudioError("engine.adapter_damaged", folder=str(folder))
    (file,) = folder.glob("*.safetensors")
    state = load_file(file)
    if not finite(state):
        raise StudioError("engine.adapter_not_finite")
    return state


def begin_from(base: Base, folder: Path) -> None:
    """Sets what learns to a committed adapter. Raises StudioError as `_of_this` does, and where it does not fit."""
    methods.room(base.method).begin(base, _of_this(base, folder))


def _of_this(base: Base, folder: Path) -> Weights:
    """A committed adapter of this very base.

    Raises StudioError as `read` does, or when the adapter was trained on other weights than these, or learned other
    classes.
    """
    state, facts = read(folder), commit.facts_of(folder)
    if facts["base"] != catalog.identity(base.folder):
        raise StudioError("engine.base_changed", model=base.folder.name)
    if base.whole and facts["labels"] != list(base.labels):
        named = {"learned": "、".join(facts["labels"])[:200], "asked": "、".join(base.labels)[:200]}
        raise StudioError("engine.other_labels", **named)
    return state


def open_saved(base: Base, folder: Path, config: RunConfig) -> Base:
    """The base with a committed adapter beside it. Raises StudioError as `_of_this` does."""
    state = _of_this(base, folder)
    with device.building():
        tuned = methods.attach(base, config)
    put(tuned, state)
    tuned.model.requires_grad_(False).eval()
    return tuned
