"""What a run of opinions brings down, be they pairs of answers or thumbs: how likely the model finds each answer, once.

Knows no way to tell what is amiss with that. A row of which nobody said what is better among them, as what is
rehearsed, is learned as it stands.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path

import torch

from studio.config import RunConfig
from studio.contract import Stop
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.loss import losses
from studio.engine.noise import noise
from studio.engine.objectives import Brought
from studio.engine.preferring import beta_of
from studio.engine.reference import Reference, reference
from studio.preferences import PREFERENCES

FOLDER = "reference"  # in the run's


class Preferred(ABC):
    """One loss a row. `sides`: how many rows of tokens one row is."""

    sides = 2

    def __init__(self, base: Base, config: RunConfig) -> None:
        self.base, self.name, self.noise = base, config.preference_loss, config.embedding_noise
        self.beta = beta_of(config.preference_loss, config.beta)
        self.reference: Reference = {}

    @abstractmethod
    def judged(self, rows: Sequence[Encoded], said: torch.Tensor) -> Brought:
        """Of rows whose answers have these log-probabilities (rows, answers of a row), summed over their tokens."""

    @abstractmethod
    def begin(self, rows: Sequence[Encoded]) -> None:
        """Hears of all rows of a step, or of an exam."""

    def prepare(self, rows: Iterable[Encoded], run_dir: Path, fingerprint: str, stop: Stop) -> bool:
        """Reads what the untouched model makes of all rows, where the loss asks for it; whether it was not stopped."""
        if not PREFERENCES[self.name].reference:
            return True
        found = reference(self.base, rows, run_dir / FOLDER, fingerprint, stop)
        self.reference = found or {}
        return found is not None

    def terms(self, row: Encoded) -> int:
        return 1

    def losses(self, rows: Sequence[Encoded]) -> Brought:
        """The loss of each row (rows,), in nats, and of those with an opinion by how much rewards are on its side.

        The answers to one question go through the model side by side.
        """
        sides = [side for row in rows for side in row.sides]
        with noise(self.base.model, self.noise):
            each = losses(self.base, self.base.head.collate(self.base, sides).to(self.base.device))
        said = torch.stack([-part.sum() for part in each.split([len(side.completion) for side in sides])])
        starts = list(accumulate((len(row.sides) for row in rows), initial=0))[:-1]
        found = said[starts] / said.new_tensor([-len(row.completion) for row in rows])
        places = [place for place, row in enumerate(rows) if row.judged]
        if not places:
            return Brought(found, found[:0])
        own = torch.tensor([[starts[place] + side for side in range(len(rows[place].sides))] for place in places])
        judged = self.judged([rows[place] for place in places], said[own])
        return Brought(found.index_put((torch.tensor(places),), judged.losses), judged.margins)
