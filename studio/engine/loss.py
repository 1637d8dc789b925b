"""The loss of the learned tokens, computed for these alone: the head never sees a prompt or a padding token.

Knows no optimizer and no adapter. Equal to transformers' own loss with labels of -100 elsewhere (tested).
"""

from __future__ import annotations

import torch
from torch.nn import functional

from studio.engine.batches import Batch
from studio.engine.load import Base


def losses(base: Base, batch: Batch) -> torch.Tensor:
    """The negative log-likelihood (n,), in nats, of each of the batch's learned tokens, row after row."""
    return functional.cross_entropy(logits(base, batch), batch.targets, reduction="none")


def logits(base: Base, batch: Batch) -> torch.Tensor:
    """Logits (n, vocabulary) for each of the batch's learned tokens, row after row."""
    states = base.head.hidden(base.model, batch.ids)
    return base.head.logits(base.model, states.flatten(0, 1)[batch.scored])
