"""The report card: base and tuned model on rows that neither was trained on, with what simple methods would get.

Knows no weights and no screen. Every score is of real answers, and stands beside its interval and its number of rows.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from studio.contract import Answers, Job, Prediction, Progress, no_progress
from studio.data import asking
from studio.data.schema import Example
from studio.evaluation import report as reports
from studio.evaluation.measures import MEASURES, Measure
from studio.evaluation.sitting import NOTHING_MORE, Asked, Sitting, Wish
from studio.evaluation.verdict import judge, of_report
from studio.preferences import COUNTED
from studio.tasks import TASKS

MOST_TRAINED = 200  # training rows that are asked again, to see whether they were learned
MOST_FACTS = 1_000  # … where each of them is a fact, that is to be known
SPARE = 1.5  # an answer may have this many times the characters of the longest reply in training, as tokens
SHORTEST = 48  # tokens that an answer may have, however short the replies in training are


def evaluate(session: Answers, job: Job, progress: Progress = no_progress, wish: Wish = NOTHING_MORE) -> dict[str, Any]:
    """The report card as plain JSON.

    Every one of MEASURES that has something to say stands under its name; most are metrics with `correct`, `count` and
    `interval`. `counted` says what their `correct` counts; `rows` holds every test row with both answers; `verdict` is
    a sentence's key.
    """
    sitting = _sit(session, job, progress, wish)
    measured = {name: value for name, measure in MEASURES.items() if (value := measure.of(sitting)) is not None}
    report = {
        "task": job.config.task,
        "count": len(sitting.test),
        "part": "test" if job.splits.test else "validation",
        "of_thumbs": job.config.opinions == "thumbs",
        "counted": COUNTED[job.config.opinions],
        "labels": sitting.labels if sitting.labelled else [],
        "rows": _rows(sitting),
        **measured,
        "interval": measured["tuned"]["interval"],
    }
    return {**report, "verdict": f"verdicts.{judge(of_report(reports.of(report)))}"}


def _sit(session: Answers, job: Job, progress: Progress, wish: Wish) -> Sitting:
    """Asks everything that the measures look at."""
    test, taught = list(job.splits.test or job.splits.validation), job.splits.train
    most = MOST_FACTS if job.splits.lesson == "facts" else MOST_TRAINED
    known = random.Random(job.config.seed).sample(taught, min(most, len(taught)))
    open_to = {name: one for name, one in MEASURES.items() if session.talks or not one.says}
    own = {name: questions for name, one in open_to.items() if one.asks and (questions := one.asks(job, wish))}
    sizes = [len(questions) * (1 + MEASURES[name].both) for name, questions in own.items()]
    asker = Asker(session, job, Parts(progress, (2 * len(test), len(known), *sizes)))
    return Sitting(
        job=job,
        test=test,
        base=asker.answers(test, False),
        tuned=asker.answers(test, True),
        known=known,
        trained=asker.answers(known, True),
        # a file has labels of its own
        labels=list(dict.fromkeys([*job.splits.labels, *(example.target for example in test)])),
        asked={name: asker.asked(questions, MEASURES[name]) for name, questions in own.items()},
        wish=wish,
    )


@dataclass
class Parts:
    """Several works of known sizes as one progress."""

    progress: Progress
    sizes: tuple[int, ...]
    done: int = 0

    def next(self, size: int) -> Progress:
        start, total = self.done, max(1, sum(self.sizes))
        self.done += size
        return lambda share: self.progress((start + share * size) / total)


class Asker:
    """Asks the rows of one job, part after part."""

    def __init__(self, session: Answers, job: Job, parts: Parts) -> None:
        self.session, self.parts = session, parts
        self.rules = TASKS[job.config.task]
        longest = max((len(example.target) for example in job.splits.train), default=16)
        self.longest = max(SHORTEST, int(longest * SPARE) + 16)  # tokens

    def answers(self, examples: Sequence[Example], tuned: bool, says: bool = False) -> list[Prediction]:
        """`says`: in words of its own, whatever the task."""
        progress = self.parts.next(len(examples))
        if says:
            return self._said(examples, tuned, progress)
        if self.rules.labelled:
            return self.session.classify([asking.of(example) for example in examples], tuned, progress)
        if self.rules.compares:
            leanings = zip(self.session.leanings(examples, tuned, progress), examples, strict=True)
            return [Prediction(one.target if leaning > 0 else one.rejected) for leaning, one in leanings]
        return self._said(examples, tuned, progress)

    def _said(self, examples: Sequence[Example], tuned: bool, progress: Progress) -> list[Prediction]:
        return [Prediction(said) for said in self.session.answers(examples, tuned, self.longest, progress)]

    def asked(self, questions: Sequence[Example], measure: Measure) -> Asked:
        """What the base answers is what the tuned model is expected to, which then takes one pass."""
        base = self.answers(questions, False, measure.says) if measure.both else []
        drafts = zip(questions, base, strict=True) if measure.both else ()
        expected = [replace(one, target=said.answer or one.target) for one, said in drafts]
        return Asked(questions, base, self.answers(expected or questions, True, measure.says))


def _rows(sitting: Sitting) -> list[dict[str, Any]]:
    right = sitting.right(sitting.tuned, sitting.test)
    asked = zip(sitting.test, sitting.base, sitting.tuned, right, strict=True)
    return [
        {
            "number": example.number,
            "text": example.text,
            "target": example.target,
            **({"liked": example.liked} if example.liked else {}),
            "origin": example.origin,
            "base": base.answer,
            "tuned": tuned.answer,
            "confidence": tuned.confidence,
            "correct": correct,
        }
        for example, base, tuned, correct in asked
    ]
