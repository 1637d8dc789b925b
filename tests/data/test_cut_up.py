"""A workbook whose sheets have the same columns is one table that was cut up: all of it is read, and it is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from studio.data.datastore import DataStore
from studio.data.intake.intake import Wish, understand_all
from studio.data.reading.child import tabulate_file
from studio.data.reading.cut_up import together
from studio.data.reading.workbook import sheets_together
from studio.data.schema import Reading, Table
from studio.words import LANGS, say
from studio.workspace import Workspace

Sheets = dict[str, Sequence[Sequence[object]]]
HEADER = ("问题", "答案")
RETURNS = [("能退货吗？", "七天内可以退。"), ("运费谁出？", "质量问题我们出。"), ("退款多久到？", "三天内原路退回。")]
DELIVERY = [("多久发货？", "当天下午四点前的单当天发。"), ("发什么快递？", "默认发中通。")]
NUMBERED = [[(n, *row) for n, row in enumerate(rows, 1)] for rows in (RETURNS, DELIVERY)]


def written(folder: Path, sheets: Sheets) -> Path:
    book, path = Workbook(), folder / "知识库.xlsx"
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def tables(path: Path) -> list[tuple[str, Table]]:
    found = [tabulate_file(path, Reading(sheet=name)) for name in sheets_together(path)]
    return [(path.name, table) for table in (together(found) if len(found) > 1 else found)]


@pytest.mark.parametrize(
    ("sheets", "read"),
    [
        ({"退货": [HEADER, *RETURNS], "发货": [HEADER, *DELIVERY]}, ["退货", "发货"]),
        ({"退货": [HEADER, *RETURNS], "发货": [HEADER[::-1], *(row[::-1] for row in DELIVERY)]}, ["退货", "发货"]),
        ({"退货": NUMBERED[0], "发货": NUMBERED[1]}, ["退货", "发货"]),
        ({"退货": [("售后", None), HEADER, *RETURNS], "发货": [HEADER, *DELIVERY]}, ["退货", "发货"]),
        ({"退货": [(*HEADER, "备注"), *((*row, "急") for row in RETURNS)],
          "发货": [(*HEADER, "备注"), *((*row, None) for row in DELIVERY)]}, ["退货", "发货"]),
        ({"退货": [HEADER, *RETURNS], "作废": [(*HEADER, "原因"), *((*row, "旧") for row in DELIVERY)]}, ["退货"]),
        ({"说明": [("请勿改动",)], "退货": [HEADER, *RETURNS], "发货": [HEADER, *DELIVERY]}, ["退货", "发货"]),
        ({"退货": [HEADER, *RETURNS], "以后": [HEADER]}, ["退货"]),
        ({"退货": [HEADER, *RETURNS], "评论": [("评论", "标签"), ("好喝", "好评"), ("难喝", "差评")]}, ["退货"]),
        ({"退货": NUMBERED[0], "价目": [(n, f"茶{n}", n + 8) for n in range(1, 4)]}, ["退货"]),
    ],
    ids=["by topic", "columns turned round", "no header", "a title", "a column filled in one", "one column more",
         "a cover", "an empty one", "another", "prices"],
)  # fmt: skip
def test_sheets_with_the_same_columns_are_read_as_one(tmp_path: Path, sheets: Sheets, read: list[str]) -> None:
    path = written(tmp_path, sheets)
    assert list(sheets_together(path)) == read
    examples, report = understand_all(tables(path), Wish())
    wanted = RETURNS + DELIVERY if len(read) > 1 else RETURNS
    assert [(one.text, one.target) for one in examples] == wanted
    assert (report.file, report.sheet) == (path.name, "" if len(read) > 1 else read[0])
    said = {note["reason"]: note for note in report.notes}
    assert ("data.sheets_together" in said) == (len(read) > 1)
    assert all(say(reason, lang, **note) for reason, note in said.items() for lang in LANGS)
    left = [name for name in sheets if name not in read]
    assert said.get("data.other_sheets", {}).get("sheets", "") == "、".join(left)


def test_a_row_is_found_by_its_sheet_and_a_column_of_one_sheet_is_kept(tmp_path: Path) -> None:
    delivery = [(*HEADER, "备注"), *DELIVERY, ("", "没有问题的答案", "删掉？")]
    examples, report = understand_all(tables(written(tmp_path, {"退货": [HEADER, *RETURNS], "发货": delivery})), Wish())
    assert len(examples) == 5
    assert report.columns == (*HEADER, "备注")
    assert [(entry["file"], entry["row"]) for entry in report.dropped] == [("发货", 4)]


def test_one_sheet_can_be_chosen_and_then_all_again(tmp_path: Path) -> None:
    path = written(tmp_path, {"退货": [HEADER, *RETURNS], "发货": [HEADER, *DELIVERY]})
    data = DataStore(Workspace(tmp_path / "home"))
    made = data.add([path])
    assert (made.report.rows, made.report.sheet, made.report.sheets) == (5, "", ("退货", "发货"))
    one = data.reinterpret(made.id, Wish(sheet="发货"))
    assert (one.report.rows, one.report.sheet) == (2, "发货")
    assert data.reinterpret(one.id, Wish(task="chat")).report.rows == 2, "the choice holds"
    assert data.reinterpret(one.id, Wish(sheet="")).report.rows == 5


def test_of_many_sheets_only_the_first_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, {f"{month}月": [HEADER, *RETURNS] for month in range(1, 13)})
    _, report = understand_all(tables(path), Wish())
    assert [(note["n"], note["sheets"]) for note in report.notes] == [(12, "1月、2月、3月、4月、5月、6月、7月、8月…")]
