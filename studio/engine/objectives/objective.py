"""What is asked of a task's room, and the values that come back from it.

Knows no task. Nothing here imports torch until a model is there to be asked: rows are counted without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from studio.config import RunConfig
from studio.contract import Stop
from studio.data.schema import Example
from studio.words import Lang

if TYPE_CHECKING:
    import torch

    from studio.engine.encode import Encoded, RowEncoder
    from studio.engine.load import Base


@dataclass(frozen=True)
class Brought:
    """The losses (terms,) of some rows, row after row, and of those that are pairs the reward margins (pairs,)."""

    losses: torch.Tensor
    margins: torch.Tensor


@dataclass(frozen=True)
class Examined:
    """The tuned model's answer to each row of an exam; the mean loss of a term, and of pairs the mean reward margin."""

    answers: list[str]
    loss: float
    margin: float | None = None


class Aim(Protocol):
    """What a run brings down. `sides`: as how many rows of tokens one row goes through the model."""

    sides: int

    def prepare(self, rows: Iterable[Encoded], run_dir: Path, fingerprint: str, stop: Stop) -> bool:
        """Reads what it has to know of all rows before the first step; whether it was not stopped."""
        ...

    def terms(self, row: Encoded) -> int:
        """Of how many terms the row's loss is made."""
        ...

    def begin(self, rows: Sequence[Encoded]) -> None:
        """Hears of all rows of a step, or of an exam, before they go through the model in parts."""
        ...

    def losses(self, rows: Sequence[Encoded]) -> Brought: ...


class Objective(Protocol):
    """What a task's module holds. `passes`: how often the model is run, about, for one row of an exam. `sides`: as how
    many rows of tokens one row goes through it."""

    passes: int
    sides: int

    def question(self, text: str, labels: Sequence[str], lang: Lang | None = None) -> str:
        """What a model is asked, in that language, so that it answers with the task's target."""
        ...

    def aim(self, base: Base, config: RunConfig) -> Aim: ...

    def examined(
        self, base: Base, encoder: RowEncoder, rows: Sequence[tuple[Example, Encoded]], aim: Any
    ) -> Examined: ...
