"""The examples that come with the studio, to start from when there is no file at hand.

Knows no dataset; the identity set is made by the wizard in `identity`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.config import Task


@dataclass(frozen=True)
class Sample:
    """An example; `path` is None for the one that the wizard makes, and where the examples were not installed."""

    id: str
    task: Task
    path: Path | None


def _file(name: str) -> Path | None:
    path = Path(__file__).parents[2] / "examples" / name
    return path if path.exists() else None


SAMPLES: tuple[Sample, ...] = (
    Sample("reviews", "classify", _file("milk_tea_reviews.xlsx")),
    Sample("shop", "chat", _file("milk_tea_questions.xlsx")),
    Sample("identity", "chat", None),
)
