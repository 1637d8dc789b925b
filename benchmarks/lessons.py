"""What the plan is tried on: rows that are taught, and questions that are the same whatever the settings.

Knows files, and no run. No file of somebody else lies in the project: each is named on the command line.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import facts
from benchmarks.plan_table import Row
from studio.data.schema import Example
from studio.evaluation.metrics import MARKINGS, similarity

HELD_OUT = 400  # rows of a table, or a third of a short one
PHRASINGS = 2  # in which each fact is taught
MOST_SIGNS = 800  # of a pair: longer ones do not fit into a small model
LONGEST_ESSAY = 200  # signs of an answer that is to be said in its manner
TRADES = {
    "bakery": "面包店", "gym": "健身房", "hotel": "酒店", "pet_clinic": "宠物医院", "phone_repair": "手机维修",
    "car_wash": "洗车", "dentist": "牙科", "tailor": "裁缝",
}  # fmt: skip
Files = Mapping[str, Path]
Taught = Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Lesson:
    """`taught`: rows of (text, target) or (text, target, rejected); `asked`: what is held out; `known`: of facts, the
    taught questions; `teaches`: the kind of lesson where it is to be said; `mark`: 0 … 1 for an answer, its target."""

    task: str
    taught: Taught
    asked: Sequence[Example]
    mark: Callable[[str, str], float]
    known: Sequence[Example] = ()
    teaches: str = ""


def there(row: Row, files: Files) -> bool:
    """Whether what the row needs was given."""
    made = row.data in MAKERS or (facts.SHEETS / f"{row.data}.json").exists()
    return (row.data in files or made) and (not row.model or row.model in files)


def of(row: Row, files: Files) -> Lesson:
    kind = KINDS.get(row.data, _labels if row.data in files else _facts)
    return kind(row, files)


def _labels(row: Row, files: Files) -> Lesson:
    """Texts with a label: columns text and label, whatever they are called."""
    with files[row.data].open(encoding="utf-8-sig", newline="") as file:
        rows = [(text, label) for text, label in list(csv.reader(file))[1:] if text.strip()]
    return _drawn(row, "classify", rows, MARKINGS["classify"].is_right)


def _made(row: Row, files: Files) -> Lesson:
    """Chinese reviews of many trades, made up by rule, for as many rows as no file has."""
    from studio.starter.reviews import write_review

    made = [write_review(random.Random(f"plan-{place}"), "zh") for place in range(row.rows + HELD_OUT)]
    return _drawn(row, "classify", [(one.text, one.sentiment) for one in made], MARKINGS["classify"].is_right)


def _trades(row: Row, files: Files) -> Lesson:
    """What customers and owners ask in eight trades: of which trade is a question? Many classes, few rows of each."""
    sheets = {label: facts.sheet(name, 30, 9) for name, label in TRADES.items()}
    rows = [(text, label) for label, sheet in sheets.items() for text, _ in (*sheet.taught, *sheet.unseen)]
    return _drawn(row, "classify", rows, MARKINGS["classify"].is_right)


def _drawn(row: Row, task: str, rows: Taught, mark: Callable[[str, str], float], teaches: str = "") -> Lesson:
    """The same rows held out for every number of rows and every seed; what is taught is drawn by the seed, the fewer
    among the more."""
    rows = list({row[0]: row for row in rows}.values())
    random.Random(0).shuffle(rows)
    held = min(HELD_OUT, len(rows) // 3)
    asked, pool = rows[:held], rows[held:]
    random.Random(row.seed).shuffle(pool)
    assert len(pool) >= row.rows, f"{row}: only {len(pool)} rows"
    return Lesson(task, pool[: row.rows], _examples(asked), mark, teaches=teaches)


def _examples(rows: Taught) -> list[Example]:
    return [
        Example(number, text, target, rejected=rest[0] if rest else "")
        for number, (text, target, *rest) in enumerate(rows, 1)
    ]


def _facts(row: Row, files: Files) -> Lesson:
    """A sheet of `benchmarks/sheets`; asked are its owner's further phrasings and its customers' words."""
    sheet = facts.sheet(row.data, row.rows, PHRASINGS)
    asked = _examples([*sheet.otherwise, *sheet.unseen])
    return Lesson("chat", sheet.taught, asked, MARKINGS["chat"].is_right, known=_examples(sheet.taught))


def _identity(row: Row, files: Files) -> Lesson:
    """Who are you: short answers in a manner of their own, none of them the only right one."""
    read = json.loads(files["identity"].read_text(encoding="utf-8"))
    named = [(one["instruction"], one["output"]) for one in read]
    rows = [tuple(identity_filled(text) for text in pair) for pair in named]
    return _drawn(row, "chat", rows, similarity, teaches="manner")


def identity_filled(text: str) -> str:
    return text.replace("{{name}}", "小茶").replace("{{author}}", "甜滋滋奶茶")


def _essays(row: Row, files: Files) -> Lesson:
    """Instructions with short answers; a small model learns how they sound, not what they say."""
    read = json.loads(files["essays"].read_text(encoding="utf-8"))
    rows = [(one["instruction"] + one["input"], one["output"]) for one in read if len(one["output"]) <= LONGEST_ESSAY]
    return _drawn(row, "chat", rows, similarity, teaches="manner")


def _pairs(row: Row, files: Files) -> Lesson:
    """A better and a worse answer to each question."""
    read = json.loads(files["pairs"].read_text(encoding="utf-8"))
    rows = [(one["conversations"][-1]["value"], one["chosen"]["value"], one["rejected"]["value"]) for one in read]
    short = [one for one in rows if sum(map(len, one)) <= MOST_SIGNS]
    return _drawn(row, "prefer", short, MARKINGS["prefer"].is_right)


KINDS: Mapping[str, Callable[[Row, Files], Lesson]] = {
    "made": _made, "trades": _trades, "identity": _identity, "essays": _essays, "pairs": _pairs,
}  # fmt: skip
MAKERS = ("made", "trades")
