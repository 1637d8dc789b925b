"""What a run of pairs brings down: how much is amiss with what the model makes of the two answers of each.

Knows no other task and no order of steps.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from studio.engine import preferring
from studio.engine.encode import Encoded
from studio.engine.objectives import Brought
from studio.engine.preferred import Preferred
from studio.engine.preferring import LOSSES, Said
from studio.preferences import PREFERENCES


class Pairs(Preferred):
    """Its margins: by how much the better answer's reward is the higher one (pairs,)."""

    def begin(self, rows: Sequence[Encoded]) -> None:
        """Each pair is learned for itself."""

    def judged(self, rows: Sequence[Encoded], said: torch.Tensor) -> Brought:
        tokens = said.new_tensor([[len(row.completion), len(row.rejected)] for row in rows])
        looks_back = PREFERENCES[self.name].reference
        before = said.new_tensor([self.reference[row.number] if looks_back else (0.0, 0.0) for row in rows])
        pair = Said(*said.T, *tokens.T, *-before.T)
        with torch.no_grad():
            margins = preferring.margins(self.name, pair, self.beta)
        return Brought(LOSSES[self.name](pair, self.beta), margins)
