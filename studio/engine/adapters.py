"""What was learned, apart from the model: read out, put back, saved, loaded.

Knows no data, no training loop and no method: what learns, and how it becomes part of the weights, is in `methods`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from studio import commit
from studio.config import RunConfig
from studio.engine import catalog, device, methods
from studio.engine.load import Base
from studio.errors import StudioError

WEIGHTS = "adapter_model.safetensors"
Weights = dict[str, torch.Tensor]


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
    settings = replace(base.peft.peft_config["default"], base_model_name_or_path=base.folder.name, inference_mode=True)
    with commit.committed(folder, step=step, base=catalog.identity(base.folder)) as draft:
        settings.save_pretrained(str(draft))
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
    with device.building():
        tuned = methods.attach(base, config)
    put(tuned, state)
    tuned.model.requires_grad_(False).eval()
    return tuned
