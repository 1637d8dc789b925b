"""Virtual tokens ahead of every row: what they are learns, and the model stays as it is, but for a head that is new.

Knows not what they are made of: that is each method's; nor how they come before a row: that is `entering`'s, by head.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine import catalog, whole
from studio.engine.load import Base
from studio.engine.methods.by_peft import NAME, Holds, Weights, below, hurry, must_fit  # noqa: F401  (as there)
from studio.engine.methods.by_peft import write as write_as_peft
from studio.engine.methods.entering import Ahead
from studio.errors import StudioError

# What every method of virtual tokens shares.
__all__ = [
    "begin", "below", "changed", "check", "depth", "gated", "hurry", "is_added", "merge", "put", "weights", "write",
]  # fmt: skip
SAVED = "prompt_embeddings"  # peft's name for what is ahead, once it learns no more
BESIDE = "base_model."  # what peft puts before the names of weights that learn in full


class Switch:
    """Before which rows they stand, until it is removed."""

    def __init__(self, ahead: Ahead, on: torch.Tensor) -> None:
        self.ahead, ahead.on = ahead, on

    def remove(self) -> None:
        self.ahead.on = None


def check(config: RunConfig, folder: Path) -> None:
    """Raises StudioError where the virtual tokens leave less than half of what the model reads at once."""
    context = catalog.Shape.of(catalog.check(folder)).context
    if 2 * config.virtual_tokens > context:
        raise StudioError("engine.too_many_ahead", count=config.virtual_tokens, context=context, most=context // 2)


def as_words(base: Base, config: RunConfig) -> dict[str, Any]:
    """What peft has to be told of virtual tokens that are read as words; of a model that reads and writes apart, they
    stand before what it reads."""
    of = base.model.config
    return {
        "num_virtual_tokens": config.virtual_tokens,
        "task_type": base.head.task_type,
        "token_dim": base.model.get_input_embeddings().embedding_dim,
        "num_transformer_submodules": 1,
        "num_layers": of.num_hidden_layers,
        "num_attention_heads": of.num_attention_heads,
        "modules_to_save": list(base.whole) or None,
    }


def put_before(base: Base, config: RunConfig, settings: Any) -> tuple[Base, Ahead]:
    """The model with peft's encoder of the virtual tokens, which nobody reads yet. Seeds torch."""
    from peft import get_peft_model

    torch.manual_seed(config.seed)
    peft = get_peft_model(base.model, settings)
    peft.base_model.requires_grad_(False)
    ahead = Ahead(peft.prompt_encoder[NAME], config.virtual_tokens)
    base.model.ahead = ahead
    made = replace(base, method=config.method, peft=peft, ahead=config.virtual_tokens)
    for weight in whole.weights(made).values():
        weight.requires_grad_(True)
    return made, ahead


def depth(config: RunConfig, card: ModelCard) -> float:
    return 1.0


def gated(base: Base, on: torch.Tensor) -> list[Switch]:
    """The virtual tokens stand before the rows that are `on`; where none is, the model is run as it is."""
    return [Switch(base.model.ahead, on.flatten())]


def merge(tuned: Base) -> Base:
    """No weights of the plain model would answer so: `Method.merges` says it, and nobody asks."""
    raise NotImplementedError(tuned.method)


def is_added(name: str) -> bool:
    return name.startswith("ahead.")


def changed(tuned: Base) -> dict[str, Holds]:
    return {}


def _in_full(base: Base) -> Weights:
    """What learns in full beside them, by the names under which peft saves it."""
    return {f"{BESIDE}{name}": weight.detach() for name, weight in whole.weights(base).items()}


def weights(base: Base) -> Weights:
    """A copy of what learns, on the CPU: the encoder, not only what it makes, so that it can go on learning."""
    state = {**base.model.ahead.encoder.state_dict(), **_in_full(base)}
    return {name: weight.detach().to("cpu", copy=True).contiguous() for name, weight in state.items()}


def put(base: Base, state: Weights) -> None:
    """Takes the weights of the encoder, or what it made, as it is saved."""
    ahead, full = base.model.ahead, _in_full(base)
    with torch.no_grad():
        made = {SAVED: ahead.states()} if SAVED in state else ahead.encoder.state_dict()
        must_fit(state, {**made, **full})
        for name, weight in full.items():
            weight.copy_(state[name])
    if SAVED in state:
        ahead.finished = state[SAVED].to(base.device)
    else:
        ahead.encoder.load_state_dict({name: state[name] for name in made})


def begin(base: Base, state: Weights) -> None:
    """Sets the table of virtual tokens, where the encoder is no more than one, and what learns in full."""
    own = {SAVED: base.model.ahead.encoder.embedding.weight, **_in_full(base)}
    must_fit(state, own)
    with torch.no_grad():
        for name, weight in own.items():
            weight.copy_(state[name])


def write(base: Base, state: Weights, draft: Path) -> None:
    """As peft does: what the encoder makes by these weights, which is all that answering takes."""
    ahead, full = base.model.ahead, _in_full(base)
    with torch.no_grad():
        places = torch.arange(ahead.count, device=base.device)
        on_device = {name: weight.to(base.device) for name, weight in state.items() if name not in full}
        made = torch.func.functional_call(ahead.encoder, on_device, (places,))
    kept = {name: weight for name, weight in state.items() if name in full}
    write_as_peft(base, {SAVED: made.cpu().contiguous(), **kept}, draft)
