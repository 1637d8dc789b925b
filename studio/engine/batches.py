"""Which rows go into which step: rows of like length together, in an order that the seed and the epoch alone decide.

Knows no model; torch only as the box for the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from studio.engine.encode import Encoded

POOL = 16  # batches that are sorted by length together: long enough for little padding, short enough to stay random


@dataclass(frozen=True)
class Batch:
    """Rows side by side, padded at the right.

    `ids` (rows, tokens) · `scored` (n,) flat positions whose next token is learned · `targets` (n,) those next tokens,
    or the classes of the rows · `tokens` without padding · `inputs`, what else the model reads. With causal attention
    nothing looks right, so padding there changes nothing and needs no mask (tested).
    """

    ids: torch.Tensor
    scored: torch.Tensor
    targets: torch.Tensor
    tokens: int
    inputs: Mapping[str, torch.Tensor] = field(default_factory=dict)

    def to(self, device: torch.device) -> Batch:
        inputs = {name: value.to(device) for name, value in self.inputs.items()}
        return Batch(self.ids.to(device), self.scored.to(device), self.targets.to(device), self.tokens, inputs)


def steps_per_epoch(rows: int, batch_size: int) -> int:
    return math.ceil(rows / batch_size)


def order(lengths: Sequence[int] | np.ndarray, batch_size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """One epoch's batches as row indices. Every row appears once; only the last batch of the sort may be short.

    Rows are shuffled, sorted by length inside pools of POOL batches, cut into batches, and the batches shuffled, so
    that padding is small and the order still differs with each epoch.
    """
    random = np.random.default_rng([seed, epoch])
    rows, lengths = random.permutation(len(lengths)), np.asarray(lengths)
    pool = POOL * batch_size
    for start in range(0, len(rows), pool):
        near = rows[start : start + pool]
        rows[start : start + pool] = near[np.argsort(lengths[near], kind="stable")]
    batches = random.permutation(steps_per_epoch(len(rows), batch_size))
    return [rows[at * batch_size : (at + 1) * batch_size] for at in batches]


def collate(rows: Sequence[Encoded], pad: int) -> Batch:
    """Rows as one Batch of a causal model."""
    width = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), width), pad, dtype=torch.long)
    scored: list[int] = []
    targets: list[int] = []
    for at, row in enumerate(rows):
        ids[at, : len(row.ids)] = torch.tensor(row.ids)
        first = at * width + len(row.prompt) - 1
        scored += range(first, first + len(row.completion))
        targets += row.completion
    return Batch(ids, torch.tensor(scored), torch.tensor(targets), sum(len(row.ids) for row in rows))


def within(rows: Sequence[Encoded], budget: int, most: int = 0) -> Iterator[list[Encoded]]:
    """Cuts rows (sorted by length or not) into runs of at most `budget` padded tokens, and of at most so many rows
    where a number is given; always at least one row each."""
    run: list[Encoded] = []
    widest = 0
    for row in rows:
        widest = max(widest, len(row))
        if run and (widest * (len(run) + 1) > budget or len(run) == most):
            yield run
            run, widest = [], len(row)
        run.append(row)
    if run:
        yield run
