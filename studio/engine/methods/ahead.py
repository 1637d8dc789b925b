"""Virtual tokens ahead of every row: what they are learns, and the model stays as it is.

Knows not what they are made of: that is each method's. They enter in hooks on the model's blocks, so that whoever runs
the model (a training step, a test, a tree of labels, a batched generation) need not know of them. Equal to peft's own
way (tested), but padding at the left moves no row's places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine import catalog
from studio.engine.load import Base
from studio.engine.methods.by_peft import NAME, Holds, Weights, below, must_fit  # noqa: F401  (as there)
from studio.engine.methods.by_peft import write as write_as_peft
from studio.errors import StudioError

# What every method of virtual tokens shares.
__all__ = [
    "begin", "below", "changed", "check", "depth", "gated", "hurry", "is_added", "merge", "put", "weights", "write",
]  # fmt: skip
SAVED = "prompt_embeddings"  # peft's name for what is ahead, once it learns no more
Call = dict[str, Any]  # the named arguments with which the blocks are called
Enter = Callable[[torch.Tensor, Call, torch.Tensor], Call]


class Ahead(torch.nn.Module):
    """What makes the states (tokens, width) of the virtual tokens; once `finished`, they stand as they were saved.

    `on` (rows,) says before which rows of a batch they stand; None: before all.
    """

    def __init__(self, encoder: torch.nn.Module, count: int) -> None:
        super().__init__()
        self.encoder, self.count = encoder, count
        self.finished: torch.Tensor | None = None
        self.on: torch.Tensor | None = None

    def states(self) -> torch.Tensor:
        if self.finished is not None:
            return self.finished
        made: torch.Tensor = self.encoder(torch.arange(self.count, device=next(self.encoder.parameters()).device))
        return made


@dataclass(frozen=True)
class Switch:
    """Sets before which rows they stand, until it is removed."""

    ahead: Ahead

    def remove(self) -> None:
        self.ahead.on = None


def check(config: RunConfig, folder: Path) -> None:
    """Raises StudioError where the virtual tokens leave less than half of what the model reads at once."""
    context = catalog.Shape.of(catalog.check(folder)).context
    if 2 * config.virtual_tokens > context:
        raise StudioError("engine.too_many_ahead", count=config.virtual_tokens, context=context, most=context // 2)


def put_before(base: Base, config: RunConfig, settings: Any, enter: Enter) -> Base:
    """The model with peft's encoder of the virtual tokens, which `enter` puts before a batch when its reading begins.

    `enter(states, call, on)` gets the states, the blocks' call and the rows (rows,) they stand before. Seeds torch.
    """
    from peft import get_peft_model

    torch.manual_seed(config.seed)
    peft = get_peft_model(base.model, settings)
    peft.base_model.requires_grad_(False)
    ahead = Ahead(peft.prompt_encoder[NAME], config.virtual_tokens)
    blocks = base.model.base_model
    blocks.register_forward_pre_hook(_entering(ahead, enter), with_kwargs=True)
    blocks.register_forward_hook(_leaving(ahead), with_kwargs=True)
    base.model.ahead = ahead
    return replace(base, method=config.method, peft=peft, ahead=config.virtual_tokens)


def _entering(ahead: Ahead, enter: Enter) -> Callable[..., Any]:
    def before(_: Any, args: Any, kwargs: Call) -> Any:
        call = {**({"input_ids": args[0]} if args else {}), **kwargs}
        ids = call["input_ids"]
        on = torch.ones(len(ids), dtype=torch.bool, device=ids.device) if ahead.on is None else ahead.on
        if not bool(on.any()):
            return None
        call["position_ids"] = _moved(call, ahead.count, on)
        if not _begins(call):
            mask = mask_of(call, call["cache"].get_seq_length() - ahead.count)
            return (), {**call, "attention_mask": torch.cat([seen(mask, ahead.count, on), mask], dim=1)}
        return (), enter(ahead.states(), call, on)

    return before


def _begins(call: Call) -> bool:
    """Whether a batch is read from its start."""
    return call.get("cache") is None or not call["cache"].get_seq_length()


def _moved(call: Call, count: int, on: torch.Tensor) -> torch.Tensor:
    """The places (rows, tokens) of a batch's tokens, those of rows `on` after the virtual ones."""
    ids, places = call["input_ids"], call.get("position_ids")
    if places is None:
        places = torch.arange(ids.shape[1], device=ids.device)[None]
    return places + count * on[:, None]


