"""Workbooks: xlsx, xls and ods as cells of text, read with calamine.

Knows no header; runs only in the child process, because a hostile workbook can abort the whole process.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    ZipError,
)

from studio.data.reading.cut_up import cut_up
from studio.data.reading.fullest import HEAD, Head, fullest
from studio.data.reading.grid import MAX_CELLS, MAX_ROWS, Grid, as_text, letter
from studio.data.reading.package import BROKEN, main_part, parts
from studio.data.reading.panics import panics_as
from studio.data.reading.sheet_xml import Extras, as_shown, disguises, extras_of
from studio.data.schema import Reading
from studio.errors import StudioError

MAX_UNPACKED = 600 * 2**20  # bytes; 100,000 rows of reviews unpack to about 40 MB
MAX_ENTRIES = 5_000
WORKBOOKS = {"workbook.xml": "xlsx", "workbook.bin": "xlsb"}  # the part that all others hang on
EXACT = 1e15  # Excel keeps 15 digits of a number


def zip_kind(path: Path) -> str:
    """What a zip file is: "xlsx", "ods", or raises StudioError for any other, a broken one or a bomb."""
    try:
        with zipfile.ZipFile(path) as file:
            entries = file.infolist()
            if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise StudioError("data.too_big")
            if any(entry.flag_bits & 1 for entry in entries):
                raise StudioError("data.encrypted")
            names = parts(file)
            main = main_part(file, names)
    except BROKEN as error:
        raise StudioError("data.broken_workbook") from error
    if main in names and (kind := WORKBOOKS.get(posixpath.basename(main))):
        return kind
    if "content.xml" in names and any(name.startswith("meta-inf") for name in names):
        return "ods"
    if main.startswith("word/") or "word/document.xml" in names:
        raise StudioError("data.is_word")
    raise StudioError("data.is_other", kind={"zh": "压缩包", "en": "a zip archive"})


@panics_as("data.broken_workbook")
def read_workbook(path: Path, kind: str, reading: Reading) -> Grid:
    """The cells of the sheet that is asked for, or of the fullest that can be seen.

    Raises StudioError data.encrypted, data.broken_workbook, data.no_such_sheet, data.empty, data.too_big.
    """
    book = opened(path)
    tables = [entry for entry in book.sheets_metadata if entry.typ == SheetTypeEnum.WorkSheet]
    names = tuple(entry.name for entry in tables if entry.visible == SheetVisibleEnum.Visible)
    hidden = [entry.name for entry in tables if entry.visible != SheetVisibleEnum.Visible]
    sheet = reading.sheet
    if sheet is not None and sheet not in book.sheet_names:
        raise StudioError("data.no_such_sheet", sheet=sheet[:80], sheets="、".join(names)[:300])
    name = sheet if sheet is not None else _meant(book, names)
    page = _page(book, name) if name is not None else None
    if name is None or page is None or page.end is None:
        raise StudioError("data.empty")
    extras = extras_of(path, name) if kind == "xlsx" else Extras()
    grid = _grid(page, kind, names, extras, reading.fill_merged)
    _add_notes(grid, extras, hidden)
    if kind != "xlsx":
        grid.notes.append({"reason": "data.values_only"})
    return grid


def _meant(book: CalamineWorkbook, names: Sequence[str]) -> str | None:
    """The sheet that a person means who names none; None where all are blank."""
    if len(names) < 2:
        return names[0] if names else None
    return fullest({name: _head(_page(book, name)) for name in names})


@panics_as("data.broken_workbook")
def sheets_together(path: Path) -> tuple[str, ...]:
    """The visible sheets that are one table which was cut up; of other workbooks the one that is meant, if any.

    Raises StudioError data.encrypted, data.broken_workbook.
    """
    book, names = opened(path), sheet_names(path)
    if len(names) < 2:
        return names
    heads = {name: _head(_page(book, name)) for name in names}
    main = fullest(heads)
    return cut_up(main, heads) if main is not None else ()


def _head(page: CalamineSheet) -> Head:
    if page.end is None:
        return Head((), 0)
    if page.end[1] >= MAX_CELLS // HEAD:
        return Head((("", ""),), 0)
    try:
        values = page.to_python(skip_empty_area=False, nrows=HEAD)
    except (OverflowError, ValueError):  # of the calendar, which is said where the sheet is read
        return Head((), page.end[0] + 1)
    return Head([[as_text(value) for value in row] for row in values], page.end[0] + 1)


def opened(path: Path) -> CalamineWorkbook:
    """Raises StudioError data.encrypted, data.broken_workbook."""
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError as error:
        raise StudioError("data.encrypted") from error
    except (CalamineError, ZipError, OSError) as error:
        raise StudioError("data.broken_workbook") from error


@panics_as("data.broken_workbook")
def sheet_names(path: Path) -> tuple[str, ...]:
    """The sheets with cells that a person sees. Raises StudioError data.encrypted, data.broken_workbook."""
    seen = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
    return tuple(entry.name for entry in opened(path).sheets_metadata if (entry.typ, entry.visible) == seen)


def _page(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except CalamineError as error:
        raise StudioError("data.broken_workbook") from error


def _grid(page: CalamineSheet, kind: str, names: tuple[str, ...], extras: Extras, fill_merged: bool) -> Grid:
    height, width = (place + 1 for place in page.end or (0, 0))
    if height > 2 * MAX_ROWS or height * width > MAX_CELLS:
        raise StudioError("data.too_big")
    try:
        values = page.to_python(skip_empty_area=False)
    except (OverflowError, ValueError) as error:  # of the calendar
        raise StudioError("data.bad_date", sheet=page.name) from error
    grid = Grid((), kind, sheet=page.name, sheets=names)
    _show_formats(values, extras, grid)
    cells = [[value if type(value) is str else as_text(value) for value in row] for row in values]
    _report_long_numbers(values, grid)
    _fill_merged(page, cells, grid, fill_merged)
    while cells and not any(cells[-1]):
        cells.pop()
    grid.cells = cells
    return grid


def _show_formats(values: list[list[Any]], extras: Extras, grid: Grid) -> None:
    """12.5% and 00123 as Excel shows them; what it shows in a way that we do not follow is said, column by column."""
    told: set[tuple[int, str]] = set()
    for (i, j), code in extras.formats.items():
        if i >= len(values) or j >= len(values[i]):
            continue
        shown = as_shown(values[i][j], code)
        if shown is not None:
            values[i][j] = shown
        elif isinstance(values[i][j], float) and disguises(code) and (j, code) not in told:
            told.add((j, code))
            grid.notes.append({"reason": "data.shown_otherwise", "column": letter(j), "format": code[:60]})


def _report_long_numbers(values: list[list[Any]], grid: Grid) -> None:
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            if type(value) is float and abs(value) >= EXACT:
                grid.notes.append({"row": i + 1, "reason": "data.long_number", "column": letter(j)})


def _fill_merged(page: CalamineSheet, cells: list[list[str]], grid: Grid, fill: bool) -> None:
    """Every row of cells merged downwards shows the same value in Excel, so every row gets it, unless told not to."""
    left = 0
    for (top, column), (bottom, _) in page.merged_cell_ranges or ():
        if bottom == top or top >= len(cells) or column >= len(cells[top]) or not cells[top][column].strip():
            continue
        if not fill:
            left += 1
            continue
        for i in range(top + 1, min(bottom + 1, len(cells))):
            cells[i][column] = cells[top][column]
            grid.repaired.append({"row": i + 1, "reason": "data.merged_cell", "text": cells[top][column][:40]})
    if left:
        grid.notes.append({"reason": "data.merged_left", "n": left})


def _add_notes(grid: Grid, extras: Extras, hidden_sheets: Sequence[str]) -> None:
    """What a person who only looks at the sheet would not know, or would take for granted."""
    for (i, j), formula in sorted(extras.formulas.items()):
        entry = {"row": i + 1, "reason": "data.formula_without_value", "column": letter(j), "formula": formula}
        grid.notes.append(entry)
    for (i, j), words in sorted(extras.errors.items()):
        grid.notes.append({"row": i + 1, "reason": "data.error_cell", "column": letter(j), "text": words})
    if extras.hidden_rows:
        grid.notes.append({"reason": "data.hidden_rows", "rows": _runs(extras.hidden_rows)})
    if extras.hidden_columns:
        shown = "、".join(letter(j) for j in extras.hidden_columns[:30])
        grid.notes.append({"reason": "data.hidden_columns", "columns": shown})
    if hidden_sheets:
        grid.notes.append({"reason": "data.hidden_sheets", "sheets": "、".join(hidden_sheets)[:300]})
    others = [name for name in grid.sheets if name != grid.sheet]
    if others:
        grid.notes.append({"reason": "data.other_sheets", "sheet": grid.sheet, "sheets": "、".join(others)[:300]})


def _runs(places: Sequence[int]) -> str:
    """[2, 6, 7, 8] → 3、7-9, as a person counts them."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][1] == place:
            runs[-1][1] = place + 1
        else:
            runs.append([place + 1, place + 1])
    listed = "、".join(str(first) if first == last else f"{first}-{last}" for first, last in runs[:30])
    return listed + ("…" if len(runs) > 30 else "")
