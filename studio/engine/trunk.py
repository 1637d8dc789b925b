"""What the layers below all that learns make of each row: computed once, kept on the disk, and read in every pass.

Knows no method but how many of the blocks lie below, and no optimizer. With causal attention and nothing random below,
a row's states are the same in every step of every run; losses and gradients are those of the plain way (tested).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from studio import commit
from studio.config import RunConfig
from studio.engine import catalog, methods
from studio.engine.batches import within
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.rows import Rows

FILE = "states.npy"
AT_ONCE = 512  # rows that are held before their states are written
TOKENS = 16384  # padded tokens that go through the blocks at once
MOST_OF_DISK = 0.2  # of what is free there
States = list[torch.Tensor]  # (tokens, width) of each row


class Through(torch.nn.Module):
    """A block that hands on what it gets."""

    def forward(self, states: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
        return states


@dataclass(frozen=True)
class Trunk:
    """The lowest `depth` blocks of a model, and what they make of the rows in `folder`."""

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
        for part in within([rows[at] for at in order], TOKENS):
            for row, states in zip(part, _computed(self.base, self.depth, part), strict=True):
                found[next(places)] = states[: len(row)].cpu()
        return found

    @contextmanager
    def skipped(self, states: States) -> Iterator[None]:
        """While it lasts, the model goes on from these states of a batch's rows instead of reading them."""
        width = max(map(len, states))
        padded = torch.stack([torch.nn.functional.pad(one, (0, 0, 0, width - len(one))) for one in states])
        above = _blocks(self.base)[self.depth]
        with _through(self.base, slice(0, self.depth)), _given(above, padded.to(self.base.device)):
            yield


def trunk(base: Base, rows: Rows, config: RunConfig, folder: Path) -> Trunk | None:
    """The trunk below what learns, its states in `folder`, where they are made if they are not there.

    None where nothing lies below, where what is read is blurred or dropped at random, where one pass is all there is,
    or where the disk has no room for them.
    """
    depth = methods.room(config.method).below(base)
    if base.model.config.model_type not in catalog.HEAD_OF:
        return None  # of a kind that no test has gone through
    if not depth or config.embedding_noise or config.epochs == 1 or _random(base):
        return None
    width = base.model.get_input_embeddings().embedding_dim
    starts = np.concatenate([[0], np.cumsum(rows.lengths)])
    made = Trunk(base, depth, np.empty((0, width), np.float32), starts)
    place = folder / f"trunk-{_name(base, rows, depth)}"
    folder.mkdir(parents=True, exist_ok=True)
    if not commit.whole(place):
        if 4 * width * starts[-1] > MOST_OF_DISK * shutil.disk_usage(folder).free:
            return None
        _write(made, rows, place, width)
    os.utime(place)  # it was of use: what has not been for long is swept
    return Trunk(base, depth, np.load(place / FILE, mmap_mode="r", allow_pickle=False), starts)


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
    blocks = _blocks(base)
    batch = base.head.collate(base, rows).to(base.device)
    hook = blocks[depth].register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    try:
        with torch.no_grad(), _through(base, slice(depth + 1, len(blocks))):
            base.head.scores(base, batch)
    finally:
        hook.remove()
    return seen[0].clone()


def _blocks(base: Base) -> Any:
    """The model's blocks, from the lowest up."""
    count = base.model.config.num_hidden_layers
    lists = (part for part in base.model.base_model.children() if isinstance(part, torch.nn.ModuleList))
    return next(part for part in lists if len(part) == count)


@contextmanager
def _through(base: Base, which: slice) -> Iterator[None]:
    """While it lasts, these blocks hand on what they get."""
    blocks = _blocks(base)
    places = range(len(blocks))[which]
    own = {place: blocks[place] for place in places}
    try:
        for place in places:
            blocks[place] = Through()
        yield
    finally:
        for place, block in own.items():
            blocks[place] = block


@contextmanager
def _given(block: Any, states: torch.Tensor) -> Iterator[None]:
    """While it lasts, a block reads these states."""
    hook = block.register_forward_pre_hook(lambda _, args: (states, *args[1:]))
    try:
        yield
    finally:
        hook.remove()


def _random(base: Base) -> bool:
    """Whether anything of the model is dropped at random while it learns."""
    parts = (part.p for part in base.model.modules() if isinstance(part, torch.nn.Dropout))
    return any(parts) or bool(base.model.config.to_dict().get("attention_dropout"))
