"""Prefix tuning: in every layer the keys and values of virtual tokens ahead of every row learn (arXiv 2101.00190).

Knows no data and no training loop.
"""

from __future__ import annotations

from typing import Any

import torch

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine.load import Base
from studio.engine.methods.ahead import *  # noqa: F403  (its __all__)
from studio.engine.methods.ahead import Call, mask_of, put_before, seen


def attach(base: Base, config: RunConfig) -> Base:
    """They begin as those of tokens that the seed draws (the paper's section 7.4), not as noise."""
    from peft import PrefixTuningConfig

    settings = PrefixTuningConfig(num_virtual_tokens=config.virtual_tokens, task_type=base.head.task_type)
    made = put_before(base, config, settings, lambda states, call, on: _cached(base, states, call, on))
    with torch.no_grad():
        made.model.ahead.encoder.embedding.weight.copy_(_begun(base, config.virtual_tokens))
    return made


def _begun(base: Base, count: int) -> torch.Tensor:
    """Keys and values (count, layers · 2 · heads · width) of drawn tokens, as peft lays them in a row."""
    drawn = torch.randint(len(base.tokenizer), (1, count)).to(base.device)
    base.model.ahead.on = torch.zeros(1, dtype=torch.bool)
    cache = base.model.base_model(input_ids=drawn, use_cache=True).cache
    base.model.ahead.on = None
    parts = [part[0] for layer in cache.layers for part in (layer.keys, layer.values)]  # each (heads, count, width)
    return torch.stack(parts).permute(2, 0, 1, 3).flatten(1).float()


def _cached(base: Base, states: torch.Tensor, call: Call, on: torch.Tensor) -> Call:
    """The call with the keys and values in its cache, as if the virtual tokens had been read before."""
    from transformers import DynamicCache

    config = base.model.config
    cache = call.get("cache")
    if cache is None:
        cache = DynamicCache(config=config)
    layers, heads = config.num_hidden_layers, _heads(config)
    parts = states.to(base.model.dtype).view(len(states), layers, 2, heads, -1)
    for layer in range(layers):
        keys, values = parts[:, layer].permute(1, 2, 0, 3)[:, None].expand(-1, len(on), -1, -1, -1)
        cache.update(keys, values, layer)
    mask = mask_of(call)
    return {**call, "cache": cache, "attention_mask": torch.cat([seen(mask, len(states), on), mask], dim=-1)}


def _heads(config: Any) -> int:
    return int(config.to_dict().get("num_key_value_heads") or config.num_attention_heads)


def trained(config: RunConfig, card: ModelCard) -> float:
    return config.virtual_tokens * card.layers * 2 * card.hidden
