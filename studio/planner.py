"""From a dataset and a model to a plan: what is asked of the data, of the catalogue and of the engine for it.

Knows no run. Which numbers follow from which is decided in `plan`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from studio import budget, continuing, fitting
from studio import plan as planning
from studio.config import STARTER, Preset, RunConfig
from studio.continuing import Find
from studio.contract import Engine, Estimate, Job, ModelCard, Progress, Shade, TokenCounts, no_progress
from studio.data.checkup import blanks
from studio.data.datastore import DataStore
from studio.data.schema import Dataset, Example, Splits, Thumb
from studio.data.teaching.lesson import facts
from studio.data.teaching.wordings import rewordable
from studio.errors import StudioError
from studio.events import Planned
from studio.heads import HEADS
from studio.methods import METHODS
from studio.pace import Pace
from studio.plan import Asked, Plan
from studio.preferences import PREFERENCES, Of, usual
from studio.reasons import Grounds, reasons
from studio.tasks import TASKS, Task

PLAIN = str(RunConfig.model_fields["method"].default)
FOUR_BITS = next(name for name, method in METHODS.items() if method.quantise != "none")
SAMPLE = 200  # rows by which the language is told
HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Weighed:
    """What a run of each of some models would take, and whether with its weights in 4 bits; the rows' language."""

    by_card: Sequence[tuple[Estimate, bool]]
    language: str


# Why nothing is learned from thumbs that are all alike, or where all others are kept for the tests; and from opinions
# by a way that is of another kind.
ALL_ALIKE: Mapping[Thumb, str] = {"up": "run.only_thumbs_up", "down": "run.only_thumbs_down"}
HELD_OUT: Mapping[Thumb, str] = {"up": "run.thumbs_down_held_out", "down": "run.thumbs_up_held_out"}
NOT_OF: Mapping[Of, str] = {"pairs": "run.not_of_pairs", "thumbs": "run.not_of_thumbs"}


