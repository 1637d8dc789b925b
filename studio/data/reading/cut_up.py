"""Which sheets of a workbook are one table that was cut up, as by month or by topic, and these put together again.

Knows no file: it looks at the first rows of each sheet, and at the tables that were made of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean

from studio.data.reading.fullest import Head
from studio.data.reading.grid import Grid, tabulate
from studio.data.schema import Table
from studio.errors import StudioError

FILLED = 0.5  # of a column's cells, the share from which on the sheet is meant to have it
LISTED = 8  # names of sheets
ALIKE = 4  # times: as much longer may the words of a column without a name be than in another sheet


@dataclass(frozen=True)
class _Shape:
    """The columns that are mostly filled, and all; where no row names them, how long the words of the former are and
    which are numbers."""

    columns: tuple[str, ...]
    all: frozenset[str]
    named: bool
    lengths: tuple[float, ...]
    numbers: tuple[bool, ...]

    def fits(self, other: _Shape) -> bool:
        if self.named and other.named:  # a column that is rarely filled may be so less or more often there
            return other.all.issuperset(self.columns) and self.all.issuperset(other.columns)
        if self.named or other.named or set(self.columns) != set(other.columns):
            return False
        near = all(max(pair) <= ALIKE * min(pair) for pair in zip(self.lengths, other.lengths, strict=True))
        return self.numbers == other.numbers and near


def cut_up(main: str, heads: Mapping[str, Head]) -> tuple[str, ...]:
    """The names of the sheets with the very columns of the sheet `main`, itself among them, in their order."""
    shapes = {name: _shape(head) for name, head in heads.items()}
    wanted = shapes.get(main)
    if wanted is None or len(wanted.columns) < 2:
        return (main,)
    return tuple(name for name, shape in shapes.items() if shape is not None and wanted.fits(shape))


def _shape(head: Head) -> _Shape | None:
    try:
        table = tabulate(Grid(head.cells, ""))
    except StudioError:  # nothing stands below its header
        return None
    cells = [[cell for row in table.rows if (cell := row[j].strip())] for j in range(len(table.columns))]
    kept = [j for j, filled in enumerate(cells) if len(filled) >= FILLED * len(table.rows)]
    return _Shape(
        columns=tuple(table.columns[j] for j in kept),
        all=frozenset(table.columns),
        named=table.header > 0,
        lengths=tuple(fmean(map(len, cells[j])) for j in kept),
        numbers=tuple(all(cell.replace(".", "", 1).isdecimal() for cell in cells[j]) for j in kept),
    )


def together(tables: Sequence[Table]) -> list[Table]:
    """The tables of such sheets with all columns that one of them has; what is to be said of all is said once."""
    columns = tuple(dict.fromkeys(name for table in tables for name in table.columns))
    names = [table.sheet for table in tables]
    others = [name for name in tables[0].sheets if name not in names]
    listed = "、".join(names[:LISTED])[:300] + ("…" if len(names) > LISTED else "")
    said = [{"reason": "data.sheets_together", "n": len(names), "sheets": listed}]
    if others:
        said.append({"reason": "data.other_sheets", "sheet": listed, "sheets": "、".join(others)[:300]})
    notes = [[one for one in table.notes if one["reason"] != "data.other_sheets"] for table in tables]
    new = [tuple(one for one in later if one not in before) for before, later in pairwise([[], *notes])]
    return [
        replace(
            table,
            columns=columns,
            rows=tuple(_widened(table, columns)),
            notes=(*(said if place == 0 else ()), *new[place]),
            places=(),
        )
        for place, table in enumerate(tables)
    ]


def _widened(table: Table, columns: Sequence[str]) -> list[tuple[str, ...]]:
    if table.columns == columns:
        return list(table.rows)
    places = [table.columns.index(name) if name in table.columns else None for name in columns]
    return [tuple("" if place is None else row[place] for place in places) for row in table.rows]
