"""Files of every kind into tables: what shop owners really have."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from studio.data.reading.child import tabulate_file
from studio.data.reading.read import read_table
from studio.data.schema import Reading
from tests.data.conftest import Read, refusal

Xlsx = Callable[[list[list[Any]]], Path]
REASON = "reason"


def reasons(entries: Any) -> list[tuple[int, str]]:
    return [(entry["row"], entry[REASON].removeprefix("data.")) for entry in entries]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_separator_and_line_end_is_read(read_text: Read, mark: str, ending: str) -> None:
    lines = ["评论", "标签"], ["很好喝，下次还来", "好评"], ["太慢了", "差评"]
    table = read_text(ending.join(mark.join(line) for line in lines) + ending)
    assert table.columns == ("评论", "标签")
    assert table.rows == (("很好喝，下次还来", "好评"), ("太慢了", "差评"))
    assert table.numbers == (2, 3)


def test_quoted_cells_keep_separators_line_ends_and_quotes(read_text: Read) -> None:
    table = read_text('text,label\n"好喝,\n""真的""",好评\n"a\r\nb",差评\n')
    assert table.rows == (('好喝,\n"真的"', "好评"), ("a\nb", "差评"))


def test_one_column_with_commas_in_the_sentences_stays_one_column(read_text: Read) -> None:
    table = read_text("评论\n好喝,下次来\n一般\n太甜,太贵,太慢\n不错\n")
    assert table.columns == ("评论",)
    assert table.rows[2] == ("太甜,太贵,太慢",)


def test_words_that_look_like_nothing_and_leading_zeros_stay_text(read_text: Read) -> None:
    table = read_text("text,label\nNA,None\nnull,nan\n00123,n/a\n12345678901234567,1.50\n")
    assert table.rows == (("NA", "None"), ("null", "nan"), ("00123", "n/a"), ("12345678901234567", "1.50"))


def test_titles_blank_rows_and_repeated_headers_are_left_out_and_reported(read_text: Read) -> None:
    table = read_text("一月评价汇总,,\n\n评论,标签,\n好喝,好评,\n,,\n评论,标签,\n难喝,差评,\n")
    assert table.columns == ("评论", "标签")
    assert table.rows == (("好喝", "好评"), ("难喝", "差评"))
    assert table.numbers == (4, 7)
    assert reasons(table.dropped) == [(1, "title_row"), (5, "blank_row"), (6, "repeated_header")]


def test_headers_lose_marks_line_ends_and_wide_spaces_and_become_distinct(read_text: Read, xlsx: Xlsx) -> None:
    assert read_text('\ufeff\ufeff评论\u3000,"标\r\n签",标 签\n好喝,好评,x\n').columns == ("评论", "标 签", "标 签 (2)")
    assert tabulate_file(xlsx([["评论", None, "标签", None], ["好喝", "x", "好评", None]])).columns == (
        "评论",
        "B",
        "标签",
    )


def test_a_file_without_a_header_keeps_its_first_row(read_text: Read) -> None:
    table = read_text("很好喝,好评\n太慢了,差评\n不错,好评\n")
    assert table.columns == ("A", "B")
    assert len(table.rows) == 3
    assert reasons(table.repaired) == [(1, "no_header")]


def test_a_known_name_among_the_rows_is_not_taken_for_the_header(read_text: Read) -> None:
    table = read_text("话术,结果\n第一句话,成交\n客户,好评\n第三句话,没成\n")
    assert table.columns == ("话术", "结果")
    assert len(table.rows) == 3


def test_a_row_that_a_separator_cut_is_joined_where_it_is_plain_how_and_reported(read_text: Read) -> None:
    table = read_text("评论,标签\n好喝,好评\n太甜,太贵,差评\n一般,中性\n")
    assert table.rows == (("好喝", "好评"), ("太甜,太贵", "差评"), ("一般", "中性"))
    assert reasons(table.repaired) == [(3, "joined_cells")]
    table = read_text("标签,评论\n好评,好喝\n差评,太甜,太贵\n")
    assert table.rows == (("好评", "好喝"), ("差评", "太甜,太贵"))


def test_a_row_with_too_many_cells_that_nothing_explains_is_left_out_and_reported(read_text: Read) -> None:
    good = "".join(f"第{n}条,{'好评' if n % 2 else '差评'}\n" for n in range(8))
    table = read_text(f"评论,标签\n{good}太甜,太贵,难说\n")
    assert len(table.rows) == 8
    assert reasons(table.dropped) == [(10, "too_many_cells")]


