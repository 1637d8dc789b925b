"""P-tuning: as prompt tuning, but the embeddings come from a small network that learns (arXiv 2103.10385).

Knows no data and no training loop.
"""

from __future__ import annotations

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine.load import Base
from studio.engine.methods.ahead import *  # noqa: F403  (its __all__)
from studio.engine.methods.ahead import put_before
from studio.engine.methods.prompt import embedded


def attach(base: Base, config: RunConfig) -> Base:
    from peft import PromptEncoderConfig

    width = base.model.get_input_embeddings().embedding_dim
    settings = PromptEncoderConfig(
        num_virtual_tokens=config.virtual_tokens, encoder_hidden_size=width, task_type=base.head.task_type
    )
    return put_before(base, config, settings, lambda states, call, on: embedded(base, states, call, on))


def trained(config: RunConfig, card: ModelCard) -> float:
    return config.virtual_tokens * card.hidden + 3 * card.hidden * (card.hidden + 1)
