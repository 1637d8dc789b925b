"""What each task asks of a model: one room a task, one row in the table.

Knows no run. Nothing here imports torch until a model is there to be asked: rows are counted without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from studio.data.schema import Example
from studio.engine.objectives import chat, classify
from studio.words import Lang

if TYPE_CHECKING:
    from studio.engine.drafts import Read
    from studio.engine.encode import Encoded, RowEncoder
    from studio.engine.load import Base


class Objective(Protocol):
    """What a task's module holds. `passes`: how often the model is run, about, for one row of an exam."""

    passes: int

    def question(self, text: str, labels: Sequence[str], lang: Lang | None = None) -> str:
        """What a model is asked, in that language, so that it answers with the task's target."""
        ...

    def examined(
        self, base: Base, encoder: RowEncoder, rows: Sequence[tuple[Example, Encoded]], reads: Sequence[Read]
    ) -> list[str]:
        """The tuned model's answer to each row, whose expected answer it has already read."""
        ...


OBJECTIVES: Mapping[str, Objective] = {"classify": classify, "chat": chat}
