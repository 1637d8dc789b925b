"""Which rows teach, which rows test: train 80, validation 10, test 10 in 100, without the same text on two sides.

Knows no database; the same examples and seed always give the same parts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from studio.data.near import near_groups, normalise
from studio.data.schema import PARTS, Example, Part
from studio.intervals import wilson
from studio.tasks import TASKS, Lesson

if TYPE_CHECKING:
    from studio.tasks import Task

HELD_OUT = 0.1  # the share of the test part, and of the validation part
FEW_ROWS = 50
FEWEST = 3  # rows of a class before any is held out
FEWEST_CHAT = 5
FEW_THUMBS = 10  # of either kind
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
    examples: Sequence[Example],
    task: Task,
    seed: int = 42,
    alike: Mapping[int, int] | None = None,
    before: Mapping[int, Part] | None = None,
) -> dict[int, Part]:
    """Row number → part, for the rows that have a target.

    Rows with the same normalised text, of the same conversation, of the same group, or that `alike` (see `near`) calls
    nearly the same stay together. `classify` is stratified by label; `chat` holds out other phrasings of questions that
    it also teaches, as far as there are such. A row of `before` stays in the part that it had there, so that what one
    run learned tests no later one; of rows that may not be parted, any that was learned takes the others with it.
    """
    groups = shuffled(examples, seed, alike)
    known = {id(group): part for group in groups if (part := _part_before(group, before or {}))}
    held = (_hold_classes if TASKS[task].labelled else _hold_phrasings)(groups, known)
    return {example.number: held.get(id(group), "train") for group in groups for example in group}


def _part_before(group: Group, before: Mapping[int, Part]) -> Part | None:
    """The part that a group had; None where all of it is new."""
    parts = {before[example.number] for example in group if example.number in before}
    return next((part for part in PARTS if part in parts), None)


def kept_together(examples: Sequence[Example], alike: Mapping[int, int] | None = None) -> dict[Why, int]:
    """For each reason to stay together the number of rows that share their side with others because of it."""
    sharing: dict[tuple[Why, object], list[str]] = defaultdict(list)
    for example in labelled(examples):
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


def labelled(examples: Sequence[Example]) -> list[Example]:
    return sorted((example for example in examples if example.target), key=lambda example: example.number)


def _marks(example: Example, alike: Mapping[int, int]) -> Iterator[tuple[Why, object]]:
    """What a row has in common with those it must stay with."""
    yield ("talk" if example.context else "same"), _opening(example)
    if example.number in alike:
        yield "near", alike[example.number]
    if example.group:
        yield "group", example.group


def shuffled(examples: Sequence[Example], seed: int, alike: Mapping[int, int] | None) -> list[Group]:
    """The rows that have a target in groups that nothing may part, in an order that only the seed decides."""
    by_text: dict[str, Group] = defaultdict(list)
    for example in labelled(examples):
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


def _hold_classes(groups: Sequence[Group], known: Mapping[int, Part]) -> dict[int, Part]:
    """Of each class a tenth for each of test and validation, at least one row of a class of three or more.

    A text that carries two labels counts for the rarer one. `known` groups stay where they are.
    """
    of = by_label(groups)
    sizes = Counter(example.target for group in groups for example in group)
    held = _held(known)
    for label in sorted(of):
        if sizes[label] >= FEWEST:
            rows = sum(map(len, of[label]))
            held |= _take(of[label], max(1, round(HELD_OUT * rows)), 1, known)
    return _teach_every_class(groups, held)


def _held(known: Mapping[int, Part]) -> dict[int, Part]:
    return {group: part for group, part in known.items() if part != "train"}


def by_label(groups: Sequence[Group]) -> dict[str, list[Group]]:
    """The groups by label; one whose rows carry several counts for the rarest of them."""
    sizes = Counter(example.target for group in groups for example in group)
    of: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        of[min({example.target for example in group}, key=lambda label: (sizes[label], label))].append(group)
    return of


def by_reply(groups: Sequence[Group]) -> dict[str, list[Group]]:
    """The groups by the answer of their last row."""
    of: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        of[normalise(group[-1].target)].append(group)
    return of


def _teach_every_class(groups: Sequence[Group], held: dict[int, Part]) -> dict[int, Part]:
    """Gives back to train one group of any class that contradicting labels left without."""
    taught = {example.target for group in groups if id(group) not in held for example in group}
    for group in (group for group in groups if id(group) in held):
        labels = {example.target for example in group}
        if not labels <= taught:
            del held[id(group)]
            taught |= labels
    return held


def _hold_phrasings(groups: Sequence[Group], known: Mapping[int, Part]) -> dict[int, Part]:
    """Second, third … phrasings first, one of each answer in turn, then questions whose answer is theirs alone."""
    rows = sum(map(len, groups))
    if rows < FEWEST_CHAT:
        return _held(known)
    of = by_reply(groups)
    spare = [entry for phrasings in of.values() for entry in enumerate(phrasings[1:])]
    spare.sort(key=lambda entry: entry[0])  # stable: the shuffle decides within a turn
    queue = [group for _, group in spare] + [phrasings[0] for phrasings in of.values() if len(phrasings) == 1]
    held = {**_held(known), **_take(queue, max(1, round(HELD_OUT * rows)), len(queue) == len(groups), known)}
    return held if len(held) < len(groups) else {}


def _take(groups: Sequence[Group], want: int, keep: int, known: Mapping[int, Part]) -> dict[int, Part]:
    """Groups in their order, up to `want` rows for test and as many for validation, those in `known` parts among them,
    leaving at least `keep` groups.

    Where only groups larger than `want` are left for a part, it gets the smallest.
    """
    held = {id(group): known[id(group)] for group in groups if known.get(id(group), "train") != "train"}
    free = [group for group in groups if id(group) not in known]
    room: dict[Part, int] = {"test": want, "validation": want}
    for group in groups:
        if id(group) in held:
            room[held[id(group)]] -= len(group)
    for group in free:
        part = next((part for part in room if len(group) <= room[part]), None)
        if part is not None and len(held) < len(groups) - keep:
            held[id(group)] = part
            room[part] -= len(group)
        if not any(left > 0 for left in room.values()):
            break
    for part in (part for part in room if room[part] == want):
        left = [group for group in free if id(group) not in held]
        if len(held) < len(groups) - keep and left:
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
    """Too few pairs, or thumbs of either kind, for more than a taste of what is better."""
    thumbs = Counter(example.liked for part in PARTS for example in of[part])
    if thumbs["up"] or thumbs["down"]:
        if min(thumbs["up"], thumbs["down"]) < FEW_THUMBS:
            yield {"key": "split.few_thumbs", "up": thumbs["up"], "down": thumbs["down"], "few": FEW_THUMBS}
        return
    pairs = sum(len(of[part]) for part in PARTS)
    if pairs < FEW_PAIRS:
        yield {"key": "split.one_pair"} if pairs == 1 else {"key": "split.few_pairs", "pairs": pairs, "few": FEW_PAIRS}


WARNINGS: Mapping[Lesson, Callable[[Mapping[Part, Sequence[Example]]], Iterator[dict[str, Any]]]] = {
    "labels": _class_warnings, "facts": _exam_warnings, "manner": _answer_warnings, "preference": _pair_warnings
}  # fmt: skip
