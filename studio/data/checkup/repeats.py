"""Rows that say again what another row says: with another answer, with the same one, nearly, or in the exam.

Knows no fix; of a group, the row that came first is the one that is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from studio.data.checkup.finding import Finding, in_order
from studio.data.near import near_groups, normalise
from studio.data.schema import Row
from studio.tasks import TASKS

if TYPE_CHECKING:
    from studio.tasks import Task


def repeats(rows: Sequence[Row], task: Task) -> Iterator[Finding]:
    answered = [row for row in rows if row.target]
    groups = [group for group in same_text(answered).values() if len(group) > 1]
    yield from _contradictions(groups, task)
    yield from _duplicates(groups)
    single = [row for row in answered if not row.context]  # a later turn of a conversation says little by itself
    alike: dict[int, list[Row]] = defaultdict(list)
    for row, group in zip(single, near_groups([row.text for row in single]), strict=True):
        alike[group].append(row)
    near = [group for group in alike.values() if len(group) > 1]
    yield from _near_duplicates(near)
    yield from _leaks(near)


def same_text(rows: Sequence[Row]) -> dict[tuple[object, ...], list[Row]]:
    """The rows by what they ask: their text, whatever its spaces and punctuation, after the same conversation."""
    groups: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[normalise(row.text), row.context].append(row)
    return groups


def _contradictions(groups: Sequence[Sequence[Row]], task: Task) -> Iterator[Finding]:
    torn: dict[int, int] = {}
    for group in groups:
        if TASKS[task].compares:
            torn |= _both_ways(group)
        elif len({normalise(row.target) for row in group}) > 1:
            for row in group:
                other = next(one for one in group if normalise(one.target) != normalise(row.target))
                torn[row.number] = other.number
    if torn:
        yield Finding("contradiction", "error" if TASKS[task].labelled else "warning", *in_order(torn))


def _both_ways(group: Sequence[Row]) -> dict[int, int]:
    """Rows whose better answer is elsewhere the worse one, and the other way round, each with such a row."""
    said = {_said(row): row.number for row in group}
    return {row.number: said[_said(row)[::-1]] for row in group if _said(row)[::-1] in said}


def _said(row: Row) -> tuple[str, str]:
    """What a row finds good, and what it finds bad."""
    good, bad = normalise(row.target), normalise(row.rejected)
    return (bad, good) if row.liked == "down" else (good, bad)


def _duplicates(groups: Sequence[Sequence[Row]]) -> Iterator[Finding]:
    again: dict[int, int] = {}
    for group in groups:
        firsts: dict[tuple[str, str], Row] = {}
        if len({_said(row) for row in group}) == 1 or any(row.rejected or row.liked for row in group):
            known = [(row, firsts.setdefault(_said(row), row)) for row in group]
            again |= {row.number: first.number for row, first in known if first is not row}
    if again:
        yield Finding("duplicate", "warning", *in_order(again))


def _near_duplicates(groups: Sequence[Sequence[Row]]) -> Iterator[Finding]:
    again: dict[int, int] = {}
    for group in groups:
        firsts: dict[tuple[str, str], Row] = {}
        seen = set()
        for row in group:
            text = normalise(row.text)
            first = firsts.setdefault(_said(row), row)
            if first is not row and text not in seen:
                again[row.number] = first.number
            seen.add(text)
    if again:
        yield Finding("near_duplicate", "info", *in_order(again))


def _leaks(groups: Sequence[Sequence[Row]]) -> Iterator[Finding]:
    """Rows of the exam whose like is taught."""
    known: dict[int, int] = {}
    for group in groups:
        taught = next((row for row in group if row.part == "train"), None)
        if taught is not None:
            known |= {row.number: taught.number for row in group if row.part in ("validation", "test")}
    if known:
        yield Finding("leakage", "error", *in_order(known))
