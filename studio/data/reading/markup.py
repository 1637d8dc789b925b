"""Tables written in markup, a web page or an XML spreadsheet: back offices export both, and call them .xls.

Knows no header; runs only in the child process, because a hostile page can be very large.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from selectolax.lexbor import LexborHTMLParser, LexborNode

from studio.data.reading.asked_page import read_asked_page
from studio.data.reading.fullest import Head, fullest
from studio.data.reading.grid import MAX_CELLS, MAX_ROWS, Grid, as_text
from studio.data.schema import Reading
from studio.errors import StudioError

WIDEST, TALLEST = 1_000, 65_534  # spans, as browsers bound them
FARTHEST = 16_383  # the last column of a spreadsheet, from 0
BLOCKS = ("p", "div", "li", "ul", "ol", "tr", "table")
LINES = ("br", *BLOCKS)
SPACE = re.compile(r"[ \t\r\n\f]+")
SHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"


@dataclass(frozen=True)
class _Cell:
    """A cell's text, how many columns and rows it covers, and its column where the file names one."""

    text: str
    across: int = 1
    down: int = 1
    column: int | None = None


_Rows = list[list[_Cell]]


def read_webpage(text: str, encoding: str, reading: Reading) -> Grid:
    """The cells of the table that is asked for, or of the fullest on the page; without one, its questions and answers.

    Raises StudioError data.is_other for a page without a table, data.no_such_sheet, data.too_big.
    """
    page = LexborHTMLParser(text)
    page.strip_tags(["script", "style", "template", "noscript"])
    found: dict[int, tuple[LexborNode, _Rows]] = {}
    for row in page.css("table tr"):
        table = _table_of(row)
        found.setdefault(table.mem_id, (table, []))[1].append(list(_cells(row)))
    tables: dict[str, _Rows] = {}
    for table, rows in found.values():
        if any(cell.text for row in rows for cell in row):
            tables[_free_name(_caption(table), tables)] = rows
    if not tables:
        if asked := read_asked_page(page, encoding, _folded):
            return asked
        raise StudioError("data.is_other", kind={"zh": "没有表格的网页", "en": "a web page without a table"})
    return _grid(tables, _meant(tables), Grid((), "html", encoding), reading)


def _meant(tables: dict[str, _Rows]) -> str:
    """The table that a person means who names none."""
    heads = {name: Head([[cell.text for cell in row] for row in rows], len(rows)) for name, rows in tables.items()}
    return fullest(heads) or next(iter(tables))


def _table_of(row: LexborNode) -> LexborNode:
    """The table that a row stands in directly."""
    above = row.parent
    while above is not None and above.tag != "table":
        above = above.parent
    assert above is not None
    return above


def _caption(table: LexborNode) -> str:
    return next((_folded(node) for node in table.iter() if node.tag == "caption"), "")


def _cells(row: LexborNode) -> Iterator[_Cell]:
    for node in row.iter():
        if node.tag in ("td", "th"):
            across, down = _span(node, "colspan", WIDEST), _span(node, "rowspan", TALLEST)
            yield _Cell(_folded(node), across, down)


def _span(node: LexborNode, name: str, most: int) -> int:
    value = (node.attributes.get(name) or "").strip()
    return min(max(int(value), 1), most) if value.isascii() and value.isdigit() and len(value) < 9 else 1


def _folded(node: LexborNode) -> str:
    """The text as a browser shows it: runs of white space are one space, breaks and blocks begin a new line."""
    parts: list[str] = []
    for part in node.traverse(include_text=True):
        if part.tag in LINES or (part.prev is not None and part.prev.tag in BLOCKS):
            parts.append("\n")
        elif part.tag in ("td", "th"):  # a cell of a table within this cell
            parts.append(" ")
        if part.tag == "-text":
            parts.append(SPACE.sub(" ", part.text_content or ""))
    return "\n".join(re.sub(" +", " ", line).strip() for line in "".join(parts).split("\n")).strip()


def _free_name(wanted: str, taken: dict[str, _Rows]) -> str:
    """A table's caption, or its place among the tables, made distinct."""
    name = wanted.replace("\n", " ")[:80] or str(len(taken) + 1)
    return name if name not in taken else f"{name} ({len(taken) + 1})"


