"""What was said of answers as rows to learn from: a pair for a vote or a correction, a thumb for a single answer, a
question for a correction.

Knows no database and no page.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from studio.data.export import SHAPES, Shape, record
from studio.data.schema import Example, Message, Thumb
from studio.data.store.split import FEW_PAIRS, FEW_THUMBS
from studio.judging.opinions import Asked, Correction, Kind, Match, Thumbed, Verdict
from studio.judging.tally import by_match, people
from studio.tasks import Task

FEW_QUESTIONS = 10
Key = tuple[str, tuple[Message, ...]]


@dataclass(frozen=True)
class Made:
    """What is made of a kind: rows of a task, written in a shape. Below `enough` of them, of each of the `thumbs` that
    there are, it is luck what is learned."""

    task: Task
    shape: Shape
    enough: int
    thumbs: tuple[Thumb, ...] = ("",)


KINDS: Mapping[Kind, Made] = {
    "prefer": Made("prefer", "preference", FEW_PAIRS),
    "thumbs": Made("prefer", "kto", FEW_THUMBS, ("up", "down")),
    "chat": Made("chat", SHAPES["chat"][0], FEW_QUESTIONS),
}


@dataclass(frozen=True)
class Learnable:
    """Rows to learn from, and of how many votes, or thumbs, and corrections they are made. `left_out`: such that say
    nothing, as one that finds neither answer better, or that contradict one that came later."""

    kind: Kind
    rows: tuple[Example, ...]
    votes: int
    corrections: int
    left_out: int

    @property
    def made(self) -> Made:
        return KINDS[self.kind]

    @property
    def counts(self) -> dict[Thumb, int]:
        """How many rows there are, of thumbs by what they say."""
        said = Counter(row.liked for row in self.rows)
        return {thumb: said[thumb] for thumb in self.made.thumbs}

    @property
    def lacking(self) -> dict[Thumb, int]:
        """How many more there should be, likewise."""
        return {thumb: max(0, self.made.enough - count) for thumb, count in self.counts.items()}

    @property
    def missing(self) -> int:
        """How many more there should be."""
        return sum(self.lacking.values())


def pairs(judged: Iterable[tuple[Match, Sequence[Verdict]]], corrections: Sequence[Correction]) -> Learnable:
    """A better and a worse answer for each vote of people and for each correction. Of two that contradict each other
    only the later one, and a correction before a vote, is left."""
    found: dict[tuple[Key, frozenset[str]], Example] = {}
    votes = corrected = left_out = 0
    for match, said in judged:
        better = by_match(people(said)).get(match.id)
        if better is None:
            continue
        votes += 1
        chosen, rejected = (match.answer, match.other) if better == "run" else (match.other, match.answer)
        if better == "same" or match.alike or not chosen.strip() or not rejected.strip():
            left_out += 1
            continue
        left_out += _put(found, match.asked.text, match.asked.context, (chosen, rejected))
    for one in corrections:
        corrected += 1
        if not one.answer.strip() or one.answer.strip() == one.asked.wanted.strip():
            left_out += 1
            continue
        left_out += _put(found, one.asked.text, one.asked.context, (one.asked.wanted, one.answer))
    return Learnable("prefer", _numbered(found.values()), votes, corrected, left_out)


def thumbs(given: Sequence[Thumbed], corrections: Sequence[Correction]) -> Learnable:
    """A row for each answer that somebody liked or did not. Beside such, what was corrected is not liked, and what it
    should have been is. What contradicts a later one, or a correction, is left out."""
    found: dict[tuple[Key, str], Example] = {}
    said: list[tuple[Asked, str, Thumb]] = [(one.asked, one.answer, one.liked) for one in given]
    of_corrections = corrections if given else ()
    for one in of_corrections:
        said += [(one.asked, one.answer, "down"), (one.asked, one.asked.wanted, "up")]
    left_out = 0
    for asked, answer, liked in said:
        key = (asked.text.strip(), asked.context), answer.strip()
        before = found.pop(key, None)
        left_out += before is not None and before.liked != liked
        if answer.strip():
            found[key] = Example(0, asked.text, answer, asked.context, liked=liked)
    return Learnable("thumbs", _numbered(found.values()), len(given), len(of_corrections), left_out)


def replies(corrections: Sequence[Correction]) -> Learnable:
    """A question with its corrected answer, the last one of each question."""
    found: dict[Key, Example] = {}
    for one in corrections:
        key = one.asked.text.strip(), one.asked.context
        found.pop(key, None)
        found[key] = Example(0, one.asked.text, one.asked.wanted, one.asked.context)
    return Learnable("chat", _numbered(found.values()), 0, len(corrections), len(corrections) - len(found))


def write(path: Path, learnable: Learnable) -> None:
    """As JSONL in the form that other tools read, too."""
    lines = (json.dumps(record(row, learnable.made.shape), ensure_ascii=False) + "\n" for row in learnable.rows)
    path.write_text("".join(lines), encoding="utf-8")


def facts(learnable: Learnable) -> dict[str, Any]:
    return {
        "rows": len(learnable.rows),
        **{thumb: count for thumb, count in learnable.counts.items() if thumb},
        "votes": learnable.votes,
        "corrections": learnable.corrections,
        "left_out": learnable.left_out,
        "missing": learnable.missing,
    }


def _put(
    found: dict[tuple[Key, frozenset[str]], Example], text: str, context: tuple[Message, ...], said: tuple[str, str]
) -> int:
    """Notes a pair, the last one of the same two answers; how many it puts out."""
    key = (text.strip(), context), frozenset(one.strip() for one in said)
    before = found.pop(key, None)
    found[key] = Example(0, text, said[0], context, rejected=said[1])
    return int(before is not None)


def _numbered(rows: Iterable[Example]) -> tuple[Example, ...]:
    return tuple(replace(row, number=number) for number, row in enumerate(rows, 1))
