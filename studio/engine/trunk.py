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
from contextlib import contextmanager
from dataclasses import dataclass
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
from studio.engine.load import Base
from studio.engine.rows import Rows

FILE = "states.npy"
AT_ONCE = 512  # rows that are held before their states are written
TOKENS, IN_CACHE = 16384, 1024  # padded tokens that go through the blocks at once, and where a CPU computes
MOST_OF_DISK = 0.2  # of what is free there
States = list[torch.Tensor]  # (tokens, width) of each row
Slot = tuple[torch.nn.ModuleList, int]


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

    @cached_property
    def _slots(self) -> list[Slot]:
        return _slots(self.base)[: self.depth]

    @cached_property
    def _handing(self) -> list[Through]:
        return _in_place_of(self.base, self._slots)


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
    starts = np.concatenate([[0], np.cumsum(rows.lengths if base.head.continues else rows.asked)])
    made = Trunk(base, depth, np.empty((0, width), np.float32), starts)
    place = folder / f"trunk-{_name(base, rows, depth)}"
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


def _name(base: Base, rows: Rows, depth: int) -> str:
    """What decides the states: the weights, the rows, how many blocks."""
    facts = [catalog.identity(base.folder), rows.name, depth, base.precision, base.device.type]
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
    stack, place = slots[depth - 1]
    batch = base.head.collate(base, rows).to(base.device)
    hook = stack[place].register_forward_hook(lambda _, __, made: seen.append(_states(made)))
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
    return [(stack, place) for stack in base.head.stacks(base.model) for place in range(len(stack))]


def _in_place_of(base: Base, slots: Sequence[Slot]) -> list[Through]:
    return [Through(stack[place], base.model.config.model_type) for stack, place in slots]


@contextmanager
def _through(slots: Sequence[Slot], handing: Sequence[Through]) -> Iterator[None]:
    """While it lasts, these stand in the places of the model's blocks."""
    own = [stack[place] for stack, place in slots]
    try:
        for (stack, place), one in zip(slots, handing, strict=True):
            stack[place] = one
        yield
    finally:
        for (stack, place), block in zip(slots, own, strict=True):
            stack[place] = block
