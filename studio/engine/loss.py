"""The loss of the learned tokens, computed for these alone.

Knows no optimizer and no adapter. Equal to transformers' own loss with labels of -100 elsewhere (tested).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch.nn import functional

from studio.contract import Stop
from studio.engine.batches import Batch
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.noise import noise
from studio.engine.objectives import Brought


class Tokens:
    """What a run of answers brings down: the loss of each learned token, `strength` of noise on what is read."""

    sides = 1

    def __init__(self, base: Base, strength: float) -> None:
        self.base, self.strength = base, strength

    def prepare(self, rows: Iterable[Encoded], run_dir: Path, fingerprint: str, stop: Stop) -> bool:
        return True

    def terms(self, row: Encoded) -> int:
        return len(row.completion)

    def losses(self, rows: Sequence[Encoded]) -> Brought:
        with noise(self.base.model, self.strength):
            found = losses(self.base, self.base.head.collate(self.base, rows).to(self.base.device))
        return Brought(found, found[:0])


def losses(base: Base, batch: Batch) -> torch.Tensor:
    """The negative log-likelihood (n,), in nats, of each of the batch's learned tokens, row after row."""
    return functional.cross_entropy(logits(base, batch), batch.targets, reduction="none")


def logits(base: Base, batch: Batch) -> torch.Tensor:
    """Logits (n, vocabulary or classes) for each of the batch's learned tokens, row after row."""
    return base.head.scores(base, batch)
