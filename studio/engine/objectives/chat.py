"""What somebody says is answered, in words of the model's own.

Knows no run and no other task.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.words import Lang

if TYPE_CHECKING:
    from studio.data.schema import Example
    from studio.engine.drafts import Read
    from studio.engine.encode import Encoded, RowEncoder
    from studio.engine.load import Base

SPARE_TOKENS = 8  # beyond the right answer; a longer one is wrong anyway
passes = 24


def question(text: str, labels: Sequence[str], lang: Lang | None = None) -> str:
    return text


def examined(
    base: Base, encoder: RowEncoder, rows: Sequence[tuple[Example, Encoded]], reads: Sequence[Read]
) -> list[str]:
    from studio.engine import drafts, generate

    encoded = [row for _, row in rows]
    longest = [len(row.completion) + SPARE_TOKENS for row in encoded]
    return drafts.answers(base, encoded, reads, generate.TUNED, longest)
