"""Why each number of a plan is what it is, in the words of both languages.

Knows the numbers and what they were made from, and changes none. `plan.py` makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from studio.config import Preset, RunConfig
from studio.contract import ModelCard, TokenCounts
from studio.methods import METHODS, only_for
from studio.plan import (
    COURSES,
    LONG,
    SMALL,
    Course,
    class_weights,
    continued,
    further_wordings,
    learning_rate,
    paced,
    settings,
)
from studio.tasks import Lesson
from studio.words import LANGS, Lang, say

Why = tuple[str, Mapping[str, Any]]  # a sentence of `locales/*/reasons.toml`, and its details
Reasons = dict[str, dict[Lang, str]]


@dataclass(frozen=True)
class Grounds:
    """What a plan was made from, and the settings as they are now. `rewordable`: rows that have other words;
    `facts`: how many things they teach, where they teach facts; `lopsided`: of how many times as many rows the largest
    class is as the smallest; `classes`: how many there are."""

    config: RunConfig
    preset: Preset
    lesson: Lesson
    counts: TokenCounts
    card: ModelCard
    rewordable: int
    facts: int
    lopsided: float = 1.0
    classes: int = 0

    @property
    def course(self) -> Course:
        return COURSES[self.lesson]

    @property
    def yours(self) -> set[str]:
        """The settings that are not as the plan would have them: a person decided them."""
        computed = settings(self.lesson, self.counts, self.card, self.preset, self.facts, self.classes)
        at_pace = paced(computed, self.config.method)
        at_pace = continued(at_pace) if self.config.continues else at_pace
        weights = class_weights(self.lopsided)
        planned = {**at_pace, "wordings": further_wordings(self.lesson, self.rewordable), "class_weights": weights}
        return {name for name, value in planned.items() if getattr(self.config, name) != value}

    @property
    def rows(self) -> int:
        return max(self.counts.rows - self.counts.unlearnable, 1)


def reasons(of: Grounds) -> Reasons:
    """The reason of each setting that the plan decides and that the method and the lesson have, by its name."""
    found: Reasons = {}
    yours, own = of.yours, "before" if of.config.continues else "yours"
    for name, why in WHYS.items():
        methods = only_for(name)
        if methods and of.config.method not in methods:
            continue
        said: list[Why] = [(own, {})] if name in yours else why(of)
        if said:
            found[name] = {lang: _in_words(said, lang) for lang in LANGS}
    return found


def _in_words(said: list[Why], lang: Lang) -> str:
    between = "" if lang == "zh" else " "
    return between.join(say(f"reasons.{key}", lang, **details) for key, details in said)


def _epochs(of: Grounds) -> list[Why]:
    epochs, batch, large = of.config.epochs, of.config.batch_size, of.card.parameters >= SMALL
    if of.config.continues:
        return [("epochs_continued", {})]
    if of.config.stop_when_known:
        key = "epochs_worded" if of.config.wordings else "epochs_facts"
        return [(key, {"facts": of.facts, "epochs": epochs})]
    if epochs == 1:
        return [("epochs_once", {"rows": of.rows})]
    if epochs == of.course.passes[large]:
        return [("epochs_most", {"rows": of.rows, "epochs": epochs})]
    length = round(of.counts.tokens / of.rows)
    if of.course.fewer_over_long_rows and length > LONG:
        return [("epochs_long", {"length": length, "epochs": epochs})]
    steps = round(of.rows * epochs / batch)
    key = "epochs_two" if of.classes == 2 and not large and epochs > 2 else "epochs"
    return [(key, {"rows": of.rows, "steps": steps})]


def _batch_size(of: Grounds) -> list[Why]:
    return [("batch_small" if of.config.batch_size == 8 else "batch_large", {})]


def _learning_rate(of: Grounds) -> list[Why]:
    size, course = of.card.parameters, of.course
    by_size = learning_rate(size)
    said: list[Why] = [("rate_size", {"size": _in_numerals(size), "rate": f"{by_size:g}"})]
    if course.share != 1.0:
        said.append(("rate_share", {"share": f"{course.share:g}"}))
    if course.rate < by_size * course.share:
        said.append(("rate_most", {"rate": f"{course.rate:g}"}))
    if (times := METHODS[of.config.method].rate) != 1.0:
        key = "rate_higher" if times > 1 else "rate_lower"
        said.append((key, {"method": METHODS[of.config.method].title, "times": f"{times:g}"}))
    if of.config.continues:
        said.append(("rate_continued", {}))
    return said


def _in_numerals(parameters: int) -> dict[Lang, str]:
    """7,000,000 as each language counts: 700 万, 7 million."""
    chinese = f"{parameters / 1e8:.3g} 亿" if parameters >= 1e8 else f"{parameters / 1e4:,.0f} 万"
    return {"zh": chinese, "en": f"{parameters / 1e6:,.0f} million"}


def _max_length(of: Grounds) -> list[Why]:
    longest, most = of.counts.longest, of.config.max_length
    return (
        [("length", {"longest": longest})] if longest <= most else [("length_most", {"longest": longest, "most": most})]
    )


def _rank(of: Grounds) -> list[Why]:
    return [("rank", {"rank": of.config.rank})]


def _alpha(of: Grounds) -> list[Why]:
    return [("alpha", {})]


def _rehearsal(of: Grounds) -> list[Why]:
    return [("rehearsal", {"share": f"{of.config.rehearsal:g}"})] if of.config.rehearsal else [("rehearsal_none", {})]


def _noise(of: Grounds) -> list[Why]:
    return [("noise", {})] if of.config.embedding_noise else []


def _wordings(of: Grounds) -> list[Why]:
    return [("wordings", {"n": of.config.wordings, "rows": of.rows})] if of.config.wordings else []


def _evaluations(of: Grounds) -> list[Why]:
    return [("evaluations", {"n": of.config.evaluations})]


def _patience(of: Grounds) -> list[Why]:
    return [("patience", {"n": of.config.patience})] if of.config.patience else []


def _class_weights(of: Grounds) -> list[Why]:
    return [("class_weights", {"times": f"{of.lopsided:.0f}"})] if of.config.class_weights else []


def _known(of: Grounds) -> list[Why]:
    key = "known_worded" if of.config.wordings else "known"
    return [(key, {"share": f"{of.config.stop_when_known:.0%}"})] if of.config.stop_when_known else []


def _target(of: Grounds) -> list[Why]:
    return [("target", {"share": f"{of.config.target:.0%}"})] if of.config.target else []


WHYS: Mapping[str, Callable[[Grounds], list[Why]]] = {
    "epochs": _epochs,
    "batch_size": _batch_size,
    "learning_rate": _learning_rate,
    "rank": _rank,
    "alpha": _alpha,
    "max_length": _max_length,
    "wordings": _wordings,
    "embedding_noise": _noise,
    "rehearsal": _rehearsal,
    "class_weights": _class_weights,
    "stop_when_known": _known,
    "target": _target,
    "evaluations": _evaluations,
    "patience": _patience,
}
