"""Full tuning: every weight of the model learns.

Knows nothing else.
"""

from __future__ import annotations

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine.load import Base
from studio.engine.methods.own_weights import (  # noqa: F401  (as there)
    begin,
    below,
    changed,
    check,
    gated,
    hurry,
    is_added,
    merge,
    put,
    teach,
    weights,
    write,
)


def attach(base: Base, config: RunConfig) -> Base:
    return teach(base, config, [name for name, _ in base.model.named_parameters()])


def trained(config: RunConfig, card: ModelCard) -> float:
    return card.parameters


def depth(config: RunConfig, card: ModelCard) -> float:
    return 1.0
