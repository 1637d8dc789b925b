"""What a run of thumbs brings down: how much is amiss with how likely answers have become that were liked or were not.

Knows no other task and no order of steps.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from studio.config import RunConfig
from studio.contract import Stop
from studio.engine import generate, modes
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.objectives import Brought
from studio.engine.preferred import Preferred
from studio.engine.preferring import OF_ONE, Judged, balanced
from studio.engine.reference import nats


class Thumbs(Preferred):
    """Its margins: the reward of what was liked, and of what was not that with the other sign (rows,). `weights`: by
    what the losses of the ones and the others are multiplied. `usual`: as in `preferring.Judged`."""

    def __init__(self, base: Base, config: RunConfig) -> None:
        super().__init__(base, config)
        self.weights = balanced(1, 1)
        self.usual = 0.0

    def prepare(self, rows: Iterable[Encoded], run_dir: Path, fingerprint: str, stop: Stop) -> bool:
        """Counts the thumbs, too."""
        thumbs: Counter[str] = Counter()
        counted = _counted(rows, thumbs)
        if not super().prepare(counted, run_dir, fingerprint, stop):
            return False
        deque(counted, maxlen=0)  # those that were read in an earlier sitting
        self.weights = balanced(thumbs["up"], thumbs["down"])
        return True

    def judged(self, rows: Sequence[Encoded], said: torch.Tensor) -> Brought:
        before = said.new_tensor([self.reference[row.number] for row in rows])
        liked = torch.tensor([row.liked == "up" for row in rows], device=said.device)
        one = Judged((said + before)[:, 0], liked, said.new_tensor(self.usual))
        up, down = said.new_tensor(self.weights)
        losses = torch.where(liked, up, down) * OF_ONE[self.name](one, self.beta)
        return Brought(losses, (self.beta * one.sides * one.gained).detach())

    def begin(self, rows: Sequence[Encoded]) -> None:
        """Looks by how many nats answers to other questions have become likelier on average, 0 at least: each question
        with the answer to the one before it, the first with the last one's (as the paper's authors and TRL estimate
        it). It is the same in how many parts ever the rows go through. The model's mode is as before afterwards.
        """
        self.usual = self._gained(rows) if len(rows) > 1 else 0.0

    def _gained(self, rows: Sequence[Encoded]) -> float:
        mixed = [self._with(row, other.completion) for row, other in zip(rows, [rows[-1], *rows[:-1]], strict=True)]
        with modes.answering(self.base.model):
            before, now = (nats(self.base, mixed, name) for name in (generate.BASE, generate.TUNED))
        gained = sum(was - found for (was,), (found,) in zip(before, now, strict=True)) / len(mixed)
        return max(0.0, gained)

    def _with(self, row: Encoded, completion: tuple[int, ...]) -> Encoded:
        """The question, as much of its end as the model can read before such an answer."""
        room = max(1, self.base.context - len(completion))
        return replace(row, prompt=row.prompt[-room:], completion=completion)


def _counted(rows: Iterable[Encoded], thumbs: Counter[str]) -> Iterator[Encoded]:
    for row in rows:
        thumbs[row.liked] += 1
        yield row
