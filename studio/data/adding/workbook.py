"""A workbook with columns added: its sheets, cells, formats and formulas as they were, as far as openpyxl keeps them.

Knows no question. What openpyxl does not keep is found by comparing the parts of both files, and told.
"""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.data.adding.child import fresh, together
from studio.data.export import ILLEGAL, LONGEST_CELL
from studio.errors import StudioError

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

PERCENT = "0.0%"
NO_DATE = re.compile(r"Cell (\w+) is marked as a date but the serial value (\S+) is outside")
WIDEST, NARROWEST = 60, 10  # characters
# What a workbook may hold beyond cells: the parts that hold it, and what is in them where that tells.
BEYOND: Mapping[str, tuple[str, bytes]] = {
    "charts": (r"xl/(charts/chart|chartsheets/sheet)\d*\.xml", b""),
    "pictures": (r"xl/media/.+", b""),
    "shapes": (r"xl/drawings/drawing\d+\.xml", rb"<(?:\w+:)?(?:sp|cxnSp|grpSp)[ >]"),
    "macros": (r"xl/vbaProject\.bin", b""),
    "controls": (r"xl/(ctrlProps|activeX|embeddings)/.+", b""),
    "talks": (r"xl/threadedComments/.+", b""),
    "slicers": (r"xl/(slicers|timelines)/.+", b""),
    "queries": (r"xl/(connections\.xml|queryTables/.+)", b""),
    "extensions": (r"xl/worksheets/sheet\d+\.xml", rb"<x14:(?:sparklineGroup|conditionalFormatting|dataValidation)\b"),
}  # fmt: skip


def add(job: dict[str, Any]) -> list[dict[str, Any]]:
    source, out = Path(job["source"]), Path(job["out"])
    lost: list[dict[str, Any]] = []
    if job["format"] == "xlsx":
        book = _loaded(source, out, lost)
    else:
        book = _converted(source)
        lost.append({"key": "predict.values_only", "format": job["format"]})
    for one in job["added"]:
        _add(book[one["sheet"]] if one["sheet"] else book.worksheets[0], one)
    book.calculation.fullCalcOnLoad = True  # no result of a formula is written: it is reckoned when the file is opened
    book.save(out)
    if job["format"] == "xlsx":
        lost += _missing(source, out)
    return lost


def _loaded(source: Path, out: Path, lost: list[dict[str, Any]]) -> Workbook:
    from openpyxl import load_workbook

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        book = load_workbook(source, rich_text=True, keep_vba=out.suffix.casefold() == ".xlsm")
    for warning in said:
        if found := NO_DATE.match(str(warning.message)):
            _restore(book, found[1], float(found[2]))
    if any(cell.data_type == "f" for sheet in book.worksheets for cell in _cells(sheet)):
        lost.append({"key": "predict.formulas"})
    return book


def _restore(book: Workbook, place: str, number: float) -> None:
    """A number that is shown as a date though it is none, of which openpyxl makes an error, becomes itself again."""
    for sheet in book.worksheets:
        cell = sheet[place]
        if cell.data_type == "e" and cell.value == "#VALUE!":
            cell._value, cell.data_type = number, "n"
            return


def _cells(sheet: Worksheet) -> list[Cell]:
    """Those that the file holds; openpyxl's own ways to go through a sheet make the missing ones."""
    return list(sheet._cells.values())


def _add(sheet: Worksheet, added: dict[str, Any]) -> None:
    header = added["header"]
    edge = max((cell.column for cell in _cells(sheet) if cell.value is not None), default=0)
    edge = max([edge, *(area.max_col for area in sheet.merged_cells.ranges if area.max_row >= header)])
    taken = {str(cell.value).strip() for cell in _cells(sheet) if cell.row == header and cell.value is not None}
    names = fresh([name for name, _ in added["columns"]], taken)
    for at, (name, (_, values)) in enumerate(zip(names, added["columns"], strict=True), edge + 1):
        if header:
            cell = sheet.cell(header, at)
            cell._style = copy(sheet.cell(header, edge)._style)  # the header looks as its neighbour does
            _put(cell, name)
        for place, given in values:
            _put(sheet.cell(place, at), together(given))
        _widen(sheet, at, [name, *(str(one) for _, given in values for one in given if isinstance(one, str))])


def _put(cell: Cell, value: str | float | None) -> None:
    if isinstance(value, str):
        if len(value) > LONGEST_CELL:
            raise StudioError("data.too_long_for_xlsx", row=cell.row, limit=LONGEST_CELL)
        cell.value = ILLEGAL.sub("", value)
        cell.data_type = "s"  # what begins with = would be a formula
    elif value is not None:
        cell.value = value
        cell.number_format = PERCENT


def _widen(sheet: Worksheet, column: int, words: list[str]) -> None:
    """As wide as its words, where the file says nothing of its width."""
    from openpyxl.utils import get_column_letter

    if any((held.min or 0) <= column <= (held.max or 0) for held in sheet.column_dimensions.values()):
        return
    longest = max(sum(1 + (char > "\u2e7f") for char in line) for word in words for line in word.split("\n"))
    sheet.column_dimensions[get_column_letter(column)].width = min(max(longest + 2, NARROWEST), WIDEST)


def _converted(source: Path) -> Workbook:
    """An xls, xlsb or ods as a new workbook: the values of all sheets with their types, and merged cells."""
    from openpyxl import Workbook
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    from studio.data.reading.workbook import opened

    old, book = opened(source), Workbook()
    book.remove(book.worksheets[0])
    for entry in old.sheets_metadata:
        if entry.typ != SheetTypeEnum.WorkSheet:
            continue
        page, sheet = old.get_sheet_by_name(entry.name), book.create_sheet(entry.name)
        sheet.sheet_state = "visible" if entry.visible == SheetVisibleEnum.Visible else "hidden"
        for row, values in enumerate(page.to_python(skip_empty_area=False), 1):
            for column, value in enumerate(values, 1):
                if value != "":
                    _set(sheet.cell(row, column), value)
        for (top, left), (bottom, right) in page.merged_cell_ranges or ():
            area = {"start_row": top + 1, "start_column": left + 1, "end_row": bottom + 1, "end_column": right + 1}
            sheet.merge_cells(**area)
    return book


def _set(cell: Cell, value: Any) -> None:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    cell.value = ILLEGAL.sub("", value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, datetime.datetime) and value.time() == datetime.time():
        cell.number_format = "yyyy-mm-dd"


def _missing(source: Path, out: Path) -> list[dict[str, Any]]:
    before, after = _held(source), _held(out)
    lost = [{"key": f"predict.lost_{kind}"} for kind in BEYOND if after[kind] < before[kind]]
    return [*lost, {"key": "predict.redrawn_charts"}] if after["charts"] else lost


def _held(path: Path) -> dict[str, int]:
    """How many parts of a file hold what is BEYOND cells."""
    found = dict.fromkeys(BEYOND, 0)
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            for kind, (part, sign) in BEYOND.items():
                if re.fullmatch(part, name):
                    found[kind] += not sign or re.search(sign, book.read(name)) is not None
    return found
