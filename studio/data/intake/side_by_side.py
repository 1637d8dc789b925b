"""Questions and answers in several pairs of columns beside each other, put one below the other.

Knows no cells but blank ones: the names of the columns say that they repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from studio.data.intake.arranged import Arranged
from studio.data.reading.headers import numbered, plain, role_of
from studio.data.schema import Table
from studio.tasks import Role

ASKING = frozenset[Role]({"prompt", "text"})
ANSWERING = frozenset[Role]({"reply", "label"})
Blocks = Mapping[str, Mapping[int, int]]  # name without its number → number → column


def side_by_side(table: Table) -> Arranged | None:
    """`question, answer, question 2, answer 2` as `question, answer`, a row for each pair; None for other tables."""
    blocks = _blocks(table)
    if not blocks:
        return None
    numbers = sorted(next(iter(blocks.values())))
    taken = {j for held in blocks.values() for j in held.values()}
    first = {held[numbers[0]]: stem for stem, held in blocks.items()}  # where each name's first column stands
    kept = [j for j in range(len(table.columns)) if j not in taken or j in first]
    rows: list[tuple[str, ...]] = []
    places: list[int] = []
    for place, row in zip(table.numbers, table.rows, strict=True):
        for number in numbers:
            here = {j: blocks[stem][number] for j, stem in first.items()}
            if number == numbers[0] or any(row[j].strip() for j in here.values()):
                rows.append(tuple(row[here.get(j, j)] for j in kept))
                places.append(place)
    told = "、".join(table.columns[j] for j in sorted(taken - first.keys()))[:300]
    note = {"reason": "data.side_by_side", "columns": told, "n": len(rows)}
    names = tuple(table.columns[j] for j in kept)
    below = replace(table, columns=names, rows=tuple(rows), numbers=tuple(places), notes=(*table.notes, note))
    return Arranged(below)


def _blocks(table: Table) -> Blocks:
    """The names that stand there several times, each as often as the others, among them one that asks and one that
    answers; else nothing."""
    stems: dict[str, dict[int, int]] = {}
    for j, name in enumerate(table.columns):
        stem, number = numbered(name) or (plain(name), 1)
        stems.setdefault(stem, {}).setdefault(number, j)
    repeated = {stem: held for stem, held in stems.items() if len(held) > 1}
    for held in repeated.values():
        together = {stem: other for stem, other in repeated.items() if other.keys() == held.keys()}
        roles = {found[0] for stem in together if (found := role_of(stem))}
        if roles & ASKING and roles & ANSWERING:
            return together
    return {}
