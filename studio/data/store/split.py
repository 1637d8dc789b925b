"""Which rows teach, which rows test: train 80, validation 10, test 10 in 100, without the same text on two sides.

Knows no database; the same examples and seed always give the same parts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from studio.data.near import near_groups, normalise
from studio.data.schema import PARTS, Example, Part, Splits
from studio.errors import StudioError
from studio.intervals import wilson
from studio.tasks import TASKS, Lesson

if TYPE_CHECKING:
    from studio.tasks import Task

HELD_OUT = 0.1  # the share of the test part, and of the validation part
FEW_ROWS = 50
FEWEST = 3  # rows of a class before any is held out
FEWEST_CHAT = 5
FEW_PAIRS = 30  # of a better and a worse answer
Group = list[Example]
Why = Literal["same", "near", "group", "talk"]
SURE_AT = 0.9  # the share for which the interval of a test is told before there is a result


def near(examples: Sequence[Example]) -> dict[int, int]:
    """Row number → number of the texts that it is nearly the same as; takes seconds where there are 100,000.

    A later turn of a conversation says little by itself: such rows are left out.
    """
    alone = [one for one in examples if one.target and not one.context]
    return dict(zip((one.number for one in alone), near_groups([one.text for one in alone]), strict=True))


def assign(
    examples: Sequence[Example], task: Task, seed: int = 42, alike: Mapping[int, int] | None = None
) -> dict[int, Part]:
    """Row number → part, for the rows that have a target.

    Rows with the same normalised text, of the same conversation, of the same group, or that `alike` (see `near`) calls
    nearly the same stay together. `classify` is stratified by label; `chat` holds out other phrasings of questions that
    it also teaches, as far as there are such.
    """
    groups = _shuffled(examples, seed, alike)
    rows = sum(map(len, groups))
    held = _hold_classes(groups) if TASKS[task].labelled else _hold_phrasings(groups, rows)
    return {example.number: held.get(id(group), "train") for group in groups for example in group}


def folds(
    examples: Sequence[Example], task: Task, k: int, seed: int = 42, alike: Mapping[int, int] | None = None
) -> dict[int, int]:
    """Row number → the fold, 0 … k-1, whose test it belongs to: every row is tested once, none beside its twin.

    Each label, or in `chat` each answer, is spread over the folds. Raises StudioError split.too_few_for_folds.
    """
    groups = _shuffled(examples, seed, alike)
    if not 2 <= k <= len(groups):
        raise StudioError("split.too_few_for_folds", folds=k, groups=len(groups))
    by_target: dict[str, list[Group]] = _by_label(groups) if TASKS[task].labelled else _by_reply(groups)
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
    examples = _labelled([*splits.train, *splits.validation, *splits.test])
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


def kept_together(examples: Sequence[Example], alike: Mapping[int, int] | None = None) -> dict[Why, int]:
    """For each reason to stay together the number of rows that share their side with others because of it."""
    sharing: dict[tuple[Why, object], list[str]] = defaultdict(list)
    for example in _labelled(examples):
        for mark in _marks(example, alike or {}):
            sharing[mark].append(normalise(example.text))
    found: Counter[Why] = Counter()
    for (why, _), texts in sharing.items():
        if len(texts) > 1 and (why != "near" or len(set(texts)) > 1):
            found[why] += len(texts)
    return dict(found)


def expected(count: int) -> tuple[float, float]:
    """Where the truth may lie when SURE_AT of a test of `count` rows is right."""
    return wilson(round(SURE_AT * count), count)


def _labelled(examples: Sequence[Example]) -> list[Example]:
    return sorted((example for example in examples if example.target), key=lambda example: example.number)


def _marks(example: Example, alike: Mapping[int, int]) -> Iterator[tuple[Why, object]]:
    """What a row has in common with those it must stay with."""
    yield ("talk" if example.context else "same"), _opening(example)
    if example.number in alike:
        yield "near", alike[example.number]
    if example.group:
        yield "group", example.group


def _shuffled(examples: Sequence[Example], seed: int, alike: Mapping[int, int] | None) -> list[Group]:
    """The rows that have a target in groups that nothing may part, in an order that only the seed decides."""
    by_text: dict[str, Group] = defaultdict(list)
    for example in _labelled(examples):
        by_text[_opening(example)].append(example)
    groups = list(by_text.values())
    if alike or any(example.group for group in groups for example in group):
        groups = _joined(groups, alike or {})
    Random(seed).shuffle(groups)
    return groups


def _joined(groups: Sequence[Group], alike: Mapping[int, int]) -> list[Group]:
    """The groups after those that share a mark became one, in the order of their first rows."""
    whole = dict(enumerate(groups))
    home: dict[tuple[Why, object], int] = {}  # mark → the group that it leads to
    for place, group in enumerate(groups):
        marks = {mark for example in group for mark in _marks(example, alike)}
        met = {home[mark] for mark in marks if mark in home}
        target = min(met, default=place)
        for other in {*met, place} - {target}:
            moved = whole.pop(other)
            whole[target] = whole[target] + moved
            marks |= {mark for example in moved for mark in _marks(example, alike)}
        home |= dict.fromkeys(marks, target)
    return [sorted(group, key=lambda example: example.number) for _, group in sorted(whole.items())]


def _opening(example: Example) -> str:
    """What a row says, or its conversation began with, which all rows of it share; without what does not count."""
    turns = (message.content for message in example.context if message.role == "user")
    return normalise(next(turns, example.text))


def _hold_classes(groups: Sequence[Group]) -> dict[int, Part]:
    """Of each class a tenth for each of test and validation, at least one row of a class of three or more.

    A text that carries two labels counts for the rarer one.
    """
    by_label = _by_label(groups)
    sizes = Counter(example.target for group in groups for example in group)
    held: dict[int, Part] = {}
    for label in sorted(by_label):
        if sizes[label] >= FEWEST:
            rows = sum(map(len, by_label[label]))
            held |= _take(by_label[label], max(1, round(HELD_OUT * rows)), keep=1)
    return _teach_every_class(groups, held)


def _by_label(groups: Sequence[Group]) -> dict[str, list[Group]]:
    """The groups by label; one whose rows carry several counts for the rarest of them."""
    sizes = Counter(example.target for group in groups for example in group)
    by_label: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        by_label[min({example.target for example in group}, key=lambda label: (sizes[label], label))].append(group)
    return by_label


def _by_reply(groups: Sequence[Group]) -> dict[str, list[Group]]:
    """The groups by the answer of their last row."""
    by_reply: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        by_reply[normalise(group[-1].target)].append(group)
    return by_reply


def _teach_every_class(groups: Sequence[Group], held: dict[int, Part]) -> dict[int, Part]:
    """Gives back to train one group of any class that contradicting labels left without."""
    taught = {example.target for group in groups if id(group) not in held for example in group}
    for group in (group for group in groups if id(group) in held):
        labels = {example.target for example in group}
        if not labels <= taught:
            del held[id(group)]
            taught |= labels
    return held


def _hold_phrasings(groups: Sequence[Group], rows: int) -> dict[int, Part]:
    """Second, third … phrasings first, one of each answer in turn, then questions whose answer is theirs alone."""
    if rows < FEWEST_CHAT:
        return {}
    by_reply = _by_reply(groups)
    spare = [entry for phrasings in by_reply.values() for entry in enumerate(phrasings[1:])]
    spare.sort(key=lambda entry: entry[0])  # stable: the shuffle decides within a turn
    queue = [group for _, group in spare] + [phrasings[0] for phrasings in by_reply.values() if len(phrasings) == 1]
    return _take(queue, max(1, round(HELD_OUT * rows)), keep=1 if len(queue) == len(groups) else 0)


def _take(groups: Sequence[Group], want: int, keep: int) -> dict[int, Part]:
    """Groups in their order, up to `want` rows for test and as many for validation, leaving at least `keep` groups.

    Where only groups larger than `want` are left for a part, it gets the smallest.
    """
    held: dict[int, Part] = {}
    room: dict[Part, int] = {"test": want, "validation": want}
    for group in groups:
        part = next((part for part in room if len(group) <= room[part]), None)
        if part is not None and len(held) < len(groups) - keep:
            held[id(group)] = part
            room[part] -= len(group)
        if not any(room.values()):
            break
    for part in (part for part in room if room[part] == want):
        left = [group for group in groups if id(group) not in held]
        if len(left) > keep:
            held[id(min(left, key=len))] = part
    return held


def warnings(rows: Sequence[tuple[Example, Part]], lesson: Lesson) -> tuple[dict[str, Any], ...]:
    """What a person should know before trusting a run on rows with these parts: sentences of data.toml, split.toml."""
    if not rows:
        return ({"key": "data.nothing_labelled"},)
    found: list[dict[str, Any]] = []
    parts = {part for _, part in rows}
    of = {part: [example for example, its in rows if its == part] for part in PARTS}
    if lesson == "facts":
        return tuple(WARNINGS[lesson](of))
    if len(rows) < FEW_ROWS:
        found.append({"key": "data.few_rows", "rows": len(rows)})
    found += [{"key": f"data.no_{part}"} for part in ("validation", "test") if part not in parts]
    return (*found, *WARNINGS[lesson](of))


def _exam_warnings(of: Mapping[Part, Sequence[Example]]) -> Iterator[dict[str, Any]]:
    """Facts that nobody asks for in other words."""
    asked = {normalise(example.target) for part in ("validation", "test") for example in of[part]}
    unasked = [example for example in of["train"] if normalise(example.target) not in asked]
    if not asked:
        yield {"key": "split.no_exam"}
    elif unasked:
        yield {"key": "split.unasked_facts", "rows": len(unasked)}


def _class_warnings(of: Mapping[Part, Sequence[Example]]) -> Iterator[dict[str, Any]]:
    labels, tested, watched = (
        {example.target for part in parts for example in of[part]} for parts in (PARTS, ("test",), ("validation",))
    )
    if len(labels) == 1:
        yield {"key": "data.one_class", "label": next(iter(labels))}
    for key, lacking in (("data.untested_classes", labels - tested), ("split.unwatched_classes", tested - watched)):
        if lacking:
            yield {"key": key, "labels": "、".join(sorted(lacking))[:200]}


def _answer_warnings(of: Mapping[Part, Sequence[Example]]) -> Iterator[dict[str, Any]]:
    taught = {normalise(example.target) for example in of["train"]}
    if untaught := sum(normalise(example.target) not in taught for example in of["test"]):
        yield {"key": "split.untaught_answers", "untaught": untaught, "tests": len(of["test"])}


def _pair_warnings(of: Mapping[Part, Sequence[Example]]) -> Iterator[dict[str, Any]]:
    """Too few pairs for more than a taste of what is better."""
    pairs = sum(len(of[part]) for part in PARTS)
    if pairs < FEW_PAIRS:
        yield {"key": "split.one_pair"} if pairs == 1 else {"key": "split.few_pairs", "pairs": pairs, "few": FEW_PAIRS}


WARNINGS: Mapping[Lesson, Callable[[Mapping[Part, Sequence[Example]]], Iterator[dict[str, Any]]]] = {
    "labels": _class_warnings, "facts": _exam_warnings, "manner": _answer_warnings, "preference": _pair_warnings
}  # fmt: skip