def test_a_forgotten_quote_that_swallows_rows_is_refused(read_text: Read) -> None:
    lines = ["评论,标签", '"好喝,好评', "一般,中性", "太慢,差评", "不错,好评", '难喝",差评']
    assert refusal(lambda: read_text("\n".join(lines))) == "data.unclosed_quote"


def test_broken_characters_are_removed_and_reported(read_text: Read) -> None:
    table = read_text("评论,标签\n好\x00喝,好评\n难喝\x0b,差评\n👩‍👧一家都爱,好评\n")
    assert [row[0] for row in table.rows] == ["好喝", "难喝", "👩‍👧一家都爱"]
    assert reasons(table.repaired) == [(2, "bad_characters"), (3, "bad_characters")]


def test_a_row_of_broken_characters_alone_is_a_blank_row(read_text: Read) -> None:
    table = read_text("评论,标签\n\x00,\x0b\n好喝,好评\n")
    assert table.rows == (("好喝", "好评"),)
    assert reasons(table.dropped) == [(2, "blank_row")]


def test_excels_separator_line_is_obeyed(read_text: Read) -> None:
    assert read_text("sep=;\r\n评论;标签\r\n好,喝;好评\r\n").rows == (("好,喝", "好评"),)


def test_question_and_answer_text_becomes_pairs(read_text: Read) -> None:
    table = read_text("问：少糖怎么做？\n答：减20%糖浆\n\nQ: 几点开门\nA: 九点半\n周末十点\n", "faq.txt")
    assert table.columns == ("question", "answer")
    assert table.rows == (("少糖怎么做？", "减20%糖浆"), ("几点开门", "九点半\n周末十点"))


def test_plain_lines_become_one_column(read_text: Read) -> None:
    assert read_text("评论\n很好喝\n太慢了\n", "lines.txt").rows == (("很好喝",), ("太慢了",))


def test_cells_of_a_workbook_are_what_a_person_reads(xlsx: Xlsx) -> None:
    day = datetime.datetime(2024, 5, 1)
    path = xlsx([["评论", "标签", "时间", "单号"], ["好喝", 1, day, "00012"], ["一般", 0.5, day.replace(hour=9), True]])
    table = tabulate_file(path)
    assert table.rows == (
        ("好喝", "1", "2024-05-01", "00012"),
        ("一般", "0.5", "2024-05-01 09:00:00", "TRUE"),
    )
    assert (table.format, table.sheet, table.sheets) == ("xlsx", "Sheet", ("Sheet",))


def test_cells_merged_downwards_are_filled_and_titles_above_left_out(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["甜滋滋 五月评价"], ["评论", "标签"], ["好喝", "好评"], ["不错", None], ["难喝", "差评"]):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("B3:B4")
    book.save(tmp_path / "merged.xlsx")
    table = tabulate_file(tmp_path / "merged.xlsx")
    assert table.rows == (("好喝", "好评"), ("不错", "好评"), ("难喝", "差评"))
    assert reasons(table.repaired) == [(4, "merged_cell")]
    assert reasons(table.dropped) == [(1, "title_row")]


def test_the_first_visible_sheet_with_cells_is_read_or_the_one_asked_for(tmp_path: Path) -> None:
    book = Workbook()
    hidden, empty, wanted, other = (book.create_sheet(name) for name in ("藏", "空", "评价", "问答"))
    book.remove(book.worksheets[0])
    hidden.append(["x", "y"])
    hidden.sheet_state = "hidden"
    for row in (["评论", "标签"], ["好喝", "好评"]):
        wanted.append(row)
    for row in (["问题", "答案"], ["几点开门", "九点"]):
        other.append(row)
    book.active = 1
    book.save(tmp_path / "sheets.xlsx")
    assert empty.title == "空"
    first = tabulate_file(tmp_path / "sheets.xlsx")
    assert (first.sheet, first.sheets, first.columns) == ("评价", ("空", "评价", "问答"), ("评论", "标签"))
    assert tabulate_file(tmp_path / "sheets.xlsx", Reading(sheet="问答")).columns == ("问题", "答案")


