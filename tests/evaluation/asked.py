"""A model that says what it is told to, and jobs of a few rows, for the tests of what a report card measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.config import RunConfig
from studio.contract import Job, Prediction, Progress, no_progress
from studio.data.asking import Conversation
from studio.data.schema import Example, Splits
from studio.evaluation.evaluate import evaluate
from studio.evaluation.sitting import NOTHING_MORE, Wish

SILENT = "我不知道。"


@dataclass
class Said:
    """Answers by question, before and after learning; it says that it does not know to any other. `heard` are the
    questions that it was asked, `*` before those of the tuned model."""

    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    talks: bool = True

    def classify(
        self, conversations: Sequence[Conversation], tuned: bool, progress: Progress = no_progress
    ) -> list[Prediction]:
        progress(1.0)
        return [self._say(said[-1].content, tuned) for said in conversations]

    def answers(
        self, examples: Sequence[Example], tuned: bool, longest: int, progress: Progress = no_progress
    ) -> list[str]:
        progress(1.0)
        return [self._say(one.text, tuned) for one in examples]

    def leanings(self, examples: Sequence[Example], tuned: bool, progress: Progress = no_progress) -> list[float]:
        progress(1.0)
        return [self._say(one.text, tuned) for one in examples]

    def _say(self, text: str, tuned: bool) -> Any:
        self.heard.append("*" * tuned + text)
        return (self.after if tuned else self.before).get(text, SILENT)


def job(train: Sequence[tuple[str, str]], test: Sequence[tuple[str, str]] = (), **given: Any) -> Job:
    """`given`: task, lesson, labels."""
    task = given.get("task", "chat")
    config = RunConfig.of({"task": task, "dataset": "data-0001", "dataset_version": 1, "epochs": 1})
    splits = Splits(
        "data-0001", 1, task, tuple(given.get("labels", ())),
        tuple(Example(n, text, target) for n, (text, target) in enumerate(train, 1)),
        test=tuple(Example(n, text, target) for n, (text, target) in enumerate(test, 1)),
        lesson=given.get("lesson", "manner"),
    )  # fmt: skip
    return Job(config, Path("/nowhere"), splits, Path("/nowhere"), Path("/nowhere"))


def card(model: Said, of: Job, wish: Wish = NOTHING_MORE) -> dict[str, Any]:
    return evaluate(model, of, wish=wish)
