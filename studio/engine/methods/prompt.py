"""Prompt tuning: the embeddings of virtual tokens ahead of every row learn, and nothing else (arXiv 2104.08691).

Knows no data and no training loop.
"""

from __future__ import annotations

import torch

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine.load import Base
from studio.engine.methods.ahead import *  # noqa: F403  (its __all__)
from studio.engine.methods.ahead import Call, mask_of, put_before, seen


def attach(base: Base, config: RunConfig) -> Base:
    """They begin as the embeddings of tokens that the seed draws, so that they are words to the model."""
    from peft import PromptTuningConfig

    settings = PromptTuningConfig(
        num_virtual_tokens=config.virtual_tokens, prompt_tuning_init="SAMPLE_VOCAB", task_type=base.head.task_type
    )
    return put_before(base, config, settings, lambda states, call, on: embedded(base, states, call, on))


def embedded(base: Base, states: torch.Tensor, call: Call, on: torch.Tensor) -> Call:
    """The call with the states before the embeddings of its tokens."""
    words = base.model.get_input_embeddings()(call["input_ids"])
    ahead = states.to(words.dtype).expand(len(words), -1, -1)
    count = ahead.shape[1]
    places = torch.arange(count, device=words.device).expand(len(words), -1)
    return {
        **{name: value for name, value in call.items() if name != "input_ids"},
        "inputs_embeds": torch.cat([ahead, words], dim=1),
        "position_ids": torch.cat([places, call["position_ids"]], dim=1),
        "attention_mask": _grown(mask_of(call), count, on),
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


def trained(config: RunConfig, card: ModelCard) -> float:
    return config.virtual_tokens * card.hidden
