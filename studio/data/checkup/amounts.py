"""Whether there is enough to learn from: rows with an answer, classes of a size that can be learned, none crowding out.

Knows which rows are wasted by other findings, and leaves them out of every count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from studio.data.checkup.finding import Finding
from studio.data.near import normalise
from studio.data.schema import Row
from studio.tasks import TASKS

if TYPE_CHECKING:
    from studio.tasks import Task

ENOUGH_ROWS = 100  # fewer teach little
FEWEST_OF_A_CLASS = 10
WAYS = 4  # of asking a thing; with fewer, what a customer says is often none of them
MOST_ANSWERS = 500  # different ones; more are conversations, not things asked again and again
LARGEST_SHARE = 0.8  # of one class; beyond it always guessing that class looks good
WASTED = frozenset(
    {
        "contradiction",
        "duplicate",
        "near_duplicate",
        "default_text",
        "too_short",
        "wrong_language",
        "garbled",
        "no_pair",
    }
)


def useful(rows: Sequence[Row], findings: Sequence[Finding], task: Task) -> dict[str, int]:
    """Class → rows of it that teach something; for chat one entry for all rows with an answer."""
    wasted = {number for finding in findings if finding.kind in WASTED for number in finding.rows}
    good = [row.target for row in rows if row.target and row.number not in wasted]
    if not TASKS[task].labelled:
        return {"": len(good)} if good else {}
    classes = {row.target: 0 for row in rows if row.target}
    return {**classes, **Counter(good)}


def amounts(rows: Sequence[Row], learned: Mapping[str, int], task: Task) -> Iterator[Finding]:
    waiting = tuple(row.number for row in rows if not row.target)
    if waiting:
        yield Finding("unlabelled" if TASKS[task].labelled else "unanswered", "info", waiting)
    total = sum(learned.values())
    if total < ENOUGH_ROWS:
        details = {"learned": total, "enough": ENOUGH_ROWS}
        yield Finding("few_rows", "warning" if total else "error", details=details)
    if TASKS[task].labelled:
        yield from _balance(rows, learned)
    elif not TASKS[task].compares:
        yield from _ways(rows)


def _ways(rows: Sequence[Row]) -> Iterator[Finding]:
    """Answers whose question was put in few ways, if most are like that."""
    asked: dict[str, set[str]] = defaultdict(set)
    alone = [row for row in rows if row.target and not row.context]
    for row in alone:
        asked[normalise(row.target)].add(normalise(row.text))
    few = {answer for answer, texts in asked.items() if len(texts) < WAYS}
    if len(few) > len(asked) / 2 and len(asked) <= MOST_ANSWERS:
        numbers = tuple(row.number for row in alone if normalise(row.target) in few)
        details = {"answers": len(few), "of": len(asked), "wanted": WAYS}
        yield Finding("few_ways", "info", numbers, details=details)


def _balance(rows: Sequence[Row], learned: Mapping[str, int]) -> Iterator[Finding]:
    """One class only, one that crowds out the rest, or classes with too few rows to learn from."""
    if len(learned) == 1:
        yield Finding("one_class", "error", details={"label": next(iter(learned))})
        return
    largest = max(learned, key=lambda label: learned[label], default="")
    if largest and learned[largest] > LARGEST_SHARE * sum(learned.values()):
        share = f"{learned[largest] / sum(learned.values()):.0%}"
        yield Finding("imbalance", "warning", details={"label": largest, "share": share})
    rare = {label: size for label, size in learned.items() if size < FEWEST_OF_A_CLASS}
    if rare:
        named = "、".join(f"{label} {size}" for label, size in list(rare.items())[:5]) + ("…" if len(rare) > 5 else "")
        numbers = tuple(row.number for row in rows if row.target in rare)
        yield Finding("rare_class", "warning", numbers, details={"labels": named})
