"""The examples that come with the studio, to start from when there is no file at hand.

Knows no dataset; the identity set is made by the wizard in `identity`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.assets import EXAMPLES
from studio.tasks import Task


@dataclass(frozen=True)
class Sample:
    """An example; `path` is None for the one that the wizard makes."""

    id: str
    task: Task
    path: Path | None


SAMPLES: tuple[Sample, ...] = (
    Sample("reviews", "classify", EXAMPLES / "milk_tea_reviews.xlsx"),
    Sample("shop", "chat", EXAMPLES / "milk_tea_questions.xlsx"),
    Sample("identity", "chat", None),
)
