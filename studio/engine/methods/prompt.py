"""Prompt tuning: the embeddings of virtual tokens ahead of every row learn, and nothing else (arXiv 2104.08691).

Knows no data and no training loop.
"""

from __future__ import annotations

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine.load import Base
from studio.engine.methods import entering
from studio.engine.methods.ahead import *  # noqa: F403  (its __all__)
from studio.engine.methods.ahead import as_words, put_before


def attach(base: Base, config: RunConfig) -> Base:
    """They begin as the embeddings of tokens that the seed draws, so that they are words to the model."""
    from peft import PromptTuningConfig

    settings = PromptTuningConfig(prompt_tuning_init="SAMPLE_VOCAB", **as_words(base, config))
    made, ahead = put_before(base, config, settings)
    entering.room(base).words(made, ahead)
    return made


def trained(config: RunConfig, card: ModelCard) -> float:
    return config.virtual_tokens * card.hidden
