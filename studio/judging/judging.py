"""Everything that may be asked about what is said of a run's answers, one method each.

Knows no widget. What was said stays when its run is deleted: it can still be learned from.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.contract import Job, Progress, no_progress
from studio.data.datastore import DataStore
from studio.data.schema import Dataset, Message
from studio.errors import StudioError
from studio.judging import by_model, learning
from studio.judging.asking import Answering
from studio.judging.by_model import Cost, Judge, Swapped
from studio.judging.learning import Learnable
from studio.judging.ledger import Ledger
from studio.judging.marking import Marking
from studio.judging.opinions import (
    Asked,
    Better,
    Contest,
    Correction,
    Kind,
    Match,
    Side,
    Thumbed,
    Verdict,
    Way,
    named,
)
from studio.judging.tally import Tally, tally
from studio.roster import Roster
from studio.runs import Run
from studio.sessions import Sessions
from studio.tasks import TASKS
from studio.workspace import Workspace

AT_ONCE = 6  # questions that are asked together, so that whoever judges waits for few
LONGEST = 8_000  # characters of a question or an answer that was typed
PLACES: dict[Side, Better] = {"run": "run", "against": "against"}


@dataclass(frozen=True)
class Shown:
    """A match as somebody sees it who is not to know whose answers these are."""

    match: int
    text: str
    context: tuple[Message, ...]
    left: str
    right: str


class Judging:
    """Of one workspace. Safe to use from any thread."""

    def __init__(
        self, workspace: Workspace, data: DataStore, roster: Roster, sessions: Sessions, job_of: Callable[[str], Job]
    ) -> None:
        self._data = data
        self._roster = roster
        self._answering = Answering(sessions, job_of)
        self.ledger = Ledger(workspace)
        self.marking = Marking(self.ledger, workspace.secret, self.prepare)

    def close(self) -> None:
        self.ledger.close()

    # whom to compare

    def contest(self, run: str, against: str = "") -> Contest:
        """Between a run as it now is and its own base, or another run. Raises StudioError judging.run_gone,
        judging.no_words, judging.itself, engine.no_adapter."""
        one, other = self._talking(run), self._talking(against) if against else None
        if run == against:
            raise StudioError("judging.itself")
        return Contest(one.config.dataset, run, one.progress.step, against, other.progress.step if other else 0)

    def rivals(self, run: str) -> list[Run]:
        """Other runs that a run may be compared with, those of the same dataset first."""
        known = [one for one in self._roster.runs() if one.id != run and one.ended and one.has_adapter]
        dataset = next((one.config.dataset for one in self._roster.runs() if one.id == run), "")
        talking = [one for one in known if TASKS[one.config.task].talks]
        return sorted(talking, key=lambda one: one.config.dataset != dataset)

    def _talking(self, run: str) -> Run:
        try:
            found = self._roster.run(run)
        except StudioError as error:
            raise StudioError("judging.run_gone") if error.key == "workspace.no_such" else error from error
        if not TASKS[found.config.task].talks:
            raise StudioError("judging.no_words")
        self._roster.need_adapter(run)
        return found

    # votes

    def seen(self, contest: Contest, asked: Asked, answers: tuple[str, str], better: Better, judge: str = "") -> int:
        """Notes which of two answers of a run and its base somebody liked who saw whose they are; the match's id."""
        (number,) = self.ledger.keep(contest, [(asked, *answers)])
        self.ledger.say(Verdict(number, named(judge), better, "seen"))
        return number

    def next(self, contest: Contest, judge: str, progress: Progress = no_progress) -> Shown | None:
        """What `judge` has not voted on yet; None where there is no question left. Asks the next few where those with
        answers are used up. Raises StudioError as `Sessions.open` does."""
        found = self._unvoted(contest, judge)
        if found is None and self.prepare(contest, AT_ONCE, progress):
            found = self._unvoted(contest, judge)
        return None if found is None else shown(found, judge)

    def prepare(self, contest: Contest, count: int, progress: Progress = no_progress) -> int:
        """Asks at most so many questions of the exam that were not asked yet; how many. What is asked twice at one
        time, by two who judge, is kept once."""
        left = self._answering.unasked(contest, [match.asked for match in self.ledger.matches(contest)])
        return len(self.ledger.keep(contest, self._answering.both(contest, left[:count], progress)))

    def ask(self, contest: Contest, text: str, judge: str) -> Shown:
        """A question that somebody types, with both answers. Raises StudioError chat_tab.nothing_asked."""
        if not text.strip():
            raise StudioError("chat_tab.nothing_asked")
        row = self._answering.typed(contest, text[:LONGEST])
        (number,) = self.ledger.keep(contest, self._answering.both(contest, [row]))
        return shown(self.ledger.match(number)[1], judge)

    def vote(self, match: int, judge: str, choice: str) -> None:
        """Of a match as `shown` to this judge, that "left", "right" or neither ("same") is better. Raises StudioError
        judging.no_such_match."""
        first = at_left(match, judge)
        second: Side = "against" if first == "run" else "run"
        better: Better = {"left": PLACES[first], "right": PLACES[second]}.get(choice, "same")
        self.ledger.say(Verdict(match, named(judge), better, "blind", first))

    def take_back(self, contest: Contest, judge: str) -> Shown | None:
        """Takes back this judge's last blind vote, and shows it again; None where there is none."""
        number = self.ledger.take_back(contest, named(judge), "blind")
        return None if number is None else shown(self.ledger.match(number)[1], judge)

    def tally(self, contest: Contest) -> Tally:
        """Of the votes of those who did not see whose answers they judged."""
        ways: tuple[Way, ...] = ("blind",)
        return tally(self._unseen(contest), self.ledger.verdicts(contest), ways)

    def _unvoted(self, contest: Contest, judge: str) -> Match | None:
        said = self.ledger.verdicts(contest)
        done = {one.match for one in said if one.judge == named(judge) and one.way == "blind"}
        return next((one for one in self._unseen(contest) if one.id not in done and not one.alike), None)

    def _unseen(self, contest: Contest) -> list[Match]:
        """Matches that nobody judged who saw whose answers they are."""
        seen = {one.match for one in self.ledger.verdicts(contest) if one.way == "seen"}
        return [one for one in self.ledger.matches(contest) if one.id not in seen]

    # what other models say

    def ready(self, contest: Contest, count: int, progress: Progress = no_progress) -> None:
        """Has so many questions answered, or as many as there are."""
        self.prepare(contest, max(0, count - len(self.ledger.matches(contest))), progress)

    def cost(self, contest: Contest, judge: str, count: int) -> Cost:
        """What it takes to have a model of that name judge the first so many questions, as far as it has not."""
        matches = self.ledger.matches(contest)[:count]
        todo = by_model.left(matches, self.ledger.verdicts(contest), judge)
        return by_model.cost(todo, by_model.language_of(matches))

    def ask_model(
        self, contest: Contest, judge: Judge, count: int, progress: Progress = no_progress, most: int | None = None
    ) -> None:
        """Has a model judge them, with at most so many calls, each verdict kept at once, so that it can go on from
        wherever it ends. Raises StudioError judging.judge_*."""
        matches = self.ledger.matches(contest)[:count]
        todo = by_model.left(matches, self.ledger.verdicts(contest), judge.name)
        for verdict in by_model.verdicts(judge, todo[:most], by_model.language_of(matches), progress):
            self.ledger.say(verdict)

    def by_models(self, contest: Contest) -> list[tuple[Swapped, Tally]]:
        """What each model says that judged."""
        matches = self.ledger.matches(contest)
        said, judges = by_model.together(self.ledger.verdicts(contest))
        ways: tuple[Way, ...] = ("model",)
        return [(one, tally(matches, [each for each in said if each.judge == one.judge], ways)) for one in judges]

    # to learn from it

    def correct(self, correction: Correction) -> None:
        """Notes what should have been answered. Raises StudioError judging.nothing_corrected."""
        if not correction.asked.wanted.strip():
            raise StudioError("judging.nothing_corrected")
        self.ledger.correct(correction)

    def thumb(self, thumbed: Thumbed) -> None:
        """Notes whether somebody liked an answer."""
        self.ledger.thumb(thumbed)

    def learnable(self, run: str) -> dict[Kind, Learnable]:
        """What votes, thumbs and corrections come to, on this run and all others that learned from the same dataset."""
        dataset = self._dataset_of(run)
        judged = []
        for contest in self.ledger.contests(dataset, run):
            said: dict[int, list[Verdict]] = defaultdict(list)
            for one in self.ledger.verdicts(contest):
                said[one.match].append(one)
            judged += [(match, said[match.id]) for match in self.ledger.matches(contest)]
        corrections = self.ledger.corrections(dataset, run)
        return {
            "prefer": learning.pairs(judged, corrections),
            "thumbs": learning.thumbs(self.ledger.thumbs(dataset, run), corrections),
            "chat": learning.replies(corrections),
        }

    def learn(self, run: str, kind: Kind, name: str) -> Dataset:
        """A new dataset of it. Raises StudioError judging.nothing_to_learn."""
        found = self.learnable(run)[kind]
        if not found.rows:
            raise StudioError("judging.nothing_to_learn")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"xiaozao-{kind}-{time.strftime('%Y%m%d-%H%M')}.jsonl"
            learning.write(path, found)
            return self._data.add(path, name=name, task=found.made.task)

    def _dataset_of(self, run: str) -> str:
        try:
            return self._roster.run(run).config.dataset
        except StudioError:  # it is deleted, or damaged: what was said of it is there
            return self.ledger.dataset_of(run)

    def facts(self, run: str) -> dict[str, Any]:
        """What was said of a run beside its base, and beside other runs, for its report card; empty without any."""
        contests = [one for one in self.ledger.contests("", run) if one.run == run]
        told = [
            {"against": one.against or "base", "step": one.step, **said}
            for one in contests
            if (said := self._said(one))
        ]
        return {"judged": told} if told else {}

    def told_of(self, run: str) -> list[Contest]:
        """The contests in which people, by votes or marks, or a model said something of a run as it now is; that with
        its own base first."""
        now = self._roster.run(run).progress.step
        known = [one for one in self.ledger.contests("", run) if (one.run, one.step) == (run, now)]
        return sorted((one for one in known if self._said(one)), key=lambda one: bool(one.against))

    def _said(self, contest: Contest) -> dict[str, Any]:
        """By people, by marks and by models, as far as somebody said something."""
        votes, marks, models = self.tally(contest), self.marking.summary(contest), self.by_models(contest)
        found: dict[str, Any] = {"votes": votes.facts()} if votes.judges else {}
        if marks.answers:
            found["marks"] = marks.facts()
        if models:
            found["models"] = [{**of.facts(), **swapped.facts()} for swapped, of in models]
            found["prompt"] = by_model.prompt(by_model.language_of(self.ledger.matches(contest)))
        return found


def at_left(match: int, judge: str) -> Side:
    """Whose answer a judge sees at the left: by chance, but the same whenever it is shown again."""
    return random.Random(f"{match} {named(judge)}").choice(("run", "against"))


def shown(match: Match, judge: str) -> Shown:
    first = at_left(match.id, judge)
    left, right = (match.answer, match.other) if first == "run" else (match.other, match.answer)
    return Shown(match.id, match.asked.text, match.asked.context, left, right)
