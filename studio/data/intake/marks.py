"""What the cells of a column of labels say: one label, none yet, or several at once.

Knows only labels, no rows. A label is what a person reads: what no eye sees is no part of it, and a list is no label.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from studio.data.reading.invisible import without_invisible

LISTS = re.compile("[,，、;；|｜#\n]+")  # between labels of a list; what stands between them may be in no other cell
JOINTS = re.compile(r"[/+&＋]+|\s+")  # in names as well: only between labels that each stand alone somewhere
FASTTEXT = "__label__"
NOT_YET = frozenset({
    "-", "--", "—", "——", "?", "？", "#n/a", "nan", "null", "<na>", "未标注", "待标注", "未标记", "unlabeled",
    "unlabelled",
})  # fmt: skip
HOLDS, HOLDS_NOT = frozenset({"1", "1.0", "True"}), frozenset({"0", "0.0", "False"})
SHOWN = 40  # characters


@dataclass(frozen=True)
class Mark:
    """A cell's label, "" for none, and what is to be said about it: a sentence's key as `reason` and its details."""

    label: str
    said: Mapping[str, Any] = field(default_factory=dict)


def read_marks(cells: Sequence[str]) -> list[Mark]:
    """The label of each cell, judged beside the others: 好评,差评 are two labels only where both are known."""
    seen = {cell: _held(cell) for cell in dict.fromkeys(cells)}
    alone = Counter(held[0] for cell in cells if (held := seen[cell]) and len(held) == 1)
    signs = "+" in alone  # then - is a label
    names = _spellings(alone)
    lists = _lists(alone)
    marks = {cell: _mark(cell, held, names, lists, signs) for cell, held in seen.items()}
    return [marks[cell] for cell in cells]


def _mark(
    cell: str, held: tuple[str, ...] | None, names: Mapping[str, str], lists: Mapping[str, tuple[str, ...]], signs: bool
) -> Mark:
    if held is None:
        return Mark("", {"reason": "data.no_label_here", "text": cell.strip()[:SHOWN]})
    if len(held) == 1:
        held = lists.get(held[0], held)
    held = tuple(dict.fromkeys(names.get(label, label) for label in held))
    if len(held) > 1:
        return Mark("", {"reason": "data.several_labels", "text": "、".join(held)[:SHOWN]})
    label = held[0] if held else ""
    if label.casefold() in NOT_YET and not (signs and label == "-"):
        return Mark("", {"reason": "data.not_labelled_yet", "text": label})
    if label == cell or not label or cell.lstrip()[:1] in "[{" or FASTTEXT in cell:
        return Mark(label)
    if label == cell.strip():
        return Mark(label, {"reason": "data.trimmed", "text": label[:SHOWN]})
    return Mark(label, {"reason": "data.unseen_in_label", "text": label[:SHOWN]})


def _held(cell: str) -> tuple[str, ...] | None:
    """The labels that a cell names; None for a list or an object of other things, such as the places of names."""
    text = without_invisible(cell).strip()
    if text.startswith(FASTTEXT):
        return tuple(name for part in text.split() if (name := part.strip(",，").removeprefix(FASTTEXT)))
    match listed(text):
        case None:
            return (text,) if text else ()
        case dict(choices) if {"choices"} == choices.keys() and isinstance(choices["choices"], list):
            return _names(choices["choices"])
        case dict(flags) if flags and {str(value) for value in flags.values()} <= HOLDS | HOLDS_NOT:  # spaCy's cats
            return tuple(str(name) for name, value in flags.items() if str(value) in HOLDS)
        case list(names):
            return _names(names)
        case _:
            return None


def listed(text: str) -> list[Any] | dict[str, Any] | None:
    """The list or object that a cell holds, as JSON or as Python prints it; None for any other text."""
    if text[:1] + text[-1:] not in ("[]", "{}"):
        return None
    for parse in (json.loads, ast.literal_eval):
        try:
            held = parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
        return held if isinstance(held, list | dict) else None
    return None


def _names(items: Iterable[Any]) -> tuple[str, ...] | None:
    """A list's labels, a path through a taxonomy as one; None where they are something else."""
    names: list[str] = []
    for item in items:
        path = item if isinstance(item, list) and item and isinstance(item[0], str) else [item]
        if not all(isinstance(part, str | int | float) for part in path) or sum(map(_number, path)) > 1:  # of a span
            return None
        names.append(" / ".join(without_invisible(str(part)).strip() for part in path))
    return tuple(name for name in names if name)


def _number(part: Any) -> bool:
    return str(part).isdecimal()


def _spellings(alone: Mapping[str, int]) -> dict[str, str]:
    """Label → its most frequent spelling, where spellings differ only in spaces and in how an emoji is drawn."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for label in alone:
        groups["".join(label.replace("\ufe0f", "").split())].append(label)
    best = {key: max(group, key=lambda label: (alone[label], -len(label))) for key, group in groups.items()}
    return {label: best[key] for key, group in groups.items() for label in group if label != best[key]}


def _lists(alone: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Of the labels those that are several, with what they are made of."""
    found: dict[str, tuple[str, ...]] = {}
    for between, strict in ((LISTS, False), (JOINTS, True)):
        made = {label: _parts(between, label) for label in alone}
        holding = Counter(part for parts in made.values() for part in set(parts))
        for label, parts in made.items():
            known = all(part in alone or (not strict and holding[part] > 1) for part in parts)
            if len(parts) > 1 and known and label not in found:
                found[label] = parts
    return found


def _parts(between: re.Pattern[str], label: str) -> tuple[str, ...]:
    return tuple(part for piece in between.split(label) if (part := piece.strip()))
