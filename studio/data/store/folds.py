"""Every row tested once: a version cut into k folds, of which each is the test of what the others teach.

Knows no database; the same examples and seed always give the same folds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from studio.data.schema import PARTS, Example, Part, Splits
from studio.data.store.split import Group, assign, by_label, by_reply, labelled, near, shuffled, warnings
from studio.errors import StudioError
from studio.tasks import TASKS

if TYPE_CHECKING:
    from studio.tasks import Task


def folds(
    examples: Sequence[Example], task: Task, k: int, seed: int = 42, alike: Mapping[int, int] | None = None
) -> dict[int, int]:
    """Row number → the fold, 0 … k-1, whose test it belongs to: every row is tested once, none beside its twin.

    Each label, or in `chat` each answer, is spread over the folds. Raises StudioError split.too_few_for_folds.
    """
    groups = shuffled(examples, seed, alike)
    if not 2 <= k <= len(groups):
        raise StudioError("split.too_few_for_folds", folds=k, groups=len(groups))
    by_target: dict[str, list[Group]] = by_label(groups) if TASKS[task].labelled else by_reply(groups)
    sizes = [0] * k
    fold_of: dict[int, int] = {}
    for target in sorted(by_target, key=lambda target: (-sum(map(len, by_target[target])), target)):
        here = [0] * k
        for group in sorted(by_target[target], key=len, reverse=True):
            fold = min(range(k), key=lambda fold: (here[fold], sizes[fold]))  # noqa: B023  (used at once)
            here[fold] += len(group)
            sizes[fold] += len(group)
            fold_of |= {example.number: fold for example in group}
    return fold_of


def of_fold(splits: Splits, place: int, k: int, seed: int = 42) -> Splits:
    """The same version with fold `place` of `k`, counted from 1, as its test; a tenth of the others is its validation.

    Raises StudioError split.no_such_fold, split.too_few_for_folds, split.no_folds_of_facts.
    """
    if splits.lesson == "facts":
        raise StudioError("split.no_folds_of_facts")
    if not 1 <= place <= k:
        raise StudioError("split.no_such_fold", fold=place, folds=k)
    examples = labelled([*splits.train, *splits.validation, *splits.test])
    alike = near(examples)
    fold = folds(examples, splits.task, k, seed, alike)
    rest = [example for example in examples if fold[example.number] != place - 1]
    inner = assign(rest, splits.task, seed, alike)
    parts: dict[int, Part] = dict.fromkeys(fold, "test")
    parts |= {one.number: "validation" if inner[one.number] == "validation" else "train" for one in rest}
    train, validation, test = (tuple(one for one in examples if parts[one.number] == part) for part in PARTS)
    said = warnings([(one, parts[one.number]) for one in examples], splits.lesson)
    return replace(splits, train=train, validation=validation, test=test, warnings=said)


def fold_of(text: str) -> tuple[int, int]:
    """ "2/5" as (2, 5). Raises StudioError split.not_a_fold."""
    place, slash, k = text.partition("/")
    if not (slash and place.strip().isdecimal() and k.strip().isdecimal()):
        raise StudioError("split.not_a_fold", text=text[:40])
    return int(place), int(k)
