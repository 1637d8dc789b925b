"""What the layers below all that learns make of each row: computed once, kept on the disk, and read in every pass.

Knows no method but how many of the blocks lie below, and no optimizer. No padding is seen and nothing below is dropped
at random (`modes`), so a row's states are the same in every step of every run; losses and gradients are those of the
plain way (tested).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from studio import commit
from studio.config import RunConfig
from studio.engine import catalog, methods, modes
from studio.engine.batches import within
from studio.engine.encode import Encoded
from studio.engine.heads import Gathered
from studio.engine.load import Base
from studio.engine.rows import Rows

FILE = "states.npy"
AT_ONCE = 512  # rows that are held before their states are written
TOKENS, IN_CACHE = 16384, 1024  # padded tokens that go through the blocks at once, and where a CPU computes
MOST_HELD = 2**26  # bytes of states that lie in memory beside a run
MOST_OF_DISK = 0.2  # of what is free there
States = list[torch.Tensor]  # (tokens, width) of each row
Slot = tuple[torch.nn.Module, str]  # a part of the model, by its name in another


# Of how many parts the answer of a kind's blocks is made; of the others it is the states alone.
PARTS = {"deberta": 2, "deberta-v2": 2, "mpnet": 1, "mt5": 3, "roformer": 1, "t5": 3}


class Through(torch.nn.Module):
    """In the place of a block of such a model: hands on what it gets, or what is `given`, as that would."""

    given: torch.Tensor | None = None

    def __init__(self, block: Any, kind: str) -> None:
        super().__init__()
        self.parts = PARTS.get(kind, 0)
        self.attention_type = vars(block).get("attention_type")  # ModernBERT asks what a block looks at

    def forward(self, states: torch.Tensor, *_: Any, **__: Any) -> Any:
        handed = states if self.given is None else self.given
        return (handed, *[None] * (self.parts - 1)) if self.parts else handed


@dataclass(frozen=True)
class Trunk:
    """The lowest `depth` blocks of a model's first stack, and what they make of the rows in `folder`."""

    base: Base
    depth: int
    kept: np.ndarray[Any, Any]  # (tokens of all rows, width), on the disk
    starts: np.ndarray[Any, Any]  # where each row's states begin there

    def of(self, places: Sequence[int]) -> States:
        """The states of the rows at these places."""
        return [torch.from_numpy(self.kept[self.starts[at] : self.starts[at + 1]].copy()) for at in places]

    def made(self, rows: Sequence[Encoded]) -> States:
        """The states of rows that are not kept, in their order."""
        found: list[torch.Tensor] = [torch.empty(0)] * len(rows)
        order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
        places = iter(order)
        at_once = IN_CACHE if self.base.device.type == "cpu" else TOKENS
        for part in within([rows[at] for at in order], at_once):
            for row, states in zip(part, _computed(self.base, self.depth, part), strict=True):
                found[next(places)] = states[: _read(self.base, row)].cpu()
        return found

    @contextmanager
    def skipped(self, states: States) -> Iterator[None]:
        """While it lasts, the model goes on from these states of a batch's rows instead of reading them."""
        width = max(map(len, states))
        padded = torch.stack([torch.nn.functional.pad(one, (0, 0, 0, width - len(one))) for one in states])
        for one in self._handing:
            one.given = padded.to(self.base.device)
        with _through(self._slots, self._handing):
            yield

    def held(self, rows: Sequence[Encoded]) -> Base:
        """The base that goes on from the states of these rows whenever it reads some of them alone; as it was where
        they take too much memory."""
        if sum(_read(self.base, row) for row in rows) * self.kept.shape[1] * 4 > MOST_HELD:
            return self.base
        states = dict(zip(rows, self.made(rows), strict=True))

        def below(part: Sequence[Encoded]) -> AbstractContextManager[None]:
            known = all(row in states for row in part)
            return self.skipped([states[row] for row in part]) if known else nullcontext()

        return replace(self.base, below=below)

    @cached_property
    def _slots(self) -> list[Slot]:
        model = self.base.model
        return [(model, model.base_model_prefix)] if self._alone else _slots(self.base)[: self.depth]

    @cached_property
    def _handing(self) -> Sequence[Through | Gathered]:
        return [self._alone] if self._alone else _in_place_of(self.base, self._slots)

    @cached_property
    def _alone(self) -> Gathered | None:
        return _alone(self.base, self.depth)


