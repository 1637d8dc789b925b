"""Freeze tuning: the top layers learn, with what stands behind them: a head for classes, or the last norm and, if
wanted, the layer that says words. The rest stays as it is.

Knows no data and no training loop.
"""

from __future__ import annotations

from itertools import chain
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
from studio.heads import HEADS


def check(config: RunConfig, folder: Path) -> None:
    """Raises StudioError where there are not so many layers, nothing would learn, or bf16 is asked for."""
    own_weights.check(config, folder)
    of = catalog.check(folder)
    there = catalog.Shape.of(of).answering
    if config.layers > there:
        raise StudioError("engine.too_many_layers", layers=config.layers, there=there)
    if not config.layers and not config.train_head and HEADS[catalog.head_of(of["model_type"])].talks:
        raise StudioError("engine.no_layer_learns")


def attach(base: Base, config: RunConfig) -> Base:
    """Of a model that reads and writes apart, the top layers are the last of those that write."""
    blocks = list(chain.from_iterable(base.head.stacks(base.model)))
    top = (block.parameters() for block in blocks[len(blocks) - config.layers :])
    learning = {id(weight) for weight in chain(*top, base.head.above(base, config.train_head))}
    names = (name for name, weight in base.model.named_parameters() if id(weight) in learning)
    return own_weights.teach(base, config, names)


def trained(config: RunConfig, card: ModelCard) -> float:
    """About how many: so many of the blocks, and the table of words if the layer that says them learns; a head for
    classes always does."""
    table = card.vocabulary * card.hidden
    head = config.train_head * table if HEADS[card.head].talks else card.hidden**2
    return depth(config, card) * max(card.parameters - table, 0) + head


def depth(config: RunConfig, card: ModelCard) -> float:
    return min(1.0, config.layers / card.layers)
