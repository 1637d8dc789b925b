"""Freeze tuning: the top layers learn, with the norm behind them and, if wanted, the head; the rest stays as it is.

Knows no data and no training loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.engine import catalog
from studio.engine.load import Base
from studio.engine.methods import own_weights
from studio.engine.methods.own_weights import (  # noqa: F401  (as there)
    begin,
    below,
    changed,
    gated,
    hurry,
    is_added,
    merge,
    put,
    weights,
    write,
)
from studio.errors import StudioError


def check(config: RunConfig, folder: Path) -> None:
    """Raises StudioError where there are not so many layers, or bf16 is asked for."""
    own_weights.check(config, folder)
    there = catalog.Shape.of(catalog.check(folder)).layers
    if config.layers > there:
        raise StudioError("engine.too_many_layers", layers=config.layers, there=there)


def attach(base: Base, config: RunConfig) -> Base:
    return own_weights.teach(base, config, _top(base, config))


def _top(base: Base, config: RunConfig) -> Iterator[str]:
    """The names of what learns. The head of a model that reads and says by one table is that table."""
    first = base.model.config.num_hidden_layers - config.layers
    head = {id(weight) for weight in base.model.get_output_embeddings().parameters()} if config.train_head else set()
    for name, weight in base.model.named_parameters():
        block = own_weights.BLOCK.search(name)
        if (int(block[1]) >= first if block else weight.dim() == 1) or id(weight) in head:
            yield name


def trained(config: RunConfig, card: ModelCard) -> float:
    """About how many: so many of the blocks, and the table of words if the head learns."""
    table = card.vocabulary * card.hidden
    return depth(config, card) * max(card.parameters - table, 0) + config.train_head * table


def depth(config: RunConfig, card: ModelCard) -> float:
    return min(1.0, config.layers / card.layers)