def trunk(base: Base, rows: Rows, config: RunConfig, folder: Path) -> Trunk | None:
    """The trunk below what learns, its states in `folder`, where they are made if they are not there.

    None where nothing lies below, where what is read is blurred, where one pass is all there is, or where the disk has
    no room for them.
    """
    below = methods.room(config.method).below(base)
    if base.model.config.model_type not in catalog.HEAD_OF:
        return None  # of a kind that no test has gone through
    if not below or config.embedding_noise or config.epochs == 1:
        return None
    depth = min(below, len(base.head.stacks(base.model)[0]))
    width = catalog.Shape.of(base.model.config.to_dict()).hidden
    starts = np.concatenate([[0], np.cumsum(_lengths(base, rows, depth))])
    made = Trunk(base, depth, np.empty((0, width), np.float32), starts)
    place = folder / f"trunk-{_name(base, rows, depth, int(starts[-1]))}"
    folder.mkdir(parents=True, exist_ok=True)
    if not commit.whole(place):
        if 4 * width * starts[-1] > MOST_OF_DISK * shutil.disk_usage(folder).free:
            return None
        _write(made, rows, place, width)
    os.utime(place)  # it was of use: what has not been for long is swept
    return Trunk(base, depth, np.load(place / FILE, mmap_mode="r", allow_pickle=False), starts)


def _read(base: Base, row: Encoded) -> int:
    """How many tokens of a row go through the first stack: those of its answer only where it goes on with what it
    read."""
    return len(row) if base.head.continues else len(row.prompt)


def _alone(base: Base, depth: int) -> Gathered | None:
    """What stands for all below the head where of each row the blocks up to there hand on one token alone."""
    return base.head.gathered(base.model) if depth == len(base.head.stacks(base.model)[0]) else None


def _lengths(base: Base, rows: Rows, depth: int) -> np.ndarray[Any, Any]:
    """How many states of each row are kept."""
    if _alone(base, depth):
        return np.ones(len(rows), np.int64)
    return rows.lengths if base.head.continues else rows.asked


def _name(base: Base, rows: Rows, depth: int, states: int) -> str:
    """What decides the states: the weights, the rows, how many blocks, and how many of them are kept."""
    facts = [catalog.identity(base.folder), rows.name, depth, states, base.precision, base.device.type]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def _write(trunk: Trunk, rows: Rows, place: Path, width: int) -> None:
    with commit.committed(place, rows=len(rows)) as draft:
        shape = (int(trunk.starts[-1]), width)
        kept = np.lib.format.open_memmap(draft / FILE, mode="w+", dtype=np.float32, shape=shape)
        for start in range(0, len(rows), AT_ONCE):
            places = range(start, min(start + AT_ONCE, len(rows)))
            for at, states in zip(places, trunk.made(rows.take(places)), strict=True):
                kept[trunk.starts[at] : trunk.starts[at + 1]] = states.numpy()
        kept.flush()


def _computed(base: Base, depth: int, rows: Sequence[Encoded]) -> torch.Tensor:
    """What the lowest blocks make of rows: (rows, tokens, width)."""
    seen: list[torch.Tensor] = []
    slots = _slots(base)
    stack, name = slots[depth - 1]
    batch = base.head.collate(base, rows).to(base.device)
    hook = stack.get_submodule(name).register_forward_hook(lambda _, __, made: seen.append(_states(made)))
    try:
        above = slots[depth:]
        with torch.no_grad(), modes.answering(base.model), _through(above, _in_place_of(base, above)):
            base.head.scores(base, batch)
    finally:
        hook.remove()
    return seen[0].clone()


def _states(made: Any) -> torch.Tensor:
    """Of what a block answers, what the next one reads."""
    states: torch.Tensor = made[0] if isinstance(made, tuple) else made
    return states


def _slots(base: Base) -> list[Slot]:
    """The places of the model's blocks, from the lowest up."""
    return [(stack, name) for stack in base.head.stacks(base.model) for name, _ in stack.named_children()]


def _in_place_of(base: Base, slots: Sequence[Slot]) -> list[Through]:
    return [Through(stack.get_submodule(name), base.model.config.model_type) for stack, name in slots]


@contextmanager
def _through(slots: Sequence[Slot], handing: Sequence[torch.nn.Module]) -> Iterator[None]:
    """While it lasts, these stand in the places of parts of the model."""
    own = [stack.get_submodule(name) for stack, name in slots]
    try:
        for (stack, name), one in zip(slots, handing, strict=True):
            stack.set_submodule(name, one)
        yield
    finally:
        for (stack, name), part in zip(slots, own, strict=True):
            stack.set_submodule(name, part)