@dataclass(frozen=True)
class Planner:
    """Plans over one workspace's datasets and models."""

    engine: Engine
    data: DataStore
    models: Path
    tokens: Callable[[str], Path]  # the folder for a dataset's rows in tokens
    pace: Callable[[RunConfig], Pace]  # of this machine, by the runs that were made on it
    earlier: Find  # the run that another goes on from

    def cards(self) -> list[ModelCard]:
        """The starter, then what is in the folder of models: those of hubs as ORG--NAME, and folders of the owner's
        own. One that cannot be used is left out, for the others' sake."""
        cards = [self.engine.model_card(STARTER, self.models)]
        packed = self.engine.unready(self.models).packed
        for name in sorted({_named(path) for path in self.models.glob("[!.]*")} - packed.keys()):
            with suppress(StudioError):
                cards.append(self.engine.model_card(name, self.models))
        return cards

    def reads(self, model: str) -> int:
        """The most tokens of a row that a model reads in a run, unless a person wants more."""
        return min(self.engine.model_card(model, self.models).context, planning.AT_MOST)

    def plan(self, dataset: str, preset: Preset, changes: Mapping[str, Any], progress: Progress = no_progress) -> Plan:
        """The RunConfig that the data ask for, with `changes`, the model among them, laid over it; of one that
        `continues` a run, over what it shares with that.

        Freezes the dataset's version. Raises StudioError when the dataset cannot teach anything or the model cannot be
        had, or it cannot go on from that run.
        """
        version, task = self.data.freeze(dataset), self.data.get(dataset).task
        of = {"task": task, "dataset": dataset, "dataset_version": version}
        if goes_on := changes.get("continues"):
            changes = {**self.earlier(goes_on).given, **changes}
        asked = RunConfig.of({**of, **changes})  # so that a wrong value is refused before it is used
        splits = self.splits(asked)
        check_teachable(splits)
        check_filled(splits, self.data.get(dataset))
        card, model_dir = self._had(asked, progress)
        further = planning.further_wordings(splits.lesson, rewordable(splits))
        wordings = asked.wordings if "wordings" in changes else further
        max_length = asked.max_length if "max_length" in changes else card.context
        counts = self.engine.token_counts(model_dir, splits, max_length, wordings, self.tokens(dataset))
        computed = planning.settings(splits.lesson, counts, card, preset, _taught(splits), len(splits.labels))
        computed = planning.paced(computed, asked.method)
        computed = planning.continued(computed) if goes_on else computed
        computed["class_weights"] = planning.class_weights(planning.lopsided(splits))
        computed["preference_loss"] = usual(opinions(splits))
        config = RunConfig.of({**of, **computed, "wordings": wordings, **changes})
        self.engine.check(config, model_dir)
        return self._planned(config, splits, card, model_dir, preset)

    def weighed(self, dataset: str, cards: Sequence[ModelCard]) -> Weighed:
        """What a run of each model would take, whether its weights are here or not, by the tokens of the starter;
        with its weights in 4 bits where it fits only so. Raises StudioError as `plan`."""
        task = self.data.get(dataset).task
        of = {"task": task, "dataset": dataset, "dataset_version": self.data.freeze(dataset)}
        splits = self.splits(RunConfig.of(of))
        check_teachable(splits)
        starter = self.engine.model_card(STARTER, self.models)
        model_dir = self.engine.fetch(STARTER, self.models)
        wordings = planning.further_wordings(splits.lesson, rewordable(splits))
        counts = self.engine.token_counts(model_dir, splits, starter.context, wordings, self.tokens(dataset))
        machine = self.engine.machine()

        def taken(card: ModelCard, method: str) -> Estimate:
            numbers = planning.settings(splits.lesson, counts, card, "balanced", _taught(splits), len(splits.labels))
            changes = {**planning.paced(numbers, method), "wordings": wordings, "method": method, "model": card.id}
            config = RunConfig.of({**of, **changes})
            pace = self.pace(config)
            estimate = self.engine.estimate(config, card, counts, machine)
            return estimate.at(pace.seconds, pace.memory, machine.free_gib)

        def least(card: ModelCard) -> tuple[Estimate, bool]:
            plain = taken(card, PLAIN)
            if plain.fit != "too_big" or not HEADS[card.head].talks:
                return plain, False
            packed = taken(card, FOUR_BITS)
            return (plain, False) if packed.fit == "too_big" else (packed, True)

        said = "".join(example.text + example.target for example in splits.lessons[:SAMPLE])
        language = "zh" if 4 * len(HAN.findall(said)) > len(said) else "en"
        return Weighed([least(card) for card in cards], language)

    def able(self, card: ModelCard, task: Task) -> bool:
        """Whether a model of such a head can learn the task."""
        return HEADS[card.head].talks or TASKS[task].labelled

    def within(self, planned: Plan, minutes: float, preset: Preset) -> Plan:
        """A plan with as few passes as it takes to end in time, one at least, and what is to be said of that."""

        def replan(passes: int) -> Plan:
            return self.plan_for(planned.config.with_changes({"epochs": passes}), preset)

        return budget.within(planned, minutes, replan)

    def fitted(self, planned: Plan, preset: Preset) -> Plan:
        """A plan with as little changed as makes it fit into the free memory, and what is to be said of that.

        Raises StudioError fitting.cannot where nothing does."""

        def replan(config: RunConfig) -> Plan | None:
            try:
                return self.plan_for(config, preset)
            except StudioError:  # settings that this model or machine cannot have
                return None

        if found := fitting.climbed(planned, replan):
            return replace(found[0], fitted=fitting.in_words(*found))
        config = planned.config
        for card in fitting.smaller(planned, self.cards()):
            lesser = self.plan(config.dataset, preset, {"model": card.id, "method": config.method})
            if found := fitting.climbed(lesser, replan):
                return replace(found[0], fitted=fitting.in_words(found[0], ["smaller", *found[1]]))
        need, free = planned.estimate.memory_gib, self.engine.machine().free_gib
        raise StudioError("fitting.cannot", need=f"{need:.1f}", free=f"{free:.1f}")

    def plan_for(self, config: RunConfig, preset: Preset = "balanced") -> Plan:
        """A given RunConfig with its estimate, and the reasons of those numbers that `preset` would have."""
        return self._planned(config, self.splits(config), *self._had(config), preset)

    def _had(self, config: RunConfig, progress: Progress = no_progress) -> tuple[ModelCard, Path]:
        """The card of a job's model, with the context that its method leaves, and its folder.

        Raises StudioError when it cannot be had, or does not go with the settings.
        """
        card = self.engine.model_card(config.model, self.models)
        check_able(config, card)
        folder = self.engine.fetch(config.model, self.models, progress)
        self.engine.check(config, folder)
        return replace(card, context=config.reads(card.context)), folder

    def _planned(self, config: RunConfig, splits: Splits, card: ModelCard, model_dir: Path, preset: Preset) -> Plan:
        if config.continues and not HEADS[card.head].talks:
            continuing.check_labels(splits, self.earlier(config.continues))
        check_opinions(splits, config)
        counts = self._counts(config, splits, model_dir)
        if counts.unlearnable == counts.rows:
            key = "engine.nothing_to_learn" if config.max_length < card.context else "engine.nothing_fits_model"
            raise StudioError(key, rows=len(splits.lessons), max_length=min(config.max_length, card.context))
        machine, pace = self.engine.machine(), self.pace(config)
        estimate = self.engine.estimate(config, card, counts, machine).at(pace.seconds, pace.memory, machine.free_gib)
        told = _taught(splits), planning.lopsided(splits), len(splits.labels)
        why = reasons(Grounds(config, preset, splits.lesson, counts, card, rewordable(splits), *told))
        known, scarce = len(splits.known), planning.scarce(splits)
        return Plan(
            config, card, counts, estimate, len(splits.lessons), Asked.of(splits), why, known=known, scarce=scarce
        )

    def _counts(self, config: RunConfig, splits: Splits, model_dir: Path) -> TokenCounts:
        tokens = self.tokens(config.dataset)
        return self.engine.token_counts(model_dir, splits, config.max_length, config.wordings, tokens)

    def announced(self, job: Job) -> Planned:
        """What a run that is about to begin is thought to take."""
        card = self.engine.model_card(job.config.model, self.models)
        counts = self._counts(job.config, job.splits, job.model_dir)
        estimate, pace = self.engine.estimate(job.config, card, counts, self.engine.machine()), self.pace(job.config)
        return Planned(
            seconds=estimate.seconds,
            memory_gib=estimate.memory_gib,
            times_seconds=pace.seconds,
            times_memory=pace.memory,
        )

    def preview(self, config: RunConfig) -> list[tuple[Example, list[tuple[str, Shade]]]]:
        """Five rows, each with how the model will see it, in pieces with what becomes of them."""
        splits = self.splits(config)
        shown = self.engine.preview(self.engine.fetch(config.model, self.models), splits, config)
        return list(zip(splits.lessons, shown, strict=False))

    def splits(self, config: RunConfig) -> Splits:
        """The rows of the job's version, of its fold if it has one, and what of them is learned if it goes on from a
        run. Raises StudioError run.* where it cannot."""
        before = self.earlier(config.continues) if config.continues else None
        if before:
            continuing.check(config, before)
        fold = (config.fold, config.folds) if config.folds else None
        splits = self.data.splits(config.dataset, config.dataset_version, fold=fold)
        return continuing.lessons(splits, before, config) if before else splits


