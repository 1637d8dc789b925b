"""Of two answers to one question the better one is to be the likelier, or of single ones those that were liked are to
become so; asked, the model answers in its own words.

Knows no run and no other task.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.engine.objectives.objective import Examined
from studio.preferences import PREFERENCES, Of
from studio.words import Lang

if TYPE_CHECKING:
    from studio.config import RunConfig
    from studio.data.schema import Example
    from studio.engine.encode import Encoded, RowEncoder
    from studio.engine.load import Base
    from studio.engine.pairs import Pairs
    from studio.engine.thumbs import Thumbs

passes = 2
sides = 2


def question(text: str, labels: Sequence[str], lang: Lang | None = None) -> str:
    return text


def aim(base: Base, config: RunConfig) -> Pairs | Thumbs:
    from studio.engine.pairs import Pairs
    from studio.engine.thumbs import Thumbs

    aims: dict[Of, type[Pairs | Thumbs]] = {"pairs": Pairs, "thumbs": Thumbs}
    return aims[PREFERENCES[config.preference_loss].of](base, config)


def examined(base: Base, encoder: RowEncoder, rows: Sequence[tuple[Example, Encoded]], aim: Pairs | Thumbs) -> Examined:
    """Each row's answer is the one of the two that the tuned model finds likelier; one that stands alone, if its reward
    has the sign that its thumb has, else none."""
    import torch

    from studio.engine import generate
    from studio.engine.reference import leanings, nats

    encoded = [row for _, row in rows]
    read = nats(base, encoded, generate.TUNED)
    aim.begin(encoded)
    judged = aim.judged(encoded, -torch.tensor(read, dtype=torch.float64))
    found = zip(rows, leanings(base, encoded, read), strict=True)
    answers = [example.target if leaning > 0 else example.rejected for (example, _), leaning in found]
    return Examined(answers, float(judged.losses.mean()), float(judged.margins.mean()))
