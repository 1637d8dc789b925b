"""The small test during training: questions that are not learned from, really classified or really answered; and, of
facts, the taught questions themselves.

Knows no run and saves nothing; the full report card is in `evaluate`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.contract import Job
from studio.data.schema import Example
from studio.data.teaching import lesson
from studio.data.thoughts import spoken
from studio.engine import drafts, generate, modes
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.objectives import OBJECTIVES, Aim, Examined
from studio.engine.rows import Rows, rows_of
from studio.engine.trunk import Trunk
from studio.evaluation.metrics import MARKINGS
from studio.evaluation.verdict import MOST_TAUGHT
from studio.events import Evaluated
from studio.tasks import TASKS

MOST_ROWS = 100
MOST_CONFIRMED = 640  # taught questions that are asked before a run ends early; the rest is no other
MOST_TRAINED = 50  # rows that are learned, and no more than rows that are not: a test takes half as long again
Pairs = list[tuple[Example, Encoded]]


@dataclass(frozen=True)
class Paired:
    """Examples beside their rows in tokens, as far as a model can read them."""

    examples: Sequence[Example]
    rows: Rows

    @classmethod
    def of(cls, job: Job, examples: Sequence[Example], longest: int) -> Paired:
        return cls(examples, rows_of(job.model_dir, job.splits, examples, longest, job.tokens))

    def pair(self, place: int) -> tuple[Example, Encoded]:
        return self.examples[self.rows.places[place]], self.rows[place]


class Exam:
    """Validation rows, at most MOST_ROWS of them drawn by the run's seed, training rows when there are none; of facts
    at most MOST_TAUGHT, as they were taught; else beside unseen rows at most MOST_TRAINED of the `learned` ones.
    `missing` names the note of a run that has no validation rows."""

    def __init__(self, job: Job, base: Base, aim: Aim | None = None, learned: Rows | None = None) -> None:
        self.base = base
        self.aim = aim or OBJECTIVES[job.config.task].aim(base, job.config)
        self.task = job.config.task
        self.encoder = base.encoder(job)
        draw = random.Random(job.config.seed)
        asked = Paired.of(job, job.splits.validation, base.context)
        self.unseen = bool(asked.rows)
        self.rows = _drawn(asked if self.unseen else Paired.of(job, job.splits.train, base.context), MOST_ROWS, draw)
        taught = job.splits.train if job.splits.lesson == "facts" else ()
        read = Paired.of(job, taught, base.context) if taught else None
        self.facts = _drawn_facts(read, draw, MOST_TAUGHT) if read else []
        self.all_facts = _drawn_facts(read, draw, MOST_CONFIRMED) if read else []
        beside = learned if self.unseen and not self.facts else None
        self.trained = _drawn_learned(job, beside, min(MOST_TRAINED, len(self.rows)), draw) if beside else []
        self.missing = "engine.no_exam" if self.facts else "engine.no_validation_rows"

    def hold(self, trunk: Trunk) -> None:
        """From now on the rows of each test go on from what lies below what learns, computed once."""
        self.base = trunk.held([row for _, row in (*self.rows, *self.trained)])

    def sit(self, step: int, epoch: float) -> Evaluated:
        """Loss per learned token, and how many rows come out right. The model's mode is as before afterwards."""
        with modes.answering(self.base.model):
            right: list[bool] = []
            if self.facts and not self.unseen:  # nothing asks for what was taught in other words
                rows = [row for _, row in self.rows]
                found = Examined([], drafts.mean_loss(rows, drafts.read(self.base, rows, generate.TUNED)))
            else:
                right, found = self._asked(self.rows)
            recalled = self._recalled(self.facts)
            trained = self._asked(self.trained)[0] if self.trained else []
        return Evaluated(
            step=step,
            epoch=epoch,
            loss=found.loss,
            correct=sum(right),
            count=len(right),
            recalled=sum(recalled),
            taught=len(recalled),
            margin=found.margin,
            trained_correct=sum(trained),
            trained_count=len(trained),
            exact=TASKS[self.task].labelled,
        )

    def knows(self, share: float) -> bool:
        """Whether such a share of the facts is known in all the ways in which they were taught. The few questions of a
        test may be right where others to the same facts are not."""
        with modes.answering(self.base.model):
            recalled = self._recalled(self.all_facts)
        return sum(recalled) >= share * len(recalled)

    def _recalled(self, facts: Sequence[Pairs]) -> list[bool]:
        """Which facts are known, in all the ways in which they are asked here."""
        if not facts:
            return []
        right = iter(self._asked([pair for fact in facts for pair in fact])[0])
        return [all([next(right) for _ in fact]) for fact in facts]

    def _asked(self, pairs: Pairs) -> tuple[list[bool], Examined]:
        """Which rows come out right: the label named, the reply with all its facts, the better answer preferred."""
        found = OBJECTIVES[self.task].examined(self.base, self.encoder, pairs, self.aim)
        marking, answers = MARKINGS[self.task], zip(found.answers, pairs, strict=True)
        return [marking.is_right(said, spoken(one.target)) for said, (one, _) in answers], found


def _drawn_facts(taught: Paired, draw: random.Random, most: int) -> list[Pairs]:
    """At most so many facts, each with as many of its questions as come to no more than so many together."""
    place_of = {number: place for place, number in enumerate(taught.rows.numbers.tolist())}
    found = lesson.facts([taught.examples[place] for place in taught.rows.places])
    chosen = draw.sample(found, min(most, len(found)))
    each = most // max(len(chosen), 1)
    drawn = [draw.sample(fact, min(each, len(fact))) for fact in chosen]
    return [[taught.pair(place_of[example.number]) for example in fact] for fact in drawn]


def _drawn_learned(job: Job, learned: Rows, most: int, draw: random.Random) -> Pairs:
    """At most `most` of the rows that are learned, as they were taught and not in further wordings."""
    as_taught = learned.some(np.flatnonzero(learned.places < len(job.splits.train)))
    return _drawn(Paired(job.splits.train, as_taught), most, draw)


def _drawn(of: Paired, most: int, draw: random.Random) -> Pairs:
    """At most `most` of the rows, those of like length together."""
    places = draw.sample(range(len(of.rows)), min(most, len(of.rows)))
    return sorted(map(of.pair, places), key=lambda pair: len(pair[1]))
