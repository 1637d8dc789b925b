"""P-tuning: as prompt tuning, but the embeddings come from a small network that learns (arXiv 2103.10385).

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
    from peft import PromptEncoderConfig

    told = as_words(base, config)
    made, ahead = put_before(base, config, PromptEncoderConfig(encoder_hidden_size=told["token_dim"], **told))
    entering.room(base).words(made, ahead)
    return made


def trained(config: RunConfig, card: ModelCard) -> float:
    return config.virtual_tokens * card.hidden + 3 * card.hidden * (card.hidden + 1)
