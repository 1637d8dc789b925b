"""What changes while a model learns: adapter, optimizer and random numbers, moved by one step at a time.

Knows no events, no clock and no disk; which step comes next, and what to keep, is decided in `train`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from studio.config import RunConfig
from studio.contract import Stop
from studio.data.schema import Example
from studio.engine import adapters, methods, modes, rehearsal
from studio.engine.adapters import Weights
from studio.engine.batches import order, steps_per_epoch, within
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.objectives import OBJECTIVES
from studio.engine.rows import Rows
from studio.engine.trunk import States, trunk

MICRO_TOKENS = 16384  # padded tokens that go through the model at once; larger steps are added up from parts


@dataclass(frozen=True)
class Snapshot:
    """Everything that decides the next steps, on the CPU."""

    adapter: Weights
    optimizer: Weights  # "NAME.exp_avg", "NAME.exp_avg_sq", "NAME.step"
    random: Weights  # torch's generators: "cpu", and "cuda" where there is one


@dataclass(frozen=True)
class Measured:
    """One optimizer step in numbers."""

    loss: float  # nats per learned token, or what a pair has as its loss
    grad_norm: float  # before clipping
    tokens: int  # without padding
    margin: float | None = None  # of pairs, by how much the better answer's reward is the higher one

    @property
    def finite(self) -> bool:
        return math.isfinite(self.loss) and math.isfinite(self.grad_norm)


class Learner:
    """A base model with a fresh adapter, the rows it learns, and AdamW."""

    def __init__(self, base: Base, rows: Rows, config: RunConfig, kept: Path | None = None) -> None:
        """`kept`: the folder for what can be computed once of the rows; without it nothing is."""
        self.base = methods.attach(base, config)
        if config.checkpointing:
            self.base.model.gradient_checkpointing_enable({"use_reentrant": False})
        self.aim = OBJECTIVES[config.task].aim(self.base, config)
        self.trunk = trunk(self.base, rows, config, kept) if kept and self.aim.sides == 1 else None
        modes.learning(self.base, methods.room(config.method).below(self.base))
        self.rows = rows
        self.config = config
        self.steps_per_epoch = steps_per_epoch(len(rows), config.batch_size)
        self.parameters = adapters.parameters(self.base)
        self._optimizer = torch.optim.AdamW(self._groups(), weight_decay=config.weight_decay, fused=True)
        self._epoch, self._order = -1, list[np.ndarray]()

    def _groups(self) -> list[dict[str, Any]]:
        """What learns at one rate together, in the model's order."""
        hurry = methods.room(self.config.method).hurry
        of = {name: hurry(name, self.config) for name in self.parameters}
        return [
            {"params": [weight for name, weight in self.parameters.items() if of[name] == times], "hurry": times}
            for times in dict.fromkeys(of.values())
        ]

    def prepare(self, asked: Iterable[tuple[Example, Encoded]], run_dir: Path, fingerprint: str, stop: Stop) -> bool:
        """Whether all is known that a step or a test on the `asked` rows has to know of rows; not if it was stopped."""
        rows = chain(self.rows, (row for _, row in asked))
        return self.aim.prepare(rows, run_dir, fingerprint, stop)

    def step(self, number: int, rate: float) -> Measured:
        """Step `number`, counted from 1: forward, backward, clip to norm 1, AdamW at `rate`.

        What is new and what is rehearsed go through the model side by side; the loss that is told is of the new alone.
        The rows follow from seed and number. Changes no weight when the loss or the gradient is not finite.
        """
        rows, known = self.batch(number), self.rehearsed(number)
        new = sum(map(self.aim.terms, rows))
        scored = new + sum(map(self.aim.terms, known))
        loss, margin, done = torch.zeros((), device=self.base.device), torch.zeros((), device=self.base.device), 0
        self.aim.begin(rows)
        below = self._below(number, known)
        for part in within([*rows, *known], MICRO_TOKENS // self.aim.sides, self.config.micro_batch):
            with self._skipped(list(islice(below, len(part)))):
                brought = self.aim.losses(part)
            (brought.losses.sum() / scored).backward()
            loss += brought.losses.detach()[: max(0, new - done)].sum()  # what is rehearsed stands behind what is new
            margin += brought.margins.sum()
            done += len(brought.losses)
        norm = torch.nn.utils.clip_grad_norm_(self.parameters.values(), 1.0)
        shown, norm, margin = torch.stack([loss / new, norm, margin / len(rows)]).tolist()  # one wait for the device
        tokens = sum(len(side) for row in [*rows, *known] for side in row.sides)
        measured = Measured(shown, norm, tokens, margin if self.aim.sides > 1 else None)
        if measured.finite:
            for group in self._optimizer.param_groups:
                group["lr"] = rate * group["hurry"]
            self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return measured

    def _below(self, number: int, known: Sequence[Encoded]) -> Iterator[torch.Tensor]:
        """What the trunk, if there is one, makes of each row of step `number`, those that are rehearsed last."""
        if self.trunk is None:
            return iter(())
        return chain(self.trunk.of(self._places(number)), self.trunk.made(known))

    def _skipped(self, below: States) -> AbstractContextManager[None]:
        """Inside, the model goes on from what the trunk, if there is one, made of a batch's rows."""
        return self.trunk.skipped(below) if self.trunk else nullcontext()

    @cached_property
    def known(self) -> list[Encoded]:
        """What is rehearsed; asked of the base when the first step needs it."""
        return rehearsal.rows(self.base, self.rows.first_wordings, self.config.seed)

    def rehearsed(self, number: int) -> list[Encoded]:
        """The everyday rows of step `number`: the same share of every step, each as often as any other, by the seed."""
        count = round(self.config.rehearsal * self.config.batch_size)
        if not count or not self.known:
            return []
        places = [divmod(place, len(self.known)) for place in range((number - 1) * count, number * count)]
        orders = {turn: self._order_of(turn) for turn, _ in places}
        return [self.known[orders[turn][place]] for turn, place in places]

    def _order_of(self, turn: int) -> list[int]:
        """In which order the everyday rows are gone through for the `turn`-th time."""
        order: list[int] = np.random.default_rng([self.config.seed, turn]).permutation(len(self.known)).tolist()
        return order

    def batch(self, number: int) -> list[Encoded]:
        """The rows of step `number`."""
        return self.rows.take(self._places(number))

    def _places(self, number: int) -> list[int]:
        """Which of the rows step `number` learns."""
        epoch, at = divmod(number - 1, self.steps_per_epoch)
        if self._epoch != epoch:
            order_of = order(self.rows.lengths, self.config.batch_size, self.config.seed, epoch)
            self._epoch, self._order = epoch, order_of
        return [int(place) for place in self._order[at]]

    def snapshot(self) -> Snapshot:
        """A copy of what the steps so far have changed."""
        moments = {
            f"{name}.{key}": value.detach().to("cpu", copy=True)
            for name, weight in self.parameters.items()
            for key, value in self._optimizer.state[weight].items()
        }
        return Snapshot(adapters.weights(self.base), moments, _random())

    def restore(self, snapshot: Snapshot) -> None:
        """Makes the next step what it would have been when `snapshot` was taken."""
        adapters.put(self.base, snapshot.adapter)
        for name, weight in self.parameters.items():
            self._optimizer.state[weight] = {
                key: snapshot.optimizer[f"{name}.{key}"].to(weight.device) for key in ("step", "exp_avg", "exp_avg_sq")
            }
        torch.set_rng_state(snapshot.random["cpu"])
        if "cuda" in snapshot.random and torch.cuda.is_available():
            torch.cuda.set_rng_state(snapshot.random["cuda"])


def _random() -> Weights:
    state = {"cpu": torch.get_rng_state()}
    return {**state, "cuda": torch.cuda.get_rng_state()} if torch.cuda.is_available() else state
