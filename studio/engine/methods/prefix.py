"""Prefix tuning: in every layer the keys and values of virtual tokens ahead of every row learn (arXiv 2101.00190).

Knows no data and no training loop.
"""

from __future__ import annotations

import torch

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine.load import Base
from studio.engine.methods import entering
from studio.engine.methods.ahead import *  # noqa: F403  (its __all__)
from studio.engine.methods.ahead import put_before


def attach(base: Base, config: RunConfig) -> Base:
    """They begin as those of tokens that the seed draws (the paper's section 7.4), not as noise."""
    from peft import PrefixTuningConfig

    room = entering.room(base)
    settings = PrefixTuningConfig(num_virtual_tokens=config.virtual_tokens, task_type=base.head.task_type)
    made, ahead = put_before(base, config, settings)
    with torch.no_grad():
        ahead.encoder.get_parameter("embedding.weight").copy_(_begun(base, config.virtual_tokens))
    room.keys(made, ahead)
    return made


def _begun(base: Base, count: int) -> torch.Tensor:
    """Keys and values (count, layers · 2 · heads · width) of drawn tokens, as peft lays them in a row."""
    ids = torch.randint(len(base.tokenizer), (1, count)).to(base.device)
    layers = entering.room(base).drawn(base, ids)
    parts = [part[0] for layer in layers for part in (layer.keys, layer.values)]  # each (heads, count, width)
    return torch.stack(parts).permute(2, 0, 1, 3).flatten(1).float()


def trained(config: RunConfig, card: ModelCard) -> float:
    return config.virtual_tokens * card.layers * 2 * card.hidden
