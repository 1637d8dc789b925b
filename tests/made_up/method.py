"""LoRA beside the queries of attention only."""

from __future__ import annotations

from dataclasses import replace

import torch

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine.load import Base
from studio.engine.methods.lora import *  # noqa: F403  (all as there but for two)
from studio.methods import METHODS, Method
from studio.words import LANGS, catalogue


def attach(base: Base, config: RunConfig) -> Base:
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(config.seed)
    lora = LoraConfig(r=config.rank, lora_alpha=config.alpha, target_modules=["q_proj"], task_type="CAUSAL_LM")
    return replace(base, method=config.method, peft=get_peft_model(base.model, lora))


def trained(config: RunConfig, card: ModelCard) -> float:
    return card.layers * config.rank * 2 * card.hidden


METHODS["queries"] = Method("Queries", room=__name__, knobs=("rank", "alpha"))
for lang in LANGS:
    catalogue(lang)["model_tab.method_queries"] = "Queries only"
