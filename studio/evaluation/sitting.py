"""What a report card is made from: the questions asked of a run, and what base and tuned model answered to them.

Knows no measure and no screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from studio.contract import Job, Prediction
from studio.data.asking import Conversation
from studio.data.schema import Example
from studio.data.thoughts import spoken
from studio.evaluation.baselines import letters, most_frequent, nearest
from studio.evaluation.metrics import MARKINGS, Metrics
from studio.handbook.prompt import Informed
from studio.tasks import TASKS

Schema = Mapping[str, Any] | None
LookUp = Callable[[Sequence[Conversation]], Sequence[Informed]]  # what a handbook says of each question


@dataclass(frozen=True)
class Wish:
    """What a person wants the card to ask and to look at, too: everyday questions, each with its right answer, or ""
    where the base's is the right one; the JSON schema that answers should keep to; and the handbook to look into."""

    everyday: Sequence[tuple[str, str]] = ()
    schema: Schema = None
    look_up: LookUp | None = None


NOTHING_MORE = Wish()


@dataclass(frozen=True)
class Asked:
    """A measure's own questions, and what both models answered; `base` is empty where only the tuned one was asked."""

    questions: Sequence[Example]
    base: Sequence[Prediction]
    tuned: Sequence[Prediction]


@dataclass(frozen=True)
class Sitting:
    """`test` rows answered by both, `known` training rows by the tuned model. `labels`: all that could be named;
    `asked`: the questions that measures have of their own, by the measure's name."""

    job: Job
    test: Sequence[Example]
    base: Sequence[Prediction]
    tuned: Sequence[Prediction]
    known: Sequence[Example]
    trained: Sequence[Prediction]
    labels: Sequence[str] = ()
    asked: Mapping[str, Asked] = field(default_factory=dict)
    wish: Wish = NOTHING_MORE

    @property
    def labelled(self) -> bool:
        return TASKS[self.job.config.task].labelled

    @property
    def replies(self) -> bool:
        """Whether what is answered is said in words of its own, and not chosen."""
        return replies(self.job)

    @property
    def untaught(self) -> bool:
        """Whether the base has no answer to anything: it was never taught these labels, or how far a model has come to
        people's side is measured from it."""
        return not any(one.answer for one in self.base) and (self.labelled or any(one.liked for one in self.test))

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
        pairs = [(example.text, example.target) for example in self.job.splits.train]
        asked = [example.text for example in self.test]
        if self.replies:
            answers = nearest([(text, spoken(target)) for text, target in pairs])
            return {"nearest": answers(asked)} if answers else {}
        if not self.labelled:
            return {}
        found = {"majority": [Prediction(most_frequent(pairs))] * len(self.test)}
        if votes := letters(pairs):
            found["tfidf"] = votes(asked)
        return found


def replies(job: Job) -> bool:
    """Whether the run answers in words of its own: it talks, and no two answers are only compared."""
    rules = TASKS[job.config.task]
    return rules.talks and not rules.compares
