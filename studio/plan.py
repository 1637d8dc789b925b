"""The plan comes from the data: every number of a run, computed from rows, tokens, model and preset.

Pure functions; nothing is loaded, timed or started here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.config import Preset, RunConfig
from studio.contract import Estimate, ModelCard, TokenCounts
from studio.data.checkup.amounts import FEWEST_OF_A_CLASS
from studio.data.schema import Splits
from studio.methods import METHODS
from studio.tasks import TASKS, Lesson
from studio.words import LANGS, Lang, say

LOPSIDED = 5.0  # from as many times the rows of the rarest class on, the rare ones count more
LONG = 80  # tokens of a row to classify, question and label included
FEW = 4
STEPS_FOR_TWO = 120  # to tell two classes apart
SMALL = 50e6  # parameters; below it a model must be taught at a higher rate and for longer
MOST_WORDINGS = 60
MOST_NAMED = 5  # classes that one sentence names
AT_MOST = 2048  # tokens of a row, unless a person wants more
LEARNED_ROWS = 1_200  # that the taught questions and their further wordings may come to: about four passes of a run


@dataclass(frozen=True)
class Asked:
    """How many questions test a run, on the way and at the end; `held_out` of them are rows that are not learned."""

    on_the_way: int = 0
    at_the_end: int = 0
    held_out: int = 0

    @classmethod
    def of(cls, splits: Splits) -> Asked:
        own = sum(one.origin == "own" for part in (splits.validation, splits.test) for one in part)
        return cls(len(splits.validation), len(splits.test), own)

    def say(self, lang: Lang) -> str:
        """Where the rows went that are not learned, and in what words the others are asked for."""
        count = self.on_the_way + self.at_the_end
        if not count:
            return ""
        key = "rows" if self.held_out == count else "some_rows" if self.held_out else "reworded"
        counts = {"on_the_way": self.on_the_way, "at_the_end": self.at_the_end, "held_out": self.held_out}
        return say(f"plan.asked_{key}", lang, **counts)


@dataclass(frozen=True)
class Plan:
    """A RunConfig with what it will take. Nothing has been started. `rows` of the dataset are there to be learned;
    `counts` has their further wordings too. `asked` tells by what the run is tested."""

    config: RunConfig
    card: ModelCard
    counts: TokenCounts
    estimate: Estimate
    rows: int
    asked: Asked = Asked()
    reasons: Mapping[str, Mapping[Lang, str]] = field(default_factory=dict)  # of numbers, by their names
    in_time: Mapping[Lang, str] = field(default_factory=dict)  # of a person who has only so many minutes
    fitted: Mapping[Lang, str] = field(default_factory=dict)  # what was changed so that it fits into the memory
    known: int = 0  # rows that the run which is gone on from has learned, and that are left out this time
    scarce: Mapping[str, int] = field(default_factory=dict)  # classes that have too few rows to be learned

    @property
    def left_out(self) -> int:
        """Rows of the dataset of which nothing can be learned, because they are too long."""
        return self.rows - self.counts.taught

    @property
    def longest(self) -> int:
        """The most tokens of a row that are read: what the settings allow, as far as the model can."""
        return min(self.config.max_length, self.card.context)

    @property
    def at_the_limit(self) -> bool:
        """Whether the model could not read longer rows, whatever the settings."""
        return self.longest == self.card.context

    @property
    def sentence(self) -> dict[Lang, str]:
        """What will happen, in one sentence."""
        return {lang: self._say(lang) for lang in LANGS}

    def _say(self, lang: Lang) -> str:
        known = self.config.stop_when_known and not self.config.wordings
        said = say(
            "plan.sentence_until_known" if known else "plan.sentence",
            lang,
            rows=self.counts.taught,
            epochs=self.config.epochs,
            steps=self.estimate.steps,
            time=duration(self.estimate.seconds, lang),
            memory=f"{self.estimate.memory_gib:.1f}",
        )
        goes_on = say("plan.goes_on", lang, known=self.known) if self.config.continues else ""
        return (
            said
            + self.in_time.get(lang, "")
            + self.fitted.get(lang, "")
            + goes_on
            + self.asked.say(lang)
            + (self._left_out(lang) if self.left_out else "")
            + self._scarce(lang)
        )

    def _left_out(self, lang: Lang) -> str:
        key = "plan.left_out_model" if self.at_the_limit else "plan.left_out"
        return say(key, lang, n=self.left_out, longest=self.longest, context=self.card.context)

    def _scarce(self, lang: Lang) -> str:
        """Which classes it will hardly tell apart, the rarest first."""
        named = "、".join(f"{label[:20]} {rows}" for label, rows in list(self.scarce.items())[:MOST_NAMED])
        more = "…" if len(self.scarce) > MOST_NAMED else ""
        return say("plan.scarce", lang, labels=named + more, few=FEWEST_OF_A_CLASS) if named else ""


def duration(seconds: float, lang: Lang) -> str:
    """Rounded as a person would say it: 40 seconds, 3 minutes, 1.5 hours."""
    if seconds < 90:
        return say("plan.seconds", lang, n=max(1, 5 * math.ceil(seconds / 5)))
    if seconds < 5400:
        return say("plan.minutes", lang, n=math.ceil(seconds / 60))
    return say("plan.hours", lang, n=f"{seconds / 3600:.1f}")


@dataclass(frozen=True)
class Course:
    """How a lesson is learned: `steps` are aimed at, and at most `passes` over all rows; each answer is met at least
    `meetings` times. `rehearsal` is everyday questions per new row, `noise` what is added to the words of a question,
    `rate` the most that the learning rate may be, `share` what it is of that for answers; where two numbers stand, for
    a small and for a large model."""

    steps: tuple[int, int]
    passes: tuple[int, int]
    meetings: int = 1
    patience: int = 0
    stop_when_known: float = 0.0
    rehearsal: tuple[float, float] = (0.75, 0.25)
    noise: tuple[float, float] = (0.7, 0.0)
    rate: float = 1.0
    share: float = 1.0
    fewer_over_long_rows: bool = False


# Facts take as many passes as they take: the run ends once they are known, so the plan only says when to give up. Of
# many, one is always just being mixed up at full rate; the last of them comes while the rate falls.
# Labels are asked for in words of their own and push nothing out, so nothing is rehearsed; answers do, and a small
# model has the least room for both. They need less of a change, too: above 5e-4 a small model learns its few texts by
# heart. A small model holds on to the letters of the questions it was taught; noise makes it know other ways of asking.
# What it does to larger ones was not measured: they go without (NEFTune, arXiv 2310.05914, used it at 7B).
# Pairs are gone through a few times only, at a quarter of the rate: what is better is a small change to a model that
# can answer already, and at the rate of answers it soon says neither (5e-5 for a LoRA of a 7B, one to three passes, as
# Zephyr's DPO, Tunstall et al. 2023, arXiv 2310.16944). The untouched model holds it back, so nothing is rehearsed.
COURSES: Mapping[Lesson, Course] = {
    "labels": Course(
        steps=(240, 240),
        passes=(40, 10),
        patience=4,
        rehearsal=(0.0, 0.0),
        noise=(0.0, 0.0),
        rate=5e-4,
        fewer_over_long_rows=True,
    ),
    "facts": Course(steps=(600, 400), passes=(60, 60), meetings=100, stop_when_known=0.98),
    "manner": Course(steps=(600, 240), passes=(40, 10)),
    "preference": Course(
        steps=(100, 120), passes=(10, 3), patience=4, rehearsal=(0.0, 0.0), noise=(0.0, 0.0), share=0.25
    ),
}
# What a shop asks of it: to sort nine of ten right, or to answer 85 of 100.
TARGETS: Mapping[Lesson, float] = {"labels": 0.9, "facts": 0.85, "manner": 0.85, "preference": 0.85}
EFFORT: Mapping[Preset, float] = {"fast": 0.5, "balanced": 1.0, "thorough": 2.0}


def settings(
    lesson: Lesson, counts: TokenCounts, card: ModelCard, preset: Preset, facts: int = 0, classes: int = 0
) -> dict[str, Any]:
    """The computed settings of a RunConfig, by name. `counts` has the further wordings of the `facts` among its rows;
    `classes`: how many the labels are.

    The number of optimizer steps is aimed at rather than the number of epochs, so that 91 rows are not finished after
    18 steps; the rate follows the size of the model (small ones need ten times that of a 7B).
    """
    course, large = COURSES[lesson], card.parameters >= SMALL
    rows, effort = max(counts.rows - counts.unlearnable, 1), EFFORT[preset]
    batch = 8 if (facts or rows) < 1000 else 16
    fewest, most = math.ceil(course.meetings * effort * facts / rows), course.passes[large]
    epochs = min(most, max(1, fewest, round(course.steps[large] * effort * batch / rows)))
    if classes == 2 and not large:
        epochs = fewer_for_two_classes(epochs, rows / batch / effort)
    if course.fewer_over_long_rows:
        epochs = fewer_over_long_rows(epochs, counts)
    return {
        "batch_size": batch,
        "epochs": epochs,
        "learning_rate": min(course.share * learning_rate(card.parameters), course.rate),
        "rehearsal": course.rehearsal[large],
        "embedding_noise": course.noise[large],
        "rank": 16,
        "alpha": 32,
        "max_length": max_length(card.context if counts.unlearnable else counts.longest, card.context),
        "evaluations": 20 if course.stop_when_known else min(10, max(5, epochs)),
        "patience": course.patience,
        "stop_when_known": course.stop_when_known,
        "target": TARGETS[lesson],
    }


def further_wordings(lesson: Lesson, rows: int) -> int:
    """In how many further words each of the `rows` that have some is learned: as many as leave time to meet the taught
    ones often enough.

    Measured: ten things taught in two ways gain from sixty. Of 64 in four, nine wordings left 60 known, three 63.
    """
    if lesson != "facts" or not rows:
        return 0
    return max(0, min(LEARNED_ROWS // rows - 1, MOST_WORDINGS))


def scarce(splits: Splits) -> dict[str, int]:
    """The classes with fewer rows than one should have, the rarest first, and how many each has, held out or not."""
    if not TASKS[splits.task].labelled:
        return {}
    rows = Counter(one.target for part in (splits.lessons, splits.validation, splits.test) for one in part)
    return {label: count for label, count in sorted(rows.items(), key=lambda one: one[1]) if count < FEWEST_OF_A_CLASS}


def lopsided(splits: Splits) -> float:
    """How many times as many rows the largest class has as the smallest; 1 where there are no classes."""
    if not TASKS[splits.task].labelled:
        return 1.0
    rows = Counter(one.target for one in splits.lessons).values()
    return max(rows) / min(rows)


def class_weights(times: float) -> float:
    """How far rare classes count more: by the root of how rare they are, from LOPSIDED times on.

    In full, a class of three rows would be learned by heart; the root is what is usual between that and nothing.
    """
    return 0.5 if times >= LOPSIDED else 0.0


def fewer_for_two_classes(passes: int, steps: float) -> int:
    """As many as come to STEPS_FOR_TWO at so many `steps` a pass, but two at least where more were planned.

    Measured on small models (docs/planner.md): 100 reviews and 300, good or bad, were sorted as well after 120 steps
    as after 240, those of eight trades were not.
    """
    return max(min(passes, 2), min(passes, math.ceil(STEPS_FOR_TWO / steps)))


def fewer_over_long_rows(passes: int, counts: TokenCounts) -> int:
    """As many as cost what rows of LONG tokens would, but FEW at least where so many were planned.

    A long text says what it says several times: 300 hotel reviews were best after three passes of eight.
    """
    length = counts.tokens / max(counts.rows - counts.unlearnable, 1)
    return max(min(passes, FEW), round(passes * min(1.0, LONG / max(length, 1))))


def learning_rate(parameters: int) -> float:
    """For LoRA by the size of the base: 2e-4 for a 7B (QLoRA, Dettmers et al. 2023), higher below, lower above."""
    sizes = ((SMALL, 1.5e-3), (300e6, 1e-3), (1e9, 5e-4), (13e9, 2e-4))
    return next((rate for size, rate in sizes if parameters < size), 1e-4)


def paced(computed: Mapping[str, Any], method: str) -> dict[str, Any]:
    """The computed settings at a method's own learning rate.

    Full tuning goes a tenth as far at a step, as it does everywhere (Biderman et al. 2024, arXiv 2405.09673); the last
    layers alone a third. A few numbers that steer the whole model have to go further (0.3 for prompts, arXiv
    2104.08691): on the starter, 60 steps at LoRA's own rate taught them next to nothing, at thirty times all that they
    could hold.
    """
    return {**computed, "learning_rate": computed["learning_rate"] * METHODS[method].rate}


def continued(computed: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a run that begins with what an earlier one learned: half the rate over half the passes, because
    it is there already but for what is new."""
    passes = max(1, math.ceil(computed["epochs"] / 2))
    return {**computed, "learning_rate": computed["learning_rate"] / 2, "epochs": passes}


def max_length(longest: int, context: int) -> int:
    """Room for the longest row, rounded up to 64 tokens, within what the model can read and 2,048."""
    return max(64, min(64 * math.ceil(longest / 64), context, AT_MOST))
