"""What a report card is made from: the questions asked of a run, and what base and tuned model answered to them.

Knows no measure and no screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from studio.contract import Job, Prediction
from studio.data.schema import Example
from studio.data.thoughts import spoken
from studio.evaluation.baselines import letters, most_frequent
from studio.evaluation.metrics import MARKINGS, Metrics
from studio.tasks import TASKS


@dataclass(frozen=True)
class Sitting:
    """`test` rows answered by both, `known` training rows by the tuned model. `labels`: all that could be named."""

    job: Job
    test: Sequence[Example]
    base: Sequence[Prediction]
    tuned: Sequence[Prediction]
    known: Sequence[Example]
    trained: Sequence[Prediction]
    labels: Sequence[str] = ()

    @property
    def labelled(self) -> bool:
        return TASKS[self.job.config.task].labelled

    @property
    def untaught(self) -> bool:
        """Whether the base has no answer to anything, because it was never taught these labels."""
        return self.labelled and not any(one.answer for one in self.base)

    def score(self, answers: Sequence[Prediction], examples: Sequence[Example]) -> Metrics:
        """How many are right, with what else the task's marking knows."""
        said, targets = [one.answer for one in answers], [spoken(example.target) for example in examples]
        return MARKINGS[self.job.config.task].metrics(said, targets)

    def right(self, answers: Sequence[Prediction], examples: Sequence[Example]) -> list[bool]:
        """Whether each answer is right."""
        marking = MARKINGS[self.job.config.task]
        return [marking.is_right(said.answer, spoken(one.target)) for said, one in zip(answers, examples, strict=True)]

    @cached_property
    def simple(self) -> dict[str, list[Prediction]]:
        """What methods without a language model answer that learned from the same rows, by their names in reports."""
        if not self.labelled:
            return {}
        pairs = [(example.text, example.target) for example in self.job.splits.train]
        found = {"majority": [Prediction(most_frequent(pairs))] * len(self.test)}
        if answers := letters(pairs):
            found["tfidf"] = answers([example.text for example in self.test])
        return found
