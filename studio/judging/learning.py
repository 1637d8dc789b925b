"""What was said of answers as rows to learn from: a pair for a vote or a correction, a question for a correction.

Knows no database and no page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.data.export import SHAPES, record
from studio.data.schema import Example, Message
from studio.data.store.split import FEW_PAIRS
from studio.judging.opinions import Correction, Match, Verdict
from studio.judging.tally import by_match, people
from studio.tasks import Task

ENOUGH: Mapping[Task, int] = {"prefer": FEW_PAIRS, "chat": 10}  # rows, below which it is luck what is learned
Key = tuple[str, tuple[Message, ...]]


@dataclass(frozen=True)
class Learnable:
    """Rows to learn from, and of how many votes and corrections they are made. `left_out`: such that say nothing, as
    one that finds neither answer better, or that contradict one that came later."""

    task: Task
    rows: tuple[Example, ...]
    votes: int
    corrections: int
    left_out: int

    @property
    def missing(self) -> int:
        """How many more there should be."""
        return max(0, ENOUGH[self.task] - len(self.rows))


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
    shape = SHAPES[learnable.task][0]
    lines = (json.dumps(record(row, shape), ensure_ascii=False) + "\n" for row in learnable.rows)
    path.write_text("".join(lines), encoding="utf-8")


def facts(learnable: Learnable) -> dict[str, Any]:
    return {
        "rows": len(learnable.rows),
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
    return tuple(
        Example(number, row.text, row.target, row.context, rejected=row.rejected) for number, row in enumerate(rows, 1)
    )
