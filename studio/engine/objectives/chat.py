"""What somebody says is answered, in words of the model's own.

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
    from studio.engine.loss import Tokens

SPARE_TOKENS = 8  # beyond the right answer; a longer one is wrong anyway
passes = 24
sides = 1


def question(text: str, labels: Sequence[str], lang: Lang | None = None) -> str:
    return text


def aim(base: Base, config: RunConfig) -> Tokens:
    from studio.engine.loss import Tokens

    return Tokens(base, config.embedding_noise)


def examined(base: Base, encoder: RowEncoder, rows: Sequence[tuple[Example, Encoded]], aim: Tokens) -> Examined:
    """What the tuned model answers to each row, whose expected answer it has already read."""
    from studio.engine import drafts, generate

    encoded = [row for _, row in rows]
    reads = drafts.read(base, encoded, generate.TUNED)
    longest = [len(row.completion) + SPARE_TOKENS for row in encoded]
    return Examined(drafts.answers(base, encoded, reads, generate.TUNED, longest), drafts.mean_loss(encoded, reads))