def test_a_libreoffice_table_is_read(tmp_path: Path) -> None:
    names = ("office:document-content", "office:body", "office:spreadsheet")
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in (("评论", "标签"), ("好喝", "好评"))
    )
    opened = f"<{names[0]} {spaces}>" + "".join(f"<{name}>" for name in names[1:])
    closed = "".join(f"</{name}>" for name in reversed(names))
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(tmp_path / "table.ods", "w") as file:
        file.writestr("mimetype", kind)
        file.writestr("META-INF/manifest.xml", "<manifest/>")
        file.writestr("content.xml", f'{opened}<table:table table:name="表一">{lines}</table:table>{closed}')
    table = tabulate_file(tmp_path / "table.ods")
    assert (table.format, table.sheet, table.rows) == ("ods", "表一", (("好喝", "好评"),))


def test_a_lone_cell_at_the_end_of_the_sheet_does_no_harm(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["评论", "标签"], ["好喝", "好评"]):
        sheet.append(row)
    sheet["A60000"] = "最后"
    book.save(tmp_path / "far.xlsx")
    table = tabulate_file(tmp_path / "far.xlsx")
    assert table.rows == (("好喝", "好评"), ("最后", ""))
    assert table.dropped == ({"row": 3, "last": 59_999, "reason": "data.blank_rows"},)


def test_a_list_of_objects_keeps_its_keys_and_its_numbers_as_written(read_json: Read, read_text: Read) -> None:
    table = read_json([{"text": "好", "label": 1}, {"text": "坏", "label": None, "more": [1]}])
    assert table.columns == ("text", "label", "more")
    assert table.rows == (("好", "1", ""), ("坏", "", '["1"]'))
    assert read_text('[{"id": 12345678901234567890, "x": 1.50}]', "n.json").rows == (("12345678901234567890", "1.50"),)


def test_openai_messages_become_a_row_for_each_reply(read_json: Read) -> None:
    turns = [
        {"role": "system", "content": "你是店员"},
        {"role": "user", "content": "在吗"},
        {"role": "assistant", "content": "在"},
        {"role": "user", "content": "几点关门"},
        {"role": "assistant", "content": [{"type": "text", "text": "十点"}]},
    ]
    table = read_json([{"messages": turns}])
    assert table.columns == ("system", "history", "prompt", "reply")
    assert table.rows == (
        ("你是店员", "", "在吗", "在"),
        ("你是店员", '[["user", "在吗"], ["assistant", "在"]]', "几点关门", "十点"),
    )
    assert table.numbers == (1, 1)


def test_sharegpt_and_preferences_give_the_chosen_reply(read_json: Read) -> None:
    table = read_json(
        [
            {
                "conversations": [{"from": "human", "value": "你好"}],
                "chosen": {"from": "gpt", "value": "您好"},
                "rejected": {"from": "gpt", "value": "滚"},
            },
        ]
    )
    assert table.rows == (("", "", "你好", "您好", "滚"),)


def test_lines_of_json_are_read_and_broken_ones_reported(read_text: Read) -> None:
    table = read_text('{"text": "好", "label": "1"}\n\n{"text": "坏"\n{"text": "中", "label": "0"}\n', "rows.jsonl")
    assert table.rows == (("好", "1"), ("中", "0"))
    assert table.numbers == (1, 4)
    assert reasons(table.dropped) == [(3, "bad_line")]


@pytest.mark.parametrize("data", [{"data": [{"q": "1", "a": "2"}]}, {"q": ["1"], "a": ["2"]}, {"q": "1", "a": "2"}])
def test_rows_under_a_key_in_columns_or_alone_are_found(read_json: Read, data: Any) -> None:
    table = read_json(data)
    assert (table.columns, table.rows) == (("q", "a"), (("1", "2"),))


def test_half_a_character_of_utf_16_is_removed_and_reported(read_text: Read) -> None:
    table = read_text('[{"text": "好\\ud83d喝", "label": "好评"}]', "half.json")
    assert table.rows == (("好喝", "好评"),)
    assert reasons(table.repaired) == [(1, "bad_characters")]


def test_the_content_decides_and_not_the_name(xlsx: Xlsx, read_text: Read, tmp_path: Path) -> None:
    misnamed = xlsx([["评论", "标签"], ["好喝", "好评"]]).rename(tmp_path / "really.csv")
    assert tabulate_file(misnamed).format == "xlsx"
    assert read_text("评论,标签\n好喝,好评\n", "really.xlsx").format == "csv"
    assert read_text('[{"评论": "好喝", "标签": "好评"}]', "really2.csv").format == "json"


def test_the_child_process_gives_what_the_parser_gives(xlsx: Xlsx) -> None:
    path = xlsx([["标题"], ["评论", "标签"], ["好喝", "好评"], [None, None], ["难喝", "差评"]])
    assert read_table(path) == tabulate_file(path)
