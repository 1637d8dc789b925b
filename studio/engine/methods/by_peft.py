"""What peft attached to a model, read out, put back, and written as peft writes it: what its methods have in common.

Knows no way of learning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from studio.config import RunConfig
from studio.engine import whole
from studio.engine.load import Base
from studio.errors import StudioError
from studio.methods import METHODS

NAME = "default"  # peft's name for the adapter
FILE = "adapter_model.safetensors"
Weights = dict[str, torch.Tensor]
Holds = Callable[[torch.Tensor], bool]


def below(base: Base) -> int:
    """None: what learns lies beside all layers, or ahead of the rows."""
    return 0


def hurry(name: str, config: RunConfig) -> float:
    """A head that is new learns at LoRA's rate, however few numbers a method teaches beside it and how fast."""
    return 1 / METHODS[config.method].rate if whole.is_beside(name) else 1.0


def weights(base: Base) -> Weights:
    """A copy of the adapter on the CPU, by the names that peft saves."""
    from peft import get_peft_model_state_dict

    # without save_embedding_layers=False peft would ask the hub whether the vocabulary had grown
    state = get_peft_model_state_dict(base.peft, save_embedding_layers=False)
    return {name: weight.detach().to("cpu", copy=True).contiguous() for name, weight in state.items()}


def put(base: Base, state: Weights) -> None:
    from peft import set_peft_model_state_dict

    must_fit(state, weights(base))
    set_peft_model_state_dict(base.peft, state)


def must_fit(state: Weights, own: Weights) -> None:
    """Raises StudioError unless `state` has the names and shapes of a model's own."""
    if {name: weight.shape for name, weight in state.items()} != {name: weight.shape for name, weight in own.items()}:
        raise StudioError("engine.adapter_does_not_fit")


begin = put


def write(base: Base, state: Weights, draft: Path) -> None:
    """adapter_config.json and safetensors. The base is named without its path."""
    settings: Any = base.peft.peft_config[NAME]
    replace(settings, base_model_name_or_path=base.folder.name, inference_mode=True).save_pretrained(str(draft))
    save_file(state, draft / FILE, metadata={"format": "pt"})
