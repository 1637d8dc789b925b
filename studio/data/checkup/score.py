"""One number for how ready the rows are, 0 to 100, and the one thing that would raise it most.

Knows counts only. The score is

    100 - AMOUNT × the mean shortfall of the classes (of WANTED rows each; for chat of WANTED_CHAT rows in all)
        - IMBALANCE × how far the largest class goes beyond LARGEST_SHARE
        - for each kind of finding its WEIGHT × the share of rows that have it, in full from SERIOUS on, and at least
          one point for those in GRAVE,

counted on rows that teach something (see `amounts.useful`), with 0 when there are none and at most ONE_CLASS when all
have one label. It never falls when a row of a scarce class comes or when a finding goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from studio.data.checkup.amounts import LARGEST_SHARE
from studio.tasks import TASKS
from studio.words import Lang, say

if TYPE_CHECKING:
    from studio.tasks import Task

AMOUNT = 60
WANTED = 50  # rows of a class
WANTED_CHAT = 100
IMBALANCE = 10
ONE_CLASS = 30
SERIOUS = 0.2
WEIGHTS: Mapping[str, float] = {
    "contradiction": 20, "unfilled": 20, "leakage": 15, "personal_data": 15, "duplicate": 8, "default_text": 8,
    "garbled": 8, "wrong_language": 6, "boilerplate": 6, "control_tokens": 6, "too_long": 6, "near_duplicate": 4,
    "html": 4, "too_short": 3, "invisible": 3, "boilerplate_reply": 2, "contact_in_reply": 2,
}  # fmt: skip
GRAVE = frozenset({"contradiction", "leakage", "personal_data", "control_tokens", "garbled", "unfilled"})


@dataclass(frozen=True)
class Counts:
    task: Task
    learned: Mapping[str, int]  # class → rows that teach something; for chat one entry
    troubled: Mapping[str, int]  # kind of finding → rows

    @property
    def total(self) -> int:
        return sum(self.learned.values())


@dataclass(frozen=True)
class Advice:
    """What would raise the score most: a sentence of checkup.toml with its details, and by about how much."""

    key: str
    gain: int
    details: Mapping[str, Any]

    def say(self, lang: Lang) -> str:
        details = dict(self.details)
        if "kind" in details:
            details["title"] = say(f"checkup.{details.pop('kind')}_title", lang)
        return say(f"checkup.{self.key}", lang, gain=self.gain, **details)


def score(counts: Counts) -> int:
    if not counts.total:
        return 0
    best = ONE_CLASS if TASKS[counts.task].labelled and len(counts.learned) == 1 else 100
    return round(min(best, max(1.0, 100 - sum(losses(counts).values()))))


def losses(counts: Counts) -> dict[str, float]:
    """Points lost, by what costs them."""
    lost = {"amount": AMOUNT * _shortfall(counts)}
    if TASKS[counts.task].labelled and counts.total:
        share = max(counts.learned.values()) / counts.total
        lost["imbalance"] = IMBALANCE * max(0.0, share - LARGEST_SHARE) / (1 - LARGEST_SHARE)
    for kind, rows in counts.troubled.items():
        if kind in WEIGHTS and rows:
            found = WEIGHTS[kind] * min(1.0, rows / (rows + counts.total) / SERIOUS)
            lost[kind] = max(1.0, found) if kind in GRAVE else found
    return lost


def _shortfall(counts: Counts) -> float:
    """The share of the rows that are wanted and missing, 0 … 1."""
    if not counts.learned:
        return 1.0
    wanted = WANTED if TASKS[counts.task].labelled else WANTED_CHAT
    return sum(max(0, wanted - size) for size in counts.learned.values()) / (wanted * len(counts.learned))


def advise(counts: Counts, waiting: int) -> Advice | None:
    """The greatest gain, None when there is nothing to gain; `waiting` rows have no label or answer yet."""
    do = "label" if waiting else "add"
    if not counts.total:
        return Advice(f"{do}_first", score(Counts(counts.task, {"": WANTED_CHAT}, {})), {"n": WANTED_CHAT})
    if TASKS[counts.task].labelled and len(counts.learned) == 1:
        more = replace(counts, learned={**counts.learned, "…": WANTED})
        return Advice(f"{do}_class", score(more) - score(counts), {"n": WANTED, "label": next(iter(counts.learned))})
    now = sum(losses(counts).values())
    found = [(now - sum(losses(after).values()), key, details) for key, details, after in _ways(counts, do)]
    gain, key, details = max(found, key=lambda one: one[0], default=(0.0, "", {}))
    return Advice(key, max(1, round(gain)), details) if gain >= 0.5 else None


def _ways(counts: Counts, do: str) -> Iterator[tuple[str, dict[str, Any], Counts]]:
    """What could be done: its sentence, the details, and the counts afterwards."""
    wanted, key = (WANTED, f"{do}_rows") if TASKS[counts.task].labelled else (WANTED_CHAT, f"{do}_answers")
    for label, size in counts.learned.items():
        if size < wanted:
            after = replace(counts, learned={**counts.learned, label: wanted})
            yield key, {"n": wanted - size, "label": label}, after
    for kind, rows in counts.troubled.items():
        if kind in WEIGHTS and rows:
            yield "mend", {"kind": kind, "n": rows}, replace(counts, troubled={**counts.troubled, kind: 0})
