"""What a report card says, in a language: one verdict, one next step, scores with their intervals, the wrong rows.

Knows no widget and no chart; user text passes through untouched, whoever shows it must show it as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio import verdicts
from studio.data.schema import Thumb
from studio.evaluation.report import Answered, Measured, Metrics, Report
from studio.lamp import Lamp, goal_words, interval_words, lamp, percent
from studio.preferences import Of
from studio.runs import Run
from studio.tasks import TASKS
from studio.words import Lang, catalogue, of_kind, say

MOST_WRONG = 10
MOST_MISSED = 20
BASELINES = ("majority", "tfidf", "nearest")


@dataclass(frozen=True)
class Score:
    """One line of the card. `share` is 0 … 1; the words are ready to be shown; `sure` is empty without an interval."""

    name: str
    share: float
    percent: str
    counted: str
    sure: str
    main: bool = False


@dataclass(frozen=True)
class Wrong:
    """A row that the tuned model got wrong; what the base said is empty where it was not asked, `liked` where nobody
    gave the answer a thumb."""

    number: int
    text: str
    target: str
    base: str
    tuned: str
    liked: Thumb = ""


@dataclass(frozen=True)
class ReportView:
    """The whole card. `missed` are facts that are not known even as they were taught; where answers were `compared`, a
    wrong row is a pair whose worse answer is the preferred one, or an answer that went the wrong way."""

    lamp: Lamp
    scores: tuple[Score, ...]
    remarks: tuple[str, ...]
    wrong: tuple[Wrong, ...]
    wrong_total: int
    missed: tuple[Wrong, ...] = ()
    missed_total: int = 0
    compared: Of | Literal[""] = ""


def report_view(run: Run, report: Report, lang: Lang) -> ReportView:
    wrong = [row for row in report.rows if not row.correct]
    missed = report.taught.missed if report.taught else ()
    answers = report.base.count or not TASKS[report.task].labelled
    return ReportView(
        lamp=lamp(verdicts.light(run, report), lang),
        scores=_scores(report, lang),
        remarks=_remarks(report, lang),
        wrong=shown(wrong, MOST_WRONG, "" if answers else say("report_card.no_answer_yet", lang)),
        wrong_total=len(wrong),
        missed=shown(missed, MOST_MISSED),
        missed_total=len(missed),
        compared=report.opinions,
    )


def shown(rows: Sequence[Answered], most: int, silent: str = "") -> tuple[Wrong, ...]:
    """`silent` stands where the base has no answer."""
    return tuple(
        Wrong(row.number, row.text, row.target, row.base or silent, row.tuned, row.liked) for row in rows[:most]
    )


def _scores(report: Report, lang: Lang) -> tuple[Score, ...]:
    """What is judged first, then what it has to be better than, then how well it knows what it was taught; of facts
    this comes first."""
    compared = report.opinions
    others = [score_of("base", report.base, lang, compared=compared)] if report.base.count else []
    others += [score_of(name, metrics, lang) for name, metrics in report.baseline.items() if name in BASELINES]
    others += [score_of(name, found.metrics, lang) for name, found in report.further.items() if _is_line(name, found)]
    if taught := report.taught:
        known = Metrics(correct=taught.recalled, count=taught.count, interval=taught.interval)
        return score_of("taught", known, lang, main=True), score_of("otherwise", report.tuned, lang), *others
    others += [score_of("together", report.together, lang)] if report.together else []
    tuned = score_of("tuned", report.tuned, lang, main=True, compared=compared)
    return tuned, *others, score_of("trained", report.trained, lang, compared=compared)


def _is_line(name: str, found: Measured) -> bool:
    """Whether a measure is one more share beside the others; what has a sentence of its own is in `findings`."""
    return bool(found.count) and f"report_card.said_{name}" not in catalogue("zh")


def score_of(name: str, metrics: Metrics, lang: Lang, *, main: bool = False, compared: Of | Literal[""] = "") -> Score:
    """`compared`: what is counted are pairs of answers, or thumbs."""
    counted = of_kind("report_card.counted", compared)
    return Score(
        name=say(f"report_card.score_{name}", lang),
        share=metrics.share,
        percent=percent(metrics.share),
        counted=say(counted, lang, correct=metrics.correct, count=metrics.count),
        sure=interval_words(metrics.interval, metrics.count, lang, judged=main),
        main=main,
    )


def _remarks(report: Report, lang: Lang) -> tuple[str, ...]:
    """What the figures mean, beyond the verdict."""
    remarks = []
    if report.opinions:
        remarks.append(say(f"report_card.preferred_{report.opinions}", lang))
    elif TASKS[report.task].talks:
        remarks.append(say("report_card.exact", lang, share=percent(report.tuned.exact)))
    else:
        remarks.append(say("report_card.macro_f1", lang, share=percent(report.tuned.macro_f1)))
    if report.count and not report.base.count and TASKS[report.task].labelled:
        remarks.append(say("report_card.not_taught", lang))
    if report.taught and report.rows:
        made = sum(row.origin == "rule" for row in report.rows)
        own = len(report.rows) - made
        remarks.append(say("report_card.of_whom" if own else "report_card.all_by_rule", lang, made=made, own=own))
    if report.goal:
        remarks.append(goal_words(report.goal, report.count, lang))
    if report.part == "validation":
        remarks.append(say("report_card.from_validation", lang))
    return tuple(remarks)
