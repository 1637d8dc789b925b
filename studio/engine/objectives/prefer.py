"""Of two answers to one question the better one is to be the likelier; asked, the model answers in its own words.

Knows no run and no other task.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.engine.objectives.objective import Examined
from studio.words import Lang

if TYPE_CHECKING:
    from studio.config import RunConfig
    from studio.data.schema import Example
    from studio.engine.encode import Encoded, RowEncoder
    from studio.engine.load import Base
    from studio.engine.pairs import Pairs

passes = 2
sides = 2


def question(text: str, labels: Sequence[str], lang: Lang | None = None) -> str:
    return text


def aim(base: Base, config: RunConfig) -> Pairs:
    from studio.engine.pairs import Pairs

    return Pairs(base, config)


def examined(base: Base, encoder: RowEncoder, rows: Sequence[tuple[Example, Encoded]], aim: Pairs) -> Examined:
    """Each row's answer is the one of the two that the tuned model finds likelier."""
    import torch

    from studio.engine import generate
    from studio.engine.reference import leaning, nats

    encoded = [row for _, row in rows]
    read = nats(base, encoded, generate.TUNED)
    judged = aim.judged(encoded, -torch.tensor(read, dtype=torch.float64))
    answers = [
        example.target if leaning(row, pair) > 0 else example.rejected
        for (example, row), pair in zip(rows, read, strict=True)
    ]
    return Examined(answers, float(judged.losses.mean()), float(judged.margins.mean()))
