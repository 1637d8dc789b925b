"""A row that an unquoted separator cut into too many cells, put together again where the other rows show how, and
rows that a quote by mistake made one cell of.

Knows no file: it compares one row with the columns of the rows that are whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.data.reading.headers import role_of
from studio.errors import StudioError

ENOUGH = 6  # rows that show what a column holds
MOST_VALUES = 50
SHORT = 20  # characters
WIDEST = 50  # columns; in a wider table nothing is plain


@dataclass(frozen=True)
class Shape:
    """What each column holds: `values` where a few come again and again, `numbers`, `short` where it is no prose."""

    values: tuple[frozenset[str] | None, ...]
    numbers: tuple[bool, ...]
    short: tuple[bool, ...]

    @staticmethod
    def of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Shape:
        values: list[frozenset[str] | None] = []
        numbers: list[bool] = []
        short: list[bool] = []
        for j in range(len(rows[0])):
            column = [cell for row in rows[:20_000] if (cell := row[j].strip())]
            distinct = frozenset(column)
            few = len(distinct) <= min(MOST_VALUES, max(2, len(column) // 3)) and len(column) >= ENOUGH
            mean = sum(map(len, column)) / max(len(column), 1)
            role = role_of(header[j]) if j < len(header) else None
            values.append(distinct if few and mean <= SHORT else None)
            numbers.append(bool(column) and all(map(is_number, column)))
            short.append(role is not None and role[0] in ("label", "ignore") and mean <= SHORT)
        return Shape(tuple(values), tuple(numbers), tuple(short))

    def fits(self, j: int, cell: str) -> bool:
        """Whether the cell is at home in column `j`."""
        cell = cell.strip()
        known = self.values[j]
        if not cell:
            return True
        if known is not None:
            return cell in known
        return (not self.numbers[j] or is_number(cell)) and (not self.short[j] or len(cell) <= SHORT)

    def prose(self, j: int) -> bool:
        return self.values[j] is None and not self.numbers[j] and not self.short[j]


def rejoin(row: Sequence[str], shape: Shape, mark: str) -> tuple[tuple[str, ...], int] | None:
    """The row with its surplus cells joined into the last column of prose that leaves all others at home, and which."""
    width = len(shape.values)
    if width > WIDEST:
        return None
    cells = list(row)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    surplus = len(cells) - width
    for j in reversed(range(width)):
        whole = (*cells[:j], mark.join(cells[j : j + surplus + 1]), *cells[j + surplus + 1 :])
        if shape.prose(j) and all(shape.fits(k, cell) for k, cell in enumerate(whole) if k != j):
            return whole, j
    return None


def check_quotes(mark: str, rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> None:
    """Raises StudioError where a cell holds whole rows, because a quote was opened by mistake further up."""
    width = len(rows[0])
    if width < 2:
        return
    for number, row in zip(numbers, rows, strict=True):
        for cell in row:
            inner = cell.split("\n")[1:-1] if "\n" in cell else []
            if len(inner) > 1 and all(line.count(mark) == width - 1 for line in inner):
                raise StudioError("data.unclosed_quote", row=number)


def is_number(cell: str) -> bool:
    return cell.strip().replace(".", "", 1).replace(",", "").lstrip("-+").isdecimal()
