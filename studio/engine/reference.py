"""What the untouched model makes of a run's answers: read once and kept beside the run for when it goes on.

Knows no loss and no order of steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from studio import commit
from studio.contract import Stop
from studio.engine import drafts, generate, modes
from studio.engine.encode import Encoded
from studio.engine.load import Base

FILE = "nats.safetensors"
AT_ONCE = 64  # rows, between which a stop is looked for
Nats = tuple[float, ...]  # of a row's answer, or of its better and of its worse one
Reference = Mapping[int, Nats]  # by the number of the row


def reference(base: Base, rows: Iterable[Encoded], folder: Path, of: str, stop: Stop) -> Reference | None:
    """Of all rows, from `folder` where it holds them for just this job (`of`), else read and kept there; None where it
    was stopped meanwhile. The model's mode is as before afterwards."""
    if commit.whole(folder) and commit.facts_of(folder).get("of") == of:
        held = load_file(folder / FILE)
        return {int(number): tuple(one) for number, one in zip(held["numbers"], held["nats"].tolist(), strict=True)}
    with modes.answering(base.model):
        found: dict[int, Nats] = {}
        left = iter(rows)
        while part := list(islice(left, AT_ONCE)):
            if found and stop():
                return None
            found |= dict(zip((row.number for row in part), nats(base, part, generate.BASE), strict=True))
    with commit.committed(folder, of=of) as draft:
        kept = {"numbers": torch.tensor(list(found)), "nats": torch.tensor(list(found.values()), dtype=torch.float64)}
        save_file(kept, draft / FILE)
    return found


def nats(base: Base, rows: Sequence[Encoded], name: str) -> list[Nats]:
    """How unlikely the base or the tuned model finds the answers of each row, in their order."""
    read = iter(drafts.read(base, [side for row in rows for side in row.sides], name))
    return [tuple(next(read).loss for _ in row.sides) for row in rows]


def leanings(base: Base, rows: Sequence[Encoded], now: Sequence[Nats]) -> list[float]:
    """How far a model that finds the answers so unlikely leans to what people said of each row, in nats a token: above
    0 it does. Of a single answer that is its reward, the side that its thumb is on taken for the good one."""
    alone = [row for row in rows if row.liked]
    before = iter(nats(base, alone, generate.BASE))
    return [
        _gained(row, next(before), found) if row.liked else leaning(row, found)
        for row, found in zip(rows, now, strict=True)
    ]


def _gained(row: Encoded, before: Nats, now: Nats) -> float:
    gained = (before[0] - now[0]) / len(row.completion)
    return gained if row.liked == "up" else -gained


def leaning(row: Encoded, nats: Nats) -> float:
    """How much likelier the better answer is than the worse one, in nats a token: above 0, the model prefers it. By the
    token, because of two answers the longer one is nearly always the less likely as a whole."""
    better, worse = nats
    return worse / len(row.rejected) - better / len(row.completion)
