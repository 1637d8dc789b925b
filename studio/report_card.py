"""What a report card says, in a language: one verdict, one next step, scores with their intervals, the wrong rows.

Knows no widget and no chart; user text passes through untouched, whoever shows it must show it as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio import verdicts
from studio.views import Colour, Lamp, interval_words, percent
from studio.words import Lang, say

MOST_WRONG = 10
BASELINES = ("majority", "tfidf")
COLOURS: Mapping[str, Colour] = {
    "too_few_rows": "grey", "not_learned": "red", "worse": "red", "no_clear_gain": "amber",
    "simple_is_better": "amber", "by_heart": "amber", "learned": "green",
}  # fmt: skip
Report = Mapping[str, Any]


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
    """A row that the tuned model got wrong."""

    number: int
    text: str
    target: str
    base: str
    tuned: str


@dataclass(frozen=True)
class ReportView:
    """The whole card."""

    lamp: Lamp
    scores: tuple[Score, ...]
    remarks: tuple[str, ...]
    wrong: tuple[Wrong, ...]
    wrong_total: int


def report_view(report: Report, lang: Lang) -> ReportView:
    wrong = [row for row in report["rows"] if not row["correct"]]
    return ReportView(
        lamp=_lamp(report, lang),
        scores=_scores(report, lang),
        remarks=_remarks(report, lang),
        wrong=tuple(Wrong(*(row[name] for name in Wrong.__dataclass_fields__)) for row in wrong[:MOST_WRONG]),
        wrong_total=len(wrong),
    )


def _lamp(report: Report, lang: Lang) -> Lamp:
    verdict = report["verdict"].removeprefix("engine.verdict_")
    words = {name: percent(verdicts.share(report[name])) for name in ("base", "tuned", "trained")}
    return Lamp(
        COLOURS[verdict],
        say(f"report_card.verdict_{verdict}", lang),
        say(f"report_card.why_{verdict}", lang, count=report["count"], **words),
        say(f"report_card.next_{verdict}", lang),
    )


def _scores(report: Report, lang: Lang) -> tuple[Score, ...]:
    """Tuned first, then what it has to be better than, alone and with it, then how well it knows what it was taught."""
    lines = [_score("tuned", report["tuned"], lang, main=True), _score("base", report["base"], lang)]
    lines += [_score(name, metrics, lang) for name, metrics in report["baseline"].items() if name in BASELINES]
    lines += [_score("together", report["together"], lang)] if "together" in report else []
    return (*lines, _score("trained", report["trained"], lang))


def _score(name: str, metrics: Mapping[str, Any], lang: Lang, *, main: bool = False) -> Score:
    share, count = verdicts.share(metrics), metrics["count"]
    return Score(
        name=say(f"report_card.score_{name}", lang),
        share=share,
        percent=percent(share),
        counted=say("report_card.counted", lang, correct=metrics["correct"], count=count),
        sure=interval_words(metrics["interval"], count, lang, judged=main),
        main=main,
    )


def _remarks(report: Report, lang: Lang) -> tuple[str, ...]:
    """What the figures mean, beyond the verdict."""
    tuned = report["tuned"]
    remarks = []
    if report["task"] == "chat":
        remarks.append(say("report_card.exact", lang, share=percent(tuned["exact"])))
    else:
        remarks.append(say("report_card.macro_f1", lang, share=percent(tuned["macro_f1"])))
    if report.get("part") == "validation":
        remarks.append(say("report_card.from_validation", lang))
    return tuple(remarks)
