"""Answers marked by criteria: sheets given out and taken back, answers shown one at a time, and what it comes to.

Knows no page and no model: matches are there already, or a contest's judging is asked to prepare them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.data.schema import Message
from studio.errors import StudioError
from studio.judging import sheets
from studio.judging.ledger import Ledger
from studio.judging.marks import CRITERIA, HIGHEST, LOWEST, Summary, summary
from studio.judging.opinions import SIDES, Contest, Mark, Match, Side, named
from studio.judging.sheets import Line, code_of, whose
from studio.words import Lang

FEW = 20  # questions of a sheet, if nobody says how many
Prepare = Callable[[Contest, int], int]


@dataclass(frozen=True)
class Paper:
    """An answer as somebody sees it who is to mark it and not to know whose it is."""

    code: str
    text: str
    context: tuple[Message, ...]
    wanted: str
    answer: str


@dataclass(frozen=True)
class Taken:
    """What came of a sheet: marks noted, of so many answers, cells left blank, and what could not be understood."""

    marks: int
    answers: int
    blank: int
    problems: tuple[dict[str, Any], ...]


class Marking:
    """Of one workspace. `prepare` has more questions of a contest answered."""

    def __init__(self, ledger: Ledger, secret: Callable[[], bytes], prepare: Prepare) -> None:
        self._ledger = ledger
        self._secret = secret
        self._prepare = prepare

    def sheet(self, contest: Contest, path: Path, lang: Lang, count: int = FEW) -> int:
        """Writes a sheet with both answers to so many questions, in an order that tells nothing; how many answers.

        Raises StudioError judging.no_questions, and as the run's model does.
        """
        if (lacking := count - len(self._ledger.matches(contest))) > 0:
            self._prepare(contest, lacking)
        papers = [paper for match in self._ledger.matches(contest)[:count] for paper in self._papers(match)]
        if not papers:
            raise StudioError("judging.no_questions")
        random.Random(contest.run).shuffle(papers)
        lines = [Line(one.code, _asked(one), one.wanted, one.answer) for one in papers]
        sheets.write(path, lines, lang)
        return len(lines)

    def take(self, path: Path, judge: str, name: str | None = None) -> Taken:
        """Notes what stands in a sheet that came back: all that can be understood, once more than before where it was
        sent twice. Raises StudioError judging.no_judge, judging.no_sheet, judging.foreign_sheet, judging.no_marks."""
        if not named(judge):
            raise StudioError("judging.no_judge")
        back = sheets.read(path, name)
        marks, problems, strange = [], list(back.problems), dict[int, str]()
        for one in back.given:
            found = whose(self._secret(), one.code)
            if found is None or not self._ledger.there(found[0]):
                strange[one.row] = one.code
                continue
            marks += self._marks(*found, judge, {one.criterion: one.mark})
        if back.given and not marks:
            raise StudioError("judging.foreign_sheet")
        if not marks:
            raise StudioError("judging.no_marks", blank=back.blank, problems=len(problems))
        problems += [{"key": "judging.bad_code", "row": row, "cell": code[:40]} for row, code in strange.items()]
        self._ledger.mark(marks)
        return Taken(len(marks), len({(one.match, one.of) for one in marks}), back.blank, tuple(problems))

    def next(self, contest: Contest, judge: str) -> Paper | None:
        """An answer that `judge` has not marked in full; None where there is none left."""
        found = self._unmarked(contest, judge)
        if found is None and self._prepare(contest, 4):
            found = self._unmarked(contest, judge)
        return found

    def give(self, code: str, judge: str, marks: Mapping[str, int]) -> None:
        """Notes the marks of one answer. Raises StudioError judging.foreign_sheet."""
        found = whose(self._secret(), code)
        if found is None or not self._ledger.there(found[0]):
            raise StudioError("judging.foreign_sheet")
        self._ledger.mark(self._marks(*found, judge, marks))

    def summary(self, contest: Contest) -> Summary:
        return summary(self._ledger.marks(contest))

    def _unmarked(self, contest: Contest, judge: str) -> Paper | None:
        full = {
            (one.match, one.of) for one in self._ledger.marks(contest)
            if one.judge == named(judge) and one.criterion == CRITERIA[-1]
        }  # fmt: skip
        left = [match for match in self._ledger.matches(contest) if any((match.id, one) not in full for one in SIDES)]
        papers = [
            paper for match in left for paper in self._papers(match) if whose(self._secret(), paper.code) not in full
        ]
        return min(papers, key=lambda one: one.code.rpartition("-")[2], default=None)  # by chance, and always the same

    def _papers(self, match: Match) -> list[Paper]:
        """Both answers; one where they are the same."""
        sides: Sequence[Side] = SIDES[:1] if match.alike else SIDES
        asked = match.asked
        return [
            Paper(code_of(self._secret(), match.id, side), asked.text, asked.context, asked.wanted, match.of(side))
            for side in sides
        ]

    def _marks(self, match: int, side: Side, judge: str, marks: Mapping[str, int]) -> list[Mark]:
        """Of both sides where their answers are the same."""
        assert all(name in CRITERIA and LOWEST <= mark <= HIGHEST for name, mark in marks.items())
        sides = SIDES if self._ledger.match(match)[1].alike else (side,)
        return [Mark(match, one, named(judge), name, mark) for one in sides for name, mark in marks.items()]


def _asked(paper: Paper) -> str:
    """With what was said before it, but for system texts, which are no customer's."""
    before = [message.content for message in paper.context if message.role != "system"]
    return "\n".join([*before, paper.text])
