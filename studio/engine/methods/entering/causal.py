"""Before the rows of a model that goes on with a text: in hooks on its blocks, so that whoever runs the model (a step,
a test, a tree of labels, a batched generation) need not know of them.

Knows no other head. Equal to peft's own way (tested), but padding at the left moves no row's places.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from studio.engine.load import Base
from studio.engine.methods.entering import Ahead, Call, by_layer, seen, worded

Enter = Callable[[Call, torch.Tensor], Call]  # the blocks' call as it begins, the rows (rows,) they stand before


def words(base: Base, ahead: Ahead) -> None:
    _enter(base, ahead, lambda call, on: _embedded(base, ahead, call, on))


def keys(base: Base, ahead: Ahead) -> None:
    _enter(base, ahead, lambda call, on: _cached(base, ahead, call, on))


def drawn(base: Base, ids: torch.Tensor) -> Any:
    return base.model.base_model(input_ids=ids, use_cache=True).cache.layers


def _enter(base: Base, ahead: Ahead, enter: Enter) -> None:
    blocks = base.model.base_model
    blocks.register_forward_pre_hook(_entering(ahead, enter), with_kwargs=True)
    blocks.register_forward_hook(_leaving(ahead), with_kwargs=True)


def _entering(ahead: Ahead, enter: Enter) -> Callable[..., Any]:
    def before(_: Any, args: Any, kwargs: Call) -> Any:
        call = {**({"input_ids": args[0]} if args else {}), **kwargs}
        on = ahead.before(call["input_ids"])
        if not bool(on.any()):
            return None
        call["position_ids"] = _moved(call, ahead.count, on)
        if not _begins(call):
            mask = _mask_of(call, call["cache"].get_seq_length() - ahead.count)
            return (), {**call, "attention_mask": torch.cat([seen(mask, ahead.count, on), mask], dim=1)}
        return (), enter(call, on)

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


def _mask_of(call: Call, past: int = 0) -> torch.Tensor:
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


def _embedded(base: Base, ahead: Ahead, call: Call, on: torch.Tensor) -> Call:
    """The call with the states before the embeddings of its tokens."""
    both = worded(base, ahead, call["input_ids"])
    places = torch.arange(ahead.count, device=both.device).expand(len(both), -1)
    return {
        **{name: value for name, value in call.items() if name != "input_ids"},
        "inputs_embeds": both,
        "position_ids": torch.cat([places, call["position_ids"]], dim=1),
        "attention_mask": _grown(_mask_of(call), ahead.count, on),
    }


def _grown(mask: torch.Tensor, count: int, on: torch.Tensor) -> torch.Tensor:
    """The mask with places for the virtual tokens, which see each other from left to right."""
    wider = torch.cat([seen(mask, count, on), mask], dim=-1)
    if mask.dim() == 2:
        return wider
    least = torch.finfo(mask.dtype).min
    corner = torch.full((count, count), least, dtype=mask.dtype, device=mask.device).triu(1)
    rest = torch.full((count, mask.shape[3]), least, dtype=mask.dtype, device=mask.device)
    top = torch.cat([corner, rest], dim=1).expand(len(mask), 1, -1, -1)
    return torch.cat([top, wider], dim=2)


def _cached(base: Base, ahead: Ahead, call: Call, on: torch.Tensor) -> Call:
    """The call with the keys and values in its cache, as if the virtual tokens had been read before."""
    from transformers import DynamicCache

    config = base.model.config
    cache = call.get("cache")
    if cache is None:
        cache = DynamicCache(config=config)
    states = ahead.states().to(base.model.dtype)
    heads = int(config.to_dict().get("num_key_value_heads") or config.num_attention_heads)
    for layer, (own, values) in enumerate(by_layer(states, config.num_hidden_layers, heads, len(on))):
        cache.update(own, values, layer)
    mask = _mask_of(call)
    return {**call, "cache": cache, "attention_mask": torch.cat([seen(mask, ahead.count, on), mask], dim=-1)}