def read_xml_spreadsheet(text: str, encoding: str, reading: Reading) -> Grid:
    """The cells of the sheet that is asked for, or of the fullest (Excel's "XML Spreadsheet 2003").

    Raises StudioError data.is_other for any other XML, data.broken_workbook, data.no_such_sheet, data.too_big.
    """
    try:
        book = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise StudioError("data.broken_workbook") from error
    tables: dict[str, _Rows] = {}
    for sheet in book.iter(f"{SHEET}Worksheet"):
        rows = _xml_rows(sheet)
        if any(cell.text for row in rows for cell in row):
            tables[_free_name(sheet.get(f"{SHEET}Name", ""), tables)] = rows
    if not tables:
        raise StudioError("data.is_other", kind={"zh": "没有表格的 XML 文件", "en": "an XML file without a table"})
    return _grid(tables, _meant(tables), Grid((), "xml", encoding), reading)


def _xml_rows(sheet: Element) -> _Rows:
    """Rows and cells that are left out are counted by the `Index` of the next one."""
    rows: _Rows = []
    for row in sheet.iterfind(f"{SHEET}Table/{SHEET}Row"):
        skipped = _number(row, "Index", len(rows) + 1) - 1 - len(rows)
        if skipped > MAX_ROWS:
            raise StudioError("data.too_big")
        rows += [[] for _ in range(skipped)]
        rows.append([_xml_cell(cell) for cell in row.iterfind(f"{SHEET}Cell")])
    return rows


def _xml_cell(cell: Element) -> _Cell:
    text = _xml_text(cell.find(f"{SHEET}Data"))
    column = _number(cell, "Index", 0) - 1
    across, down = (_number(cell, name, 0) + 1 for name in ("MergeAcross", "MergeDown"))
    return _Cell(text, across, down, column if column >= 0 else None)


def _number(element: Element, name: str, otherwise: int) -> int:
    value = element.get(SHEET + name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else otherwise


def _xml_text(data: Element | None) -> str:
    if data is None:
        return ""
    text = "".join(data.itertext())
    try:
        match data.get(f"{SHEET}Type"):
            case "Number" if not text.isdigit():  # the digits of an order's number all count
                return as_text(float(text))
            case "DateTime":
                return as_text(datetime.datetime.fromisoformat(text))
            case "Boolean":
                return as_text(text.strip() == "1")
    except ValueError:
        pass  # a number that is none stays as it is written
    return text


def _grid(tables: dict[str, _Rows], first: str, grid: Grid, reading: Reading) -> Grid:
    """The table's cells where they stand on the page; what covers several rows is repeated unless told not to."""
    name = first if reading.sheet is None else reading.sheet
    if name not in tables:
        raise StudioError("data.no_such_sheet", sheet=name[:80], sheets="、".join(tables)[:300])
    if len(tables) > 1:
        grid.sheet, grid.sheets = name, tuple(tables)
        others = "、".join(other for other in tables if other != name)[:300]
        grid.notes.append({"reason": "data.other_sheets", "sheet": name, "sheets": others})
    grid.cells = _spread(tables[name], grid, reading.fill_merged)
    return grid


def _spread(rows: _Rows, grid: Grid, fill: bool) -> list[list[str]]:
    """Row by row the texts in their columns. Raises StudioError data.too_big."""
    shown: list[dict[int, str]] = [{} for _ in rows]
    size = left = 0
    for i, row in enumerate(rows):
        column = 0
        for cell in row:
            column = column if cell.column is None else cell.column
            while column in shown[i]:  # what hangs down from above
                column += 1
            bottom = min(i + cell.down, len(rows))
            size += (bottom - i) * cell.across
            if size > MAX_CELLS or column > FARTHEST:
                raise StudioError("data.too_big")
            for k in range(i, bottom):
                shown[k].update(dict.fromkeys(range(column, column + cell.across), ""))
                if cell.text and (fill or k == i):
                    shown[k][column] = cell.text
                    if k > i:
                        grid.repaired.append({"row": k + 1, "reason": "data.merged_cell", "text": cell.text[:40]})
            left += bool(cell.text and bottom > i + 1 and not fill)
    if left:
        grid.notes.append({"reason": "data.merged_left", "n": left})
    widths = [max(row, default=-1) + 1 for row in shown]
    if sum(widths) > MAX_CELLS:
        raise StudioError("data.too_big")
    return [[row.get(j, "") for j in range(width)] for row, width in zip(shown, widths, strict=True)]
