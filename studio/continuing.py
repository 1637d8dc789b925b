"""A run that goes on from an earlier one: what it must have in common with it, and which rows it learns.

Knows no folder, no engine and no list of runs: what the earlier run was is handed in.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from studio.config import RunConfig, clipped
from studio.data.near import normalise
from studio.data.schema import Example, Splits
from studio.errors import StudioError
from studio.methods import METHODS
from studio.words import LANGS, say

FREE = ("dropout", "lora_plus")  # of a method's own settings those that may be others the next time
PARTS_ASKED = ("validation", "test")
FEWEST = 64  # old rows that are learned again, where there are so many: fewer stand for too little of what is known


@dataclass(frozen=True)
class Before:
    """What an earlier run was, as far as a later one needs to know: its settings, and the rows that it was taught."""

    run: str
    config: RunConfig
    splits: Splits

    @property
    def given(self) -> dict[str, Any]:
        """The settings that a run which goes on from it shares with it."""
        own = (name for name in METHODS[self.config.method].knobs if name not in FREE)
        return {name: getattr(self.config, name) for name in ("model", "method", *own)}


Find = Callable[[str], Before]  # raises StudioError where there is no such run, or it learned nothing


def possible(config: RunConfig) -> bool:
    """Whether a run by these settings, once it has learned, can be gone on from."""
    return METHODS[config.method].goes_on and not config.folds


def check(config: RunConfig, before: Before) -> None:
    """Raises StudioError where a run by these settings cannot go on from what that one learned."""
    if config.dataset != before.config.dataset or config.task != before.config.task:
        raise StudioError("run.continues_other_data", run=before.run)
    if config.folds or before.config.folds:
        raise StudioError("run.continues_a_fold", run=before.run)
    method = METHODS[before.config.method]
    if not possible(before.config):
        raise StudioError("run.cannot_be_continued", run=before.run, method=method.title)
    others = {name: was for name, was in before.given.items() if getattr(config, name) != was}
    if others:
        told = {
            lang: "；".join(
                f"{say(f'knobs.{name}', lang)} {name}: {clipped(was)} → {clipped(getattr(config, name))}"
                for name, was in others.items()
            )
            for lang in LANGS
        }
        raise StudioError("run.continues_otherwise", run=before.run, differences=told)


def check_labels(splits: Splits, before: Before) -> None:
    """Raises StudioError where a head that counts its classes would need others than it learned."""
    if splits.labels != before.splits.labels:
        named = {"learned": "、".join(before.splits.labels)[:200], "asked": "、".join(splits.labels)[:200]}
        raise StudioError("run.continues_other_labels", run=before.run, **named)


def lessons(splits: Splits, before: Before, config: RunConfig) -> Splits:
    """The version's rows for a run that goes on: of those that are known already only some are learned again.

    Facts are all learned again, for none may be lost; what is known of them costs little, because the run ends once all
    are. Of other rows each new or changed one brings `review` old ones with it. A row that the earlier run learned
    tests nothing any more, whatever part it is in now. Labels stay in their order, which a head counts by.
    """
    taught = {_said(row) for row in before.splits.train}
    asked = {normalise(row.text) for row in before.splits.train}
    kept = {part: [row for row in getattr(splits, part) if not _is_known(row, asked, splits)] for part in PARTS_ASKED}
    moved = [row for part in PARTS_ASKED for row in getattr(splits, part) if _is_known(row, asked, splits)]
    train = [*splits.train, *moved] if moved else splits.train
    old = [row.number for row in train if _said(row) in taught]
    new = len(train) - len(old)
    again = max(round(config.review * new), FEWEST) if new and splits.lesson != "facts" else len(old)
    learned = set(random.Random(config.seed).sample(old, min(again, len(old))))
    return replace(
        splits,
        train=train,
        validation=kept["validation"] if moved else splits.validation,
        test=kept["test"] if moved else splits.test,
        labels=_in_their_order(before.splits.labels, splits.labels),
        asked_in=before.splits.asked_in,
        known=tuple(number for number in old if number not in learned),
    )


def _in_their_order(before: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(label for label in before if label in now), *now]))


def _said(row: Example) -> tuple[Any, ...]:
    return normalise(row.text), row.target, row.rejected, tuple((turn.role, turn.content) for turn in row.context)


def _is_known(row: Example, asked: set[str], splits: Splits) -> bool:
    """Whether a row that tests was learned; a later turn of a conversation says little by itself."""
    return row.origin == "own" and not row.context and splits.lesson != "facts" and normalise(row.text) in asked
