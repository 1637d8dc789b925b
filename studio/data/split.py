"""Which rows teach, which rows test: train 80, validation 10, test 10 in 100, without the same text on two sides.

Knows no database; the same examples and seed always give the same parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from studio.data.schema import Example, Part

if TYPE_CHECKING:
    from studio.config import Task

HELD_OUT = 0.1  # the share of the test part, and of the validation part
FEW_ROWS = 50
FEWEST = 3  # rows of a class before any is held out
FEWEST_CHAT = 5
_NOISE = re.compile(r"[\s\W_]+")
Group = list[Example]


def normalise(text: str) -> str:
    """What two texts share that a person calls the same: case, width, spaces and punctuation do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _NOISE.sub("", plain) or "".join(plain.split())


def assign(examples: Sequence[Example], task: Task, seed: int = 42) -> dict[int, Part]:
    """Row number → part, for the rows that have a target.

    Rows with the same normalised text, or of the same conversation, stay together. `classify` is stratified by label;
    `chat` holds out other phrasings of questions that it also teaches, as far as there are such.
    """
    labelled = sorted((example for example in examples if example.target), key=lambda example: example.number)
    groups: dict[str, Group] = defaultdict(list)
    for example in labelled:
        groups[normalise(_opening(example) if example.context else example.text)].append(example)
    shuffled = list(groups.values())
    Random(seed).shuffle(shuffled)
    held = _hold_classes(shuffled) if task == "classify" else _hold_phrasings(shuffled, len(labelled))
    parts: dict[int, Part] = {}
    for group in shuffled:
        part = held.get(id(group), "train")
        for example in group:
            parts[example.number] = part
    return parts


def _opening(example: Example) -> str:
    """What the conversation began with, which all its rows share."""
    return next((message.content for message in example.context if message.role == "user"), example.text)


def _hold_classes(groups: Sequence[Group]) -> dict[int, Part]:
    """Of each class a tenth for each of test and validation, at least one row of a class of three or more.

    A text that carries two labels counts for the rarer one.
    """
    sizes = Counter(example.target for group in groups for example in group)
    by_label: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        labels = [example.target for example in group]
        by_label[labels[0] if len(labels) == 1 else min(labels, key=lambda label: (sizes[label], label))].append(group)
    held: dict[int, Part] = {}
    for label in sorted(by_label):
        if sizes[label] >= FEWEST:
            held |= _take(by_label[label], max(1, round(HELD_OUT * sizes[label])), keep=1)
    return _teach_every_class(groups, held)


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
    by_reply: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        by_reply[normalise(group[-1].target)].append(group)
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


def warnings(examples: Sequence[Example], parts: Mapping[int, Part], task: Task) -> tuple[dict[str, Any], ...]:
    """What a person should know before trusting a run on these parts: sentences of data.toml."""
    labelled = [example for example in examples if example.number in parts]
    found: list[dict[str, Any]] = []
    if not labelled:
        return ({"key": "data.nothing_labelled"},)
    if len(labelled) < FEW_ROWS:
        found.append({"key": "data.few_rows", "rows": len(labelled)})
    for part in ("validation", "test"):
        if part not in parts.values():
            found.append({"key": f"data.no_{part}"})
    if task == "classify":
        labels = {example.target for example in labelled}
        if len(labels) == 1:
            found.append({"key": "data.one_class", "label": next(iter(labels))})
        tested = {example.target for example in labelled if parts[example.number] == "test"}
        if untested := sorted(labels - tested):
            found.append({"key": "data.untested_classes", "labels": "、".join(untested)[:200]})
    return tuple(found)
