"""Nasty workbooks: sheets, cells, headers, and what other programs than Excel write.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

import datetime
import re

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from studio.data.schema import Reading
from tests.data.nasty.case import QUESTIONS, REVIEWS, Case
from tests.data.nasty.make import book, edited, ods, parquet, plain_book, rows_on

HEADER = ("评论", "标签")


def sheets() -> list[Case]:
    def merged(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("B3:B4")

    def hide(made: Workbook) -> None:
        sheet = made.worksheets[0]
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True
        sheet.column_dimensions["C"].hidden = True
        made.create_sheet("旧的").sheet_state = "hidden"
        rows_on(made.create_sheet("问答"), [("问题", "答案"), *QUESTIONS])

    several = book(lambda sheet: rows_on(sheet, [HEADER, *REVIEWS]), hide)
    left = plain_book([("五月", None), HEADER, ("好喝", "好评"), ("不错", None), ("难喝", "差评")], merged)
    return [
        Case("workbook", plain_book([HEADER, *REVIEWS]), REVIEWS),
        Case("workbook with a title and merged cells", left, [("好喝", "好评"), ("不错", "好评"), ("难喝", "差评")], [(1, "title_row"), (4, "merged_cell")]),
        Case("workbook, merged cells left alone", left, [("好喝", "好评"), ("不错", ""), ("难喝", "差评")], [(0, "merged_left")],
             reading=Reading(fill_merged=False)),
        Case("workbook of several sheets, with hidden things", several, REVIEWS,
             [(0, "hidden_rows"), (0, "hidden_columns"), (0, "hidden_sheets"), (0, "other_sheets")]),
        Case("workbook, another sheet", several, QUESTIONS, reading=Reading(sheet="问答")),
        Case("workbook, no such sheet", several, refusal="data.no_such_sheet", reading=Reading(sheet="第九页")),
    ]  # fmt: skip


def cells() -> list[Case]:
    day = datetime.datetime(2024, 5, 1)

    def formats(sheet: Worksheet) -> None:
        sheet["A2"].number_format, sheet["A3"].number_format, sheet["A4"].number_format = "0%", "0.0%", "00000"

    def coded(sheet: Worksheet) -> None:
        for n in range(2, 8):
            sheet[f"B{n}"].number_format = '[=1]"好评";"差评"'

    formula = plain_book([("评论", "标签"), *REVIEWS[:2], ("=A2", "差评")])
    cached = edited(
        formula,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(r'<c r="A4"><f>A2</f><v ?(/>|></v>)', '<c r="A4" t="str"><f>A2</f><v>算好的话</v>', xml),
    )
    failed = plain_book([HEADER, *REVIEWS[:2], ("不错", "#N/A")])
    return [
        Case("formula without a result", formula, REVIEWS[:2], [(4, "formula_without_value"), (4, "no_text")]),
        Case("formula with a result", cached, [*REVIEWS[:2], ("算好的话", "差评")]),
        Case("a cell that is an error", failed, [*REVIEWS[:2], ("不错", "")], [(4, "error_cell")]),
        Case("percentages and leading zeros", plain_book([HEADER, (0.5, "a"), (0.125, "b"), (123, "c")], formats), [("50%", "a"), ("12.5%", "b"), ("00123", "c")]),
        Case("ids as text and as numbers", plain_book([HEADER, ("00123", "a"), ("12345678901234567", "b"), (1.5, "a"), (2.0, "b")]),
             [("00123", "a"), ("12345678901234567", "b"), ("1.5", "a"), ("2", "b")]),
        Case("a number too long for Excel", edited(plain_book([("问题", "答案"), ("我的单号是多少？", 1)]), "xl/worksheets/sheet1.xml",
             lambda xml: xml.replace("<v>1</v>", "<v>1.23456789012345E+16</v>")), [("我的单号是多少？", "12345678901234500")], [(2, "long_number")]),
        Case("a number that shows as words", plain_book([HEADER, *((text, n % 2) for n, (text, _) in enumerate(REVIEWS))], coded),
             [(text, str(n % 2)) for n, (text, _) in enumerate(REVIEWS)], [(0, "shown_otherwise")]),
        Case("dates and truth", plain_book([("评论", "时间", "标签"), ("好喝", day, True), ("难喝", day, False)]), [("好喝", "TRUE"), ("难喝", "FALSE")]),
    ]  # fmt: skip


def headers() -> list[Case]:
    return [
        Case("a header of two lines", plain_book([("评论", "2024 年"), ("评论", "标签"), *REVIEWS]), REVIEWS, [(1, "title_row")]),
        Case("workbook without a header", plain_book(REVIEWS), REVIEWS, [(1, "no_header")]),
        Case("a workbook with a header and nothing else", plain_book([HEADER]), refusal="data.no_rows"),
        Case("an empty workbook", plain_book([]), refusal="data.empty"),
    ]  # fmt: skip


def others() -> list[Case]:
    """Other files of cells than Excel's."""
    return [
        Case("LibreOffice", ods([HEADER, *REVIEWS]), REVIEWS),
        Case("parquet", parquet({"问题": [q for q, _ in QUESTIONS], "答案": [a for _, a in QUESTIONS]}), QUESTIONS),
        Case("parquet cut short", parquet({"q": ["1"], "a": ["2"]})[:-9], refusal="data.broken_parquet"),
    ]  # fmt: skip
