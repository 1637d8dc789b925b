"""What the untouched model makes of a run's pairs: read once and kept beside the run for when it goes on.

Knows no loss and no order of steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from studio import commit
from studio.contract import Stop
from studio.engine import drafts, generate
from studio.engine.encode import Encoded
from studio.engine.load import Base

FILE = "nats.safetensors"
AT_ONCE = 64  # pairs, between which a stop is looked for
Reference = Mapping[int, tuple[float, float]]  # number of the row → nats of its better and of its worse answer


def reference(base: Base, rows: Iterable[Encoded], folder: Path, of: str, stop: Stop) -> Reference | None:
    """Of all rows, from `folder` where it holds them for just this job (`of`), else read and kept there; None where it
    was stopped meanwhile. The model's mode is as before afterwards."""
    if commit.whole(folder) and commit.facts_of(folder).get("of") == of:
        held = load_file(folder / FILE)
        pairs = held["nats"].tolist()
        return {int(number): (pair[0], pair[1]) for number, pair in zip(held["numbers"], pairs, strict=True)}
    training = base.model.training
    base.model.eval()
    try:
        found: dict[int, tuple[float, float]] = {}
        left = iter(rows)
        while part := list(islice(left, AT_ONCE)):
            if found and stop():
                return None
            found |= dict(zip((row.number for row in part), nats(base, part, generate.BASE), strict=True))
    finally:
        base.model.train(training)
    with commit.committed(folder, of=of) as draft:
        kept = {"numbers": torch.tensor(list(found)), "nats": torch.tensor(list(found.values()), dtype=torch.float64)}
        save_file(kept, draft / FILE)
    return found


def nats(base: Base, rows: Iterable[Encoded], name: str) -> list[tuple[float, float]]:
    """How unlikely the base or the tuned model finds the better and the worse answer of each row, in their order."""
    sides = [side for row in rows for side in row.sides]
    assert len(sides) % 2 == 0, "a row without a worse answer"
    read = [one.loss for one in drafts.read(base, sides, name)]
    return list(zip(read[::2], read[1::2], strict=True))


def leaning(row: Encoded, nats: tuple[float, float]) -> float:
    """How much likelier the better answer is than the worse one, in nats a token: above 0, the model prefers it. By the
    token, because of two answers the longer one is nearly always the less likely as a whole."""
    better, worse = nats
    return worse / len(row.rejected) - better / len(row.completion)
