"""The report card in four lines: learned, kept, honest, manner; of each a light, a figure, a sentence, the next step.
Where somebody judged its answers, what they say is a fifth.

Knows no widget.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from studio import verdicts
from studio.evaluation import outside
from studio.evaluation.lights import BOUNDS, colour
from studio.evaluation.measures import MEASURES, Part
from studio.evaluation.report import Measured, Metrics, Report
from studio.evaluation.verdict import Colour
from studio.judging import told
from studio.judging.opinions import Contest
from studio.lamp import Lamp, percent
from studio.report_card import Score, report_view, score_of
from studio.runs import Run
from studio.studio import Studio
from studio.tasks import TASKS
from studio.views import run_label
from studio.words import Lang, catalogue, say

BESIDE: tuple[Part, ...] = ("kept", "honest", "manner")  # in this order, below what was learned
HALF = 0.5
WORST: tuple[Colour, ...] = ("red", "amber", "green", "grey")


@dataclass(frozen=True)
class Line:
    """`title` asks, `lamp` answers: in a word, in a sentence, with what to do, "" where nothing has to be done. `score`
    is None where nothing could be measured; then the sentence says why."""

    part: Part | Literal["judged"]
    title: str
    lamp: Lamp
    score: Score | None

    @property
    def name(self) -> str:
        """What is asked, the answer in a word, and the figure."""
        return " · ".join(filter(None, (self.title, self.lamp.name, self.score.percent if self.score else "")))


def card_lines(run: Run, report: Report, lang: Lang) -> tuple[Line, ...]:
    view = report_view(run, report, lang)
    main = next((score for score in view.scores if score.main and report.count), None)
    return Line("learned", _title("learned", lang), view.lamp, main), *(_line(part, report, lang) for part in BESIDE)


def judged_line(studio: Studio, run: Run, lang: Lang) -> tuple[Line, list[str]] | None:
    """What was said of a run's answers, with all that there is to say of it; None where nobody said anything. Whether
    they are better is told by the votes of those who did not know whose they were, beside its base if there are any."""
    contests = studio.judging.told_of(run.id)
    if not contests:
        return None
    said = [one for contest in contests for one in _sentences(studio, contest, lang)]
    tally, other = studio.judging.tally(contests[0]), _other(studio, contests[0], lang)
    if not tally.judged:
        lamp = Lamp("grey", say("card_lines.judged_grey", lang), said[0], "")
        return Line("judged", say("card_lines.title_judged", lang), lamp, None), said
    seen: Colour = "grey" if not tally.sure else "green" if tally.share > HALF else "red"
    why, *_ = told.votes(tally, other, lang)
    step = say("judging.more", lang, more=tally.more) if seen == "grey" and tally.more else ""
    lamp = Lamp(seen, say(f"card_lines.judged_{seen}", lang), why, step)
    decided = tally.wins + tally.losses
    score = score_of("judged", Metrics(tally.wins, decided, tally.interval), lang) if decided else None
    return Line("judged", say("card_lines.title_judged", lang), lamp, score), said


def _sentences(studio: Studio, contest: Contest, lang: Lang) -> Iterator[str]:
    other = _other(studio, contest, lang)
    tally = studio.judging.tally(contest)
    yield from told.votes(tally, other, lang) if tally.judges else ()
    yield from told.marks(studio.judging.marking.summary(contest), other, lang)
    yield from told.models(studio.judging.by_models(contest), other, lang)


def _other(studio: Studio, contest: Contest, lang: Lang) -> str:
    """Whom the run was compared with, who may be deleted since."""
    known = {one.id: one for one in studio.runs()} if contest.against else {}
    return run_label(known[contest.against], lang) if contest.against in known else say("judging.base", lang)


def lights(run: Run, report: Report) -> dict[str, Colour]:
    """The four colours, for who reads them by machine."""
    return {"learned": verdicts.light(run, report).colour} | {part: _seen(part, report)[1] for part in BESIDE}


def _line(part: Part, report: Report, lang: Lang) -> Line:
    name, seen = _seen(part, report)
    if not name:
        silent = Lamp("grey", say("card_lines.not_measured", lang), _why_not(part, report, lang), "")
        return Line(part, _title(part, lang), silent, None)
    found = report.further[name]
    key = f"card_lines.{name}_{seen}"
    answer = say(key if key in catalogue(lang) else f"card_lines.{part}_{seen}", lang)
    step = say(f"card_lines.next_{name}", lang) if seen in ("amber", "red") else ""
    return Line(part, _title(part, lang), Lamp(seen, answer, _why(name, found, lang), step), _score(name, found, lang))


def _seen(part: Part, report: Report) -> tuple[str, Colour]:
    """The measure of a part that has the worst light, of those the lowest share, and the light; "" without one."""
    found = {
        name: report.further[name]
        for name, measure in MEASURES.items()
        if measure.part == part and name in BOUNDS and name in report.further and report.further[name].count
    }
    shown = {name: (WORST.index(colour(name, one)), one.metrics.share) for name, one in found.items()}
    name = min(shown, key=shown.__getitem__, default="")
    return (name, colour(name, found[name])) if name else ("", "grey")


def _title(part: Part, lang: Lang) -> str:
    return say(f"card_lines.title_{part}", lang)


def _score(name: str, found: Measured, lang: Lang) -> Score:
    return score_of(name, found.metrics, lang)


def _why(name: str, found: Measured, lang: Lang) -> str:
    """What was measured, in a sentence; the base's figures are said where they were taken."""
    told: Mapping[str, object] = {
        "correct": found.correct,
        "count": found.count,
        "name": say(f"report_card.score_{name}", lang),
        "share": percent(found.metrics.share),
        "invented": found.details.get("invented", found.count - found.correct),
        "before": found.details.get("before_invented", "–"),
        "wild": found.count - found.correct,
    }
    key = f"card_lines.why_{name}"
    return say(key if key in catalogue(lang) else "card_lines.why_manner", lang, **told)


def _why_not(part: Part, report: Report, lang: Lang) -> str:
    """Why there is no figure: it would say nothing here, or the card is of a time that did not ask."""
    rules = TASKS[report.task]
    kept = report.further.get("kept")
    if part == "kept" and kept is not None:
        return say("card_lines.none_kept", lang, count=kept.details.get("asked", 0))
    if part == "honest" and rules.labelled and (rest := outside.catches_all(report.labels)):
        return say("card_lines.no_honest_rest", lang, rest=rest)
    kind = "labelled" if rules.labelled else "compared" if rules.compares else "said"
    return say(f"card_lines.no_{part}_{kind}", lang)
