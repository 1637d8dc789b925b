"""The small test during training: questions that are not learned from, really classified or really answered; and, of
facts, the taught questions themselves.

Knows no run and saves nothing; the full report card is in `evaluate`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from studio.contract import Job
from studio.data.schema import Example
from studio.data.teaching import lesson
from studio.engine import drafts, generate
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.objectives import OBJECTIVES
from studio.evaluation.metrics import MARKINGS
from studio.evaluation.verdict import MOST_TAUGHT
from studio.events import Evaluated

MOST_ROWS = 100
Rows = list[tuple[Example, Encoded]]


class Exam:
    """Validation rows, at most MOST_ROWS of them drawn by the run's seed, training rows when there are none; and of
    facts at most MOST_TAUGHT, as they were taught."""

    def __init__(self, job: Job, base: Base) -> None:
        self.base = base
        self.task = job.config.task
        self.encoder = base.encoder(job)
        draw = random.Random(job.config.seed)
        unseen, taught = self._encoded(job.splits.validation), self._encoded(job.splits.train)
        self.unseen = bool(unseen)
        self.rows = _drawn(unseen or taught, MOST_ROWS, draw)
        self.facts = _drawn_facts(taught, draw) if job.splits.lesson == "facts" else []

    def _encoded(self, examples: Sequence[Example]) -> Rows:
        rows = ((example, self.encoder.encode(example)) for example in examples)
        return [(example, row) for example, row in rows if row is not None]

    def sit(self, step: int, epoch: float) -> Evaluated:
        """Loss per learned token, and how many rows come out right. The model's mode is as before afterwards."""
        training = self.base.model.training
        self.base.model.eval()
        try:
            right, reads = self._asked(self.rows)
            recalled = self._recalled()
        finally:
            self.base.model.train(training)
        return Evaluated(
            step=step,
            epoch=epoch,
            loss=sum(one.loss for one in reads) / sum(len(row.completion) for _, row in self.rows),
            correct=sum(right),
            count=len(right),
            recalled=sum(recalled),
            taught=len(recalled),
        )

    def _recalled(self) -> list[bool]:
        """Which facts are known, in all the ways in which they are asked here."""
        asked = [pair for fact in self.facts for pair in fact]
        right = iter(self._asked(asked)[0])
        return [all([next(right) for _ in fact]) for fact in self.facts]

    def _asked(self, pairs: Rows) -> tuple[list[bool], list[drafts.Read]]:
        """Which rows come out right, the label named or the reply with all its facts; and how they were read."""
        reads = drafts.read(self.base, [row for _, row in pairs], generate.TUNED)
        answers = OBJECTIVES[self.task].examined(self.base, self.encoder, pairs, reads)
        marking = MARKINGS[self.task]
        return [marking.is_right(said, one.target) for said, (one, _) in zip(answers, pairs, strict=True)], reads


def _drawn_facts(rows: Rows, draw: random.Random) -> list[Rows]:
    """At most MOST_TAUGHT facts, each with as many of its questions as come to no more than so many together."""
    row_of = {example.number: row for example, row in rows}
    found = lesson.facts([example for example, _ in rows])
    chosen = draw.sample(found, min(MOST_TAUGHT, len(found)))
    each = MOST_TAUGHT // max(len(chosen), 1)
    return [
        [(example, row_of[example.number]) for example in draw.sample(fact, min(each, len(fact)))] for fact in chosen
    ]


def _drawn(rows: Rows, most: int, draw: random.Random) -> Rows:
    """At most `most` of the rows, those of like length together."""
    return sorted(draw.sample(rows, min(most, len(rows))), key=lambda row: len(row[1]))