def _named(path: Path) -> str:
    """How what lies in the folder of models is asked for: ORG/NAME, or a folder, or the GGUF file in it."""
    if "--" in path.name and path.is_dir():
        return path.name.replace("--", "/", 1)
    files = [] if (path / "config.json").is_file() else sorted(path.glob("[!.]*.gguf"))
    return str(files[0] if files else path)


def _taught(splits: Splits) -> int:
    """How many things are taught, where facts are."""
    return len(facts(splits.train)) if splits.lesson == "facts" else 0


def check_teachable(splits: Splits) -> None:
    """Raises StudioError when no model could learn from these rows."""
    if not splits.train:
        raise StudioError("run.no_rows")
    first = splits.train[0].target
    if TASKS[splits.task].labelled and all(example.target == first for example in splits.train):
        raise StudioError("run.one_class", label=first)


def opinions(splits: Splits) -> Of:
    """What kind of opinions the rows hold, if they hold any."""
    return "thumbs" if any(example.liked for example in splits.train) else "pairs"


def check_opinions(splits: Splits, config: RunConfig) -> None:
    """Raises StudioError where thumbs are all up or all down, or the way to learn is of what the rows do not hold."""
    if not TASKS[splits.task].compares:
        return
    of = opinions(splits)
    if pairs := sum(not example.liked for example in (*splits.train, *splits.validation)) if of == "thumbs" else 0:
        raise StudioError("run.pairs_among_thumbs", pairs=pairs)
    if of == "thumbs" and len(thumbs := {example.liked for example in splits.train}) == 1:
        held = sum(example.liked not in thumbs for example in (*splits.validation, *splits.test))
        raise StudioError((HELD_OUT if held else ALL_ALIKE)[next(iter(thumbs))], held=held)
    if config.opinions != of:
        fitting = " / ".join(one.title for one in PREFERENCES.values() if one.of == of)
        raise StudioError(NOT_OF[of], method=PREFERENCES[config.preference_loss].title, fitting=fitting)


def check_able(config: RunConfig, card: ModelCard) -> None:
    """Raises StudioError when a model that says nothing in words is to learn, or to rehearse, what is said in words."""
    if HEADS[card.head].talks:
        return
    if not TASKS[config.task].labelled:
        raise StudioError("run.model_has_no_words", model=card.id)
    if config.rehearsal:
        raise StudioError("run.nothing_to_rehearse", model=card.id)


def check_filled(splits: Splits, dataset: Dataset) -> None:
    """Raises StudioError where answers that are to be learned have blanks that nobody filled in or let pass."""
    held = {} if "unfilled" in dataset.report.allowed else blanks.of_rows(splits.train, splits.task)
    if held:
        number, blank = next(iter(held.items()))
        raise StudioError("run.unfilled", rows=len(held), number=number, blank=blank[:40], dataset=dataset.id)
