"""The loss of the learned tokens, computed for these alone.

Knows no optimizer and no adapter. Equal to transformers' own loss with labels of -100 elsewhere (tested).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    """What a run of answers brings down: the loss of each learned token, `strength` of noise on what is read, those of
    rare answers `weighed` more, from 0, not at all, to 1, all answers as much as any."""

    sides = 1

    def __init__(self, base: Base, strength: float, weighed: float = 0.0) -> None:
        self.base, self.strength, self.weighed = base, strength, weighed
        self.weights: Mapping[tuple[int, ...], float] = {}

    def prepare(self, rows: Iterable[Encoded], run_dir: Path, fingerprint: str, stop: Stop) -> bool:
        if self.weighed:
            self.weights = weights(Counter(row.completion for row in rows), self.weighed)
        return True

    def terms(self, row: Encoded) -> int:
        return len(row.completion)

    def begin(self, rows: Sequence[Encoded]) -> None:
        """Each token is learned for itself."""

    def losses(self, rows: Sequence[Encoded]) -> Brought:
        with noise(self.base.model, self.strength):
            found = losses(self.base, self.base.head.collate(self.base, rows).to(self.base.device))
        if self.weights:
            each = [self.weights.get(row.completion, 1.0) for row in rows for _ in row.completion]
            found = found * torch.tensor(each, device=found.device)
        return Brought(found, found[:0])


def weights(rows: Mapping[tuple[int, ...], int], weighed: float) -> dict[tuple[int, ...], float]:
    """For each answer, of which there are so many rows, by what their losses are multiplied: the rarer the more, to the
    power of `weighed`, and 1 in the mean of all rows. At 1 it is what scikit-learn calls balanced."""
    rare = {answer: count**-weighed for answer, count in rows.items()}
    mean = sum(rare[answer] * count for answer, count in rows.items()) / sum(rows.values())
    return {answer: share / mean for answer, share in rare.items()}


def losses(base: Base, batch: Batch) -> torch.Tensor:
    """The negative log-likelihood (n,), in nats, of each of the batch's learned tokens, row after row."""
    return functional.cross_entropy(logits(base, batch), batch.targets, reduction="none")


def logits(base: Base, batch: Batch) -> torch.Tensor:
    """Logits (n, vocabulary or classes) for each of the batch's learned tokens, row after row."""
    return base.head.scores(base, batch)