def seen(mask: torch.Tensor, count: int, on: torch.Tensor) -> torch.Tensor:
    """The columns of a mask by which rows `on` see the virtual tokens: (rows, count) of ones and zeros beside such a
    mask, (rows, 1, tokens, count) of numbers to be added beside one of these."""
    if mask.dim() == 2:
        return on[:, None].expand(-1, count).to(mask.dtype)
    columns = torch.zeros(*mask.shape[:3], count, dtype=mask.dtype, device=mask.device)
    return columns.masked_fill(~on[:, None, None, None], torch.finfo(mask.dtype).min)


def mask_of(call: Call, past: int = 0) -> torch.Tensor:
    """The mask of a batch, of which so many tokens were read before; ones where it has none."""
    mask: torch.Tensor | None = call.get("attention_mask")
    ids = call["input_ids"]
    return ids.new_ones(len(ids), past + ids.shape[1]) if mask is None else mask


def _leaving(ahead: Ahead) -> Callable[..., Any]:
    def after(_: Any, __: Any, call: Call, output: Any) -> Any:
        """Only what stands for the rows' own tokens goes on to the head."""
        if call.get("inputs_embeds") is not None:
            output.last_hidden_state = output.last_hidden_state[:, ahead.count :]
        return output

    return after


def hurry(name: str, config: RunConfig) -> float:
    return 1.0


def depth(config: RunConfig, card: ModelCard) -> float:
    return 1.0


def gated(base: Base, on: torch.Tensor) -> list[Switch]:
    """The virtual tokens stand before the rows that are `on`; where none is, the model is run as it is."""
    base.model.ahead.on = on.flatten()
    return [Switch(base.model.ahead)]


def merge(tuned: Base) -> Base:
    """No weights of the plain model would answer so: `Method.merges` says it, and nobody asks."""
    raise NotImplementedError(tuned.method)


def is_added(name: str) -> bool:
    return name.startswith("ahead.")


def changed(tuned: Base) -> dict[str, Holds]:
    return {}


def weights(base: Base) -> Weights:
    """A copy of what learns, on the CPU: the encoder, not only what it makes, so that it can go on learning."""
    state = base.model.ahead.encoder.state_dict()
    return {name: weight.detach().to("cpu", copy=True).contiguous() for name, weight in state.items()}


def put(base: Base, state: Weights) -> None:
    """Takes the weights of the encoder, or what it made, as it is saved."""
    ahead = base.model.ahead
    if state.keys() == {SAVED}:
        with torch.no_grad():
            must_fit(state, {SAVED: ahead.states()})
        ahead.finished = state[SAVED].to(base.device)
        return
    must_fit(state, weights(base))
    ahead.encoder.load_state_dict(state)


def begin(base: Base, state: Weights) -> None:
    """Sets the table of virtual tokens, where the encoder is no more than one."""
    table = base.model.ahead.encoder.embedding.weight
    must_fit(state, {SAVED: table})
    with torch.no_grad():
        table.copy_(state[SAVED])


def write(base: Base, state: Weights, draft: Path) -> None:
    """As peft does: what the encoder makes by these weights, which is all that answering takes."""
    ahead = base.model.ahead
    with torch.no_grad():
        places = torch.arange(ahead.count, device=base.device)
        on_device = {name: weight.to(base.device) for name, weight in state.items()}
        made = torch.func.functional_call(ahead.encoder, on_device, (places,))
    write_as_peft(base, {SAVED: made.cpu().contiguous()}, draft)
