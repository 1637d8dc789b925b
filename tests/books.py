"""A workbook as an owner keeps it, and whether another holds all that is in it.

Knows no studio.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill


def account_book(path: Path) -> Path:
    """Two sheets that ask, one that does not, and all that an owner puts into such a file."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "七月"
    sheet["A1"] = "七月评论汇总"
    sheet.merge_cells("A1:F1")
    sheet.append(["单号", "日期", "金额", "评论", "折扣", "合计"])
    day = datetime.datetime(2026, 7, 1, 9, 30)
    sheet.append(["0012", day, -5.5, "很好喝", 0.125, "=C3*2"])
    sheet.append([])
    sheet.append(["0013", day, 1234567.25, None, True, "=SUM(C3:C6)"])
    sheet.append(["=不是公式", day.date(), -3, "太难喝了", 12, None])
    sheet["A6"].data_type = "s"
    sheet["C3"].number_format, sheet["E3"].number_format = "¥#,##0.00;[Red]-¥#,##0.00", "0.0%"
    sheet["B6"].number_format = "yyyy年m月d日"
    sheet["D2"].font, sheet["F2"].fill = Font(bold=True), PatternFill("solid", fgColor="FFEEAA")
    sheet["D6"].alignment = Alignment(wrap_text=True)
    sheet["D6"].comment = Comment("老顾客", "店主")
    sheet.column_dimensions["D"].width, sheet.row_dimensions[3].height = 41.5, 30
    sheet.freeze_panes, sheet.auto_filter.ref = "A3", "A2:F6"
    sheet.conditional_formatting.add("C3:C6", CellIsRule("lessThan", ["0"], font=Font(color="FF0000")))
    second = made.create_sheet("八月")
    second.append(["评论", "备注"])
    second.append(["等了一小时", "x"])
    made.create_sheet("门店").append(["门店", "地址"])
    made["门店"].append(["一店", "南京路 1 号"])
    chart = BarChart()
    chart.add_data(Reference(made["七月"], min_col=3, min_row=3, max_row=6))
    made["门店"].add_chart(chart, "D4")
    made.save(path)
    return path


def look(cell: Any) -> tuple[str, ...]:
    return cell.number_format, repr(cell.font), repr(cell.fill), repr(cell.alignment)


def same_cells(before: Path, after: Path) -> None:
    """Every cell of the source, its look and the sheet around it, is in what came of it."""
    old, new = (openpyxl.load_workbook(path) for path in (before, after))
    assert new.sheetnames == old.sheetnames
    for sheet in old:
        other = new[sheet.title]
        assert other.merged_cells.ranges == sheet.merged_cells.ranges
        assert (other.freeze_panes, other.auto_filter.ref) == (sheet.freeze_panes, sheet.auto_filter.ref)
        assert list(other.conditional_formatting) == list(sheet.conditional_formatting)
        widths = {name: held.width for name, held in sheet.column_dimensions.items()}
        assert {name: other.column_dimensions[name].width for name in widths} == widths
        assert {n: other.row_dimensions[n].height for n in range(1, sheet.max_row + 1)} == {
            n: sheet.row_dimensions[n].height for n in range(1, sheet.max_row + 1)
        }
        for line in sheet.iter_rows():
            for cell in line:
                twin = other[cell.coordinate]
                kind = "n" if cell.value is None else cell.data_type  # an empty cell may be written as any
                assert (twin.value, twin.data_type) == (cell.value, kind), cell.coordinate
                assert look(twin) == look(cell), cell.coordinate
                assert (twin.comment and twin.comment.text) == (cell.comment and cell.comment.text)
