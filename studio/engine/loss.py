"""The loss of the learned tokens, computed for these alone.

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
    """Logits (n, vocabulary or classes) for each of the batch's learned tokens, row after row."""
    return base.head.scores(base, batch)
