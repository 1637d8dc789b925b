"""The report card: base and tuned model on rows that neither was trained on, with what simple methods would get.

Knows no screen. Every score is of real answers, and stands beside its interval and its number of rows.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from studio.contract import Job, Prediction, Progress, Session, no_progress
from studio.data.schema import Example
from studio.data.teaching import lesson
from studio.evaluation import metrics
from studio.evaluation import report as reports
from studio.evaluation.baselines import beats, letters, most_frequent, together
from studio.evaluation.facts import agrees
from studio.evaluation.verdict import judge, of_report
from studio.intervals import wilson

MOST_TRAINED = 200  # training rows that are asked again, to see whether they were learned
MOST_FACTS = 1_000  # … where each of them is a fact, that is to be known
SPARE = 1.5  # an answer may have this many times the characters of the longest reply in training, as tokens
Metrics = dict[str, Any]


def evaluate(session: Session, job: Job, progress: Progress = no_progress) -> dict[str, Any]:
    """The report card as plain JSON.

    Of facts, `taught` says how many are known and lists those that are not (see `recall`), and `rows` are the exam in
    other words. `base`, `tuned`, `trained` (the tuned model on training rows) and each entry of `baseline` are metrics
    with `correct`, `count`, `interval`, and so is `together`, where the tuned model and the letters vote as one; `rows`
    holds every test row with both answers; `verdict` is a sentence's key.
    """
    test = list(job.splits.test or job.splits.validation)
    facts = job.splits.lesson == "facts"
    known = list(job.splits.train)
    known = random.Random(job.config.seed).sample(known, min(MOST_FACTS if facts else MOST_TRAINED, len(known)))
    labels = list(dict.fromkeys([*job.splits.labels, *(example.target for example in test)]))  # a file has its own
    asker = Asker(session, job)
    parts = Parts(progress, (len(test), len(test), len(known)))
    base = asker.answers(test, False, parts)
    tuned = asker.answers(test, True, parts)
    trained = asker.answers(known, True, parts)
    score, simple = asker.score, simple_answers(job, test)
    report: dict[str, Any] = {
        "task": job.config.task,
        "count": len(test),
        "part": "test" if job.splits.test else "validation",
        "base": score(base, test),
        "tuned": score(tuned, test),
        "trained": score(trained, known),
        "baseline": {name: score(answers, test) for name, answers in simple.items()},
        "labels": labels if job.config.task == "classify" else [],
        "rows": [asker.row(example, *pair) for example, *pair in zip(test, base, tuned, strict=True)],
    }
    if votes := simple.get("tfidf"):
        report["baseline"]["tfidf"]["clearly_better"] = beats(_right(votes, test), _right(tuned, test))
        report["together"] = score(list(map(together, tuned, votes)), test)
    if job.config.task == "classify":
        answers = [one.answer for one in tuned]
        report["confusion"] = metrics.confusion(answers, [example.target for example in test], labels)
    if facts:
        report["taught"] = recall(known, trained)
    report["interval"] = report["tuned"]["interval"]
    return {**report, "verdict": f"verdicts.{judge(of_report(reports.of(report)))}"}


def recall(known: Sequence[Example], answers: Sequence[Prediction]) -> Metrics:
    """How many facts are known as they were taught, each in all the ways in which it was asked; and which are not.

    `recalled` of `count` facts, with `interval`; `missed` has one question of each of the others, with its answers.
    """
    said = {example.number: one.answer for example, one in zip(known, answers, strict=True)}
    by_fact = lesson.facts(sorted(known, key=lambda example: example.number))
    wrong = [[row for row in fact if not agrees(said[row.number], row.target)] for fact in by_fact]
    missed = [rows[0] for rows in wrong if rows]
    recalled = len(by_fact) - len(missed)
    return {
        "recalled": recalled,
        "count": len(by_fact),
        "interval": list(wilson(recalled, len(by_fact))),
        "missed": [
            {"number": row.number, "text": row.text, "target": row.target, "tuned": said[row.number]} for row in missed
        ],
    }


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
    """Asks the rows of one task and scores the answers."""

    def __init__(self, session: Session, job: Job) -> None:
        self.session, self.job = session, job
        longest = max((len(example.target) for example in job.splits.train), default=16)
        self.longest = int(longest * SPARE) + 16  # tokens

    def answers(self, examples: Sequence[Example], tuned: bool, parts: Parts) -> list[Prediction]:
        progress = parts.next(len(examples))
        if self.job.config.task == "classify":
            found = self.session.classify([example.text for example in examples], tuned)
            progress(1.0)
            return found
        return [Prediction(said) for said in self.session.answers(examples, tuned, self.longest, progress)]

    def score(self, answers: Sequence[Prediction], examples: Sequence[Example]) -> Metrics:
        said, targets = [one.answer for one in answers], [example.target for example in examples]
        if self.job.config.task == "classify":
            return metrics.classified(said, targets)
        return metrics.replied(said, targets)

    def row(self, example: Example, base: Prediction, tuned: Prediction) -> dict[str, Any]:
        right = tuned.answer == example.target or (
            self.job.config.task == "chat" and agrees(tuned.answer, example.target)
        )
        return {
            "number": example.number,
            "text": example.text,
            "target": example.target,
            "origin": example.origin,
            "base": base.answer,
            "tuned": tuned.answer,
            "confidence": tuned.confidence,
            "correct": right,
        }


def simple_answers(job: Job, test: Sequence[Example]) -> dict[str, list[Prediction]]:
    """What the methods without a language model answer that learned from the same rows, by their names in reports."""
    if job.config.task != "classify":
        return {}
    pairs = [(example.text, example.target) for example in job.splits.train]
    found = {"majority": [Prediction(most_frequent(pairs))] * len(test)}
    if answers := letters(pairs):
        found["tfidf"] = answers([example.text for example in test])
    return found


def _right(answers: Sequence[Prediction], examples: Sequence[Example]) -> list[bool]:
    return [said.answer == example.target for said, example in zip(answers, examples, strict=True)]
