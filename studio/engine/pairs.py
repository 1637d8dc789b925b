"""What a run of pairs brings down: how much is amiss with what the model makes of the two answers of each.

Knows no other task and no order of steps. A row without a worse answer among them, as what is rehearsed, is learned as
it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path

import torch

from studio.config import RunConfig
from studio.contract import Stop
from studio.engine import preferring
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.loss import losses
from studio.engine.noise import noise
from studio.engine.objectives import Brought
from studio.engine.preferring import LOSSES, Said, beta_of
from studio.engine.reference import Reference, reference
from studio.preferences import PREFERENCES

FOLDER = "reference"  # in the run's


class Pairs:
    """One loss a row. `sides`: how many rows of tokens one row is."""

    sides = 2

    def __init__(self, base: Base, config: RunConfig) -> None:
        self.base, self.name, self.noise = base, config.preference_loss, config.embedding_noise
        self.beta = beta_of(config.preference_loss, config.beta)
        self.reference: Reference = {}

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
        """The loss of each row (rows,), in nats, and by how much the better answer's reward is the higher one (pairs,).

        The answers to one question go through the model side by side.
        """
        sides = [side for row in rows for side in row.sides]
        with noise(self.base.model, self.noise):
            each = losses(self.base, self.base.head.collate(self.base, sides).to(self.base.device))
        said = torch.stack([-part.sum() for part in each.split([len(side.completion) for side in sides])])
        starts = list(accumulate((len(row.sides) for row in rows), initial=0))[:-1]
        paired = [place for place, row in enumerate(rows) if row.rejected]
        found = said[starts] / said.new_tensor([-len(row.completion) for row in rows])
        if not paired:
            return Brought(found, found[:0])
        both = torch.tensor([[starts[place], starts[place] + 1] for place in paired])
        judged = self.judged([rows[place] for place in paired], said[both])
        return Brought(found.index_put((torch.tensor(paired),), judged.losses), judged.margins)

    def judged(self, rows: Sequence[Encoded], said: torch.Tensor) -> Brought:
        """Of pairs whose answers have these log-probabilities (pairs, 2), summed over their tokens."""
        tokens = said.new_tensor([[len(row.completion), len(row.rejected)] for row in rows])
        looks_back = PREFERENCES[self.name].reference
        before = said.new_tensor([self.reference[row.number] if looks_back else (0.0, 0.0) for row in rows])
        pair = Said(*said.T, *tokens.T, *-before.T)
        with torch.no_grad():
            margins = preferring.margins(self.name, pair, self.beta)
        return Brought(LOSSES[self.name](pair, self.beta), margins)
