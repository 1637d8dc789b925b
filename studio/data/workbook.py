"""Workbooks: xlsx, xls and ods as cells of text, read with calamine.

Knows no header; runs only in the child process, because a hostile workbook can abort the whole process.
"""

from __future__ import annotations

import datetime
import zipfile
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

from studio.data.grid import MAX_ROWS, Grid
from studio.errors import StudioError

MAX_UNPACKED = 600 * 2**20  # bytes; 100,000 rows of reviews unpack to about 40 MB
MAX_ENTRIES = 5_000
MAX_CELLS = 20_000_000


def zip_kind(path: Path) -> str:
    """What a zip file is: "xlsx", "ods", or raises StudioError for any other, a broken one or a bomb."""
    try:
        with zipfile.ZipFile(path) as file:
            entries = file.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise StudioError("data.broken_workbook") from error
    names = {entry.filename for entry in entries}
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise StudioError("data.too_big")
    if any(entry.flag_bits & 1 for entry in entries):
        raise StudioError("data.encrypted")
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "content.xml" in names and any(name.startswith("META-INF") for name in names):
        return "ods"
    if "word/document.xml" in names:
        raise StudioError("data.is_other", kind={"zh": "Word 文档", "en": "a Word document"})
    raise StudioError("data.is_other", kind={"zh": "压缩包", "en": "a zip archive"})


def read_workbook(path: Path, kind: str, sheet: str | None) -> Grid:
    """The cells of `sheet`, or of the first visible sheet that holds any.

    Raises StudioError data.encrypted, data.broken_workbook, data.no_such_sheet, data.empty, data.too_big.
    """
    try:
        book = CalamineWorkbook.from_path(path)
    except PasswordError as error:
        raise StudioError("data.encrypted") from error
    except (CalamineError, ZipError, OSError) as error:
        raise StudioError("data.broken_workbook") from error
    names = tuple(
        entry.name
        for entry in book.sheets_metadata
        if entry.visible == SheetVisibleEnum.Visible and entry.typ == SheetTypeEnum.WorkSheet
    )
    if sheet is not None and sheet not in book.sheet_names:
        raise StudioError("data.no_such_sheet", sheet=sheet[:80], sheets="、".join(names)[:300])
    for name in (sheet,) if sheet is not None else names:
        page = _page(book, name)
        if page.total_height and page.end is not None:
            return _grid(page, kind, names)
    raise StudioError("data.empty")


def _page(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except CalamineError as error:
        raise StudioError("data.broken_workbook") from error


def _grid(page: CalamineSheet, kind: str, names: tuple[str, ...]) -> Grid:
    if page.total_height > 2 * MAX_ROWS or page.total_height * page.total_width > MAX_CELLS:
        raise StudioError("data.too_big")
    cells = [[_text(value) for value in row] for row in page.to_python(skip_empty_area=False)]
    grid = Grid(cells, kind, sheet=page.name, sheets=names)
    _fill_merged(page, cells, grid)
    while cells and not any(cells[-1]):
        cells.pop()
    return grid


def _text(value: Any) -> str:
    """A cell as a person reads it: 1.0 → 1, dates as ISO 8601, a date without time of day as the date alone."""
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime.datetime():
            return value.isoformat(" ").removesuffix(" 00:00:00")
        case _:
            return str(value)


def _fill_merged(page: CalamineSheet, cells: list[list[str]], grid: Grid) -> None:
    """Every row of cells merged downwards shows the same value in Excel, so every row gets it."""
    for (top, column), (bottom, _) in page.merged_cell_ranges or ():
        if bottom == top or top >= len(cells) or column >= len(cells[top]) or not cells[top][column].strip():
            continue
        for i in range(top + 1, min(bottom + 1, len(cells))):
            cells[i][column] = cells[top][column]
            grid.repaired.append({"row": i + 1, "reason": "data.merged_cell", "text": cells[top][column][:40]})
