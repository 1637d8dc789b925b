"""Before the rows of a model that reads a text and writes another: words stand before what is read, keys and values
before what is written, as peft has it.

Knows no other head. They enter in hooks on the part that reads and the part that writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from studio.engine import shape
from studio.engine.load import Base
from studio.engine.methods.entering import Ahead, Call, by_layer, seen, worded

COUNTED = ("bart",)  # kinds that learn a vector for each place; of the others only how far tokens are apart counts


def words(base: Base, ahead: Ahead) -> None:
    """What is written looks at the virtual tokens, too, for they were read."""

    def reading(_: Any, args: Any, call: Call) -> Any:
        ids, mask = call["input_ids"], call["attention_mask"]
        on = ahead.before(ids)
        if not bool(on.any()):
            return None
        grown = torch.cat([seen(mask, ahead.count, on), mask], dim=1)
        return args, {**call, "input_ids": None, "inputs_embeds": worded(base, ahead, ids), "attention_mask": grown}

    def writing(_: Any, args: Any, call: Call) -> Any:
        mask = call["encoder_attention_mask"]
        on = ahead.before(mask)
        if not bool(on.any()):
            return None
        return args, {**call, "encoder_attention_mask": torch.cat([seen(mask, ahead.count, on), mask], dim=1)}

    base.model.get_encoder().register_forward_pre_hook(reading, with_kwargs=True)
    base.model.get_decoder().register_forward_pre_hook(writing, with_kwargs=True)
    _count_from_the_row(base, base.model.get_encoder(), ahead)


def keys(base: Base, ahead: Ahead) -> None:
    def writing(_: Any, args: Any, call: Call) -> Any:
        ids, cache = call["input_ids"], call.get("cache")
        on = ahead.before(ids)
        if not bool(on.any()):
            return None
        past = cache.get_seq_length() if cache is not None else 0
        if not past:
            cache = _filled(base, ahead, cache, len(ids))
        mask = call.get("attention_mask")
        if mask is None:
            mask = ids.new_ones(len(ids), max(0, past - ahead.count) + ids.shape[1])
        return args, {**call, "cache": cache, "attention_mask": torch.cat([seen(mask, ahead.count, on), mask], dim=1)}

    base.model.get_decoder().register_forward_pre_hook(writing, with_kwargs=True)
    _count_from_the_row(base, base.model.get_decoder(), ahead)


def _filled(base: Base, ahead: Ahead, cache: Any, rows: int) -> Any:
    """The cache, or a fresh one, as if the virtual tokens had been written before."""
    from transformers import DynamicCache, EncoderDecoderCache

    cache = EncoderDecoderCache(DynamicCache(), DynamicCache()) if cache is None else cache
    of = sizes(base.model.config)
    layers = of["num_layers"]
    pairs = by_layer(ahead.states().to(base.model.dtype), layers, of["num_attention_heads"], rows)
    for layer in range(layers):
        own, values = pairs[_pair(layer, layers)]
        cache.self_attention_cache.update(own, values, layer)
    return cache


def _pair(layer: int, layers: int) -> int:
    """Which keys and values a layer gets: peft 0.21 lays them out for reading, too, and so hands on every second."""
    return 2 * layer % layers


def _count_from_the_row(base: Base, part: Any, ahead: Ahead) -> None:
    """Of a batch in which they stand before some rows only, the others' own first token is at the first place."""
    if base.model.config.model_type not in COUNTED:
        return

    def counted(table: Any, given: Any, call: Call, output: torch.Tensor) -> Any:
        on = ahead.on
        if on is None or bool(on.all()) or not bool(on.any()):
            return None
        places = call.get("position_ids")
        if places is None:
            places = torch.arange(given[0].shape[1], device=output.device)
        earlier = (places - ahead.count).clamp(min=0) + table.offset
        without = torch.nn.functional.embedding(earlier, table.weight).expand(len(on), -1, -1)
        return torch.where(on[:, None, None], output, without)

    part.embed_positions.register_forward_hook(counted, with_kwargs=True)


def drawn(base: Base, ids: torch.Tensor) -> Any:
    """As they are written after a text that says the same, each where the layer that it is of will look for it."""
    made = base.model(input_ids=ids, attention_mask=torch.ones_like(ids), decoder_input_ids=ids, use_cache=True)
    found = list(made.cache.self_attention_cache.layers)
    places = {_pair(layer, len(found)): layer for layer in reversed(range(len(found)))}
    return [found[places.get(place, place)] for place in range(len(found))]


def sizes(config: Any) -> Mapping[str, int]:
    """Those of the part that writes; mT5's keys are not as wide as its states."""
    of = config.to_dict()
    heads = of.get("decoder_attention_heads") or of["num_heads"]
    return {
        "num_layers": shape.blocks(of)[1],
        "num_attention_heads": heads,
        "token_dim": heads * (of.get("d_kv") or of["d_model"] // heads),
    }
