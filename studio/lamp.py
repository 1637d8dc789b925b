"""The traffic light in words, and the shares and intervals that it speaks of, in a language.

Knows no run and no widget: a verdict with its figures comes in, sentences go out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.evaluation.goal import Goal
from studio.evaluation.verdict import MOST_TAUGHT, Colour, Figures, Score, advice, too_few
from studio.preferences import Of
from studio.verdicts import Light
from studio.words import Lang, catalogue, say

# Where sentences stand that speak of what was compared.
OPINIONS: Mapping[Of | Literal[""], str] = {"pairs": "pairs.", "thumbs": "thumbs.", "": "verdicts."}


@dataclass(frozen=True)
class Lamp:
    """The traffic light: what it shows, why, and the one thing to do next."""

    colour: Colour
    name: str
    why: str
    action: str


def lamp(light: Light, lang: Lang) -> Lamp:
    """The traffic light in words, for the page, the report card and the terminal; the next step differs while it still
    learns."""
    figures, verdict = light.figures, light.verdict
    words = {
        "share": percent(figures.unseen.share),
        "interval": _interval(figures.unseen, lang),
        "count": figures.unseen.count,
        "correct": figures.unseen.correct,
        "before": figures.base.correct,
        "base": percent(figures.base.share),
        "simple": percent(figures.simple.share),
    }
    why = f"why_{_why(light)}"
    told = _known(figures, lang) if _tells_of_facts(light) else say(_worded(why, figures), lang, **words)
    told += say("verdicts.on_the_way", lang) if light.on_the_way else ""
    return Lamp(
        light.colour,
        say(_worded(verdict, figures), lang),
        told,
        say(_worded(_next_step(light), figures), lang, step=light.step, left=light.left),
    )


def _next_step(light: Light) -> str:
    if light.paused:
        return "paused"
    if light.running:
        return f"running_{light.verdict}"
    if light.spared:
        return "spared"
    return f"ended_{advice(light.verdict, light.figures)}"


def _worded(name: str, figures: Figures) -> str:
    """The key of a sentence, or of that which speaks of pairs, of thumbs, or of what is looked up, in its place."""
    keys = (
        (f"looked_up.{name}", figures.looked_up),
        (OPINIONS[figures.compared] + name, True),
        (f"verdicts.{name}", True),
    )
    return next(key for key, fits in keys if fits and key in catalogue("zh"))


def _why(light: Light) -> str:
    """A verdict's reason, or the one of a model that was asked nothing new."""
    return "learned_rows" if light.verdict == "not_learned" and not light.figures.unseen.count else light.verdict


def _tells_of_facts(light: Light) -> bool:
    return bool(light.figures.taught.count) and light.verdict not in ("waiting", "astray")


def _known(figures: Figures, lang: Lang) -> str:
    """How many of the taught facts are known as they were taught, then asked in other words."""
    taught, unseen = figures.taught, figures.unseen
    key = "verdicts.facts_sampled" if taught.count == MOST_TAUGHT else "verdicts.facts_known"
    known = say(key, lang, recalled=taught.correct, taught=taught.count)
    if not unseen.count:
        return say("verdicts.facts_as_taught", lang, known=known)
    return say(
        "verdicts.facts_otherwise", lang, known=known, share=percent(unseen.share), interval=_interval(unseen, lang)
    )


def percent(share: float) -> str:
    """0.914 → `91%`, never `100%` for less than all."""
    whole = 99 if 0.99 < share < 1 else round(100 * share)
    return f"{whole}%"


def goal_words(found: Goal, count: int, lang: Lang) -> str:
    """Whether what was wanted beforehand is reached, after a test of `count` rows, and what would tell."""
    share = percent(found.share)
    if found.state != "unsure":
        return say(f"verdicts.goal_{found.state}", lang, share=share)
    if found.rows is None:
        return say("verdicts.goal_at_the_edge", lang, share=share)
    return say("verdicts.goal_unsure", lang, share=share, rows=found.rows, more=found.rows - count)


def interval_words(interval: Sequence[float], count: int, lang: Lang, *, judged: bool = True) -> str:
    """How sure a score is: `between 59% and 99%, 10 rows are too few to be sure`, the latter only when `judged`.

    Rounded outwards, so that the score as `percent` shows it lies within.
    """
    key = "views.interval_unsure" if judged and too_few(count) else "views.interval"
    low, high = math.floor(100 * interval[0]), math.ceil(100 * interval[1])
    return say(key, lang, low=f"{low}%", high=f"{high}%", count=count)


def _interval(score: Score, lang: Lang) -> str:
    return interval_words(score.interval, score.count, lang)
