"""The questions of a contest, and both answers to each: asked once, kept for all who judge.

Knows no database: which questions have answers is told to it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from studio.contract import Job, Progress, no_progress
from studio.data import asking
from studio.data.schema import Example, Message, Splits
from studio.evaluation.evaluate import Asker, Parts
from studio.judging.opinions import Asked, Contest
from studio.sessions import Sessions

MOST = 100  # questions of a contest that are not typed


def questions(splits: Splits, seed: int) -> list[Example]:
    """What a run never learned, each once, in an order of its own: its exam, then what it was tested on on the way; at
    most MOST."""
    chance = random.Random(seed)
    found: dict[tuple[str, tuple[Message, ...]], Example] = {}
    for part in (splits.test, splits.validation):
        for row in chance.sample(part, len(part)):
            found.setdefault((row.text.strip(), row.context), row)
    return list(found.values())[:MOST]


@dataclass(frozen=True)
class Answering:
    """Asks the two of a contest. One is asked all, then the other, for there may be room for one model only."""

    sessions: Sessions
    job_of: Callable[[str], Job]

    def unasked(self, contest: Contest, known: Collection[Asked]) -> list[Example]:
        """The questions of the run's exam to which there are no answers yet."""
        job = self.job_of(contest.run)
        there = {(one.text, one.context) for one in known}
        return [row for row in questions(job.splits, job.config.seed) if (row.text, row.context) not in there]

    def typed(self, contest: Contest, text: str) -> Example:
        """What somebody asks, below the system text of what the run learned."""
        said = asking.typed(text.strip(), asking.system_text(self.job_of(contest.run).splits))
        return Example(0, text.strip(), "", tuple(said[:-1]))

    def both(
        self, contest: Contest, rows: Sequence[Example], progress: Progress = no_progress
    ) -> list[tuple[Asked, str, str]]:
        """Each question with the answers of both."""
        if not rows:
            return []
        parts = Parts(progress, (len(rows), len(rows)))
        answers = self._said(contest.run, rows, True, parts)
        if contest.against:
            system = asking.system_text(self.job_of(contest.against).splits)
            asked = [replace(row, context=tuple(asking.below(system, row.context))) for row in rows]
            others = self._said(contest.against, asked, True, parts)
        else:
            others = self._said(contest.run, rows, False, parts)
        said = zip(rows, answers, others, strict=True)
        return [(Asked(row.text, row.context, row.target), answer, other) for row, answer, other in said]

    def _said(self, run: str, rows: Sequence[Example], tuned: bool, parts: Parts) -> list[str]:
        job = self.job_of(run)
        with self.sessions.open(run) as session:
            longest = Asker(session, job, parts).longest
            return session.answers(rows, tuned, longest, parts.next(len(rows)))
