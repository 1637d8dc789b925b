"""Rows with more cells than the header has names are read where it is plain how; nothing is lost in silence."""

from __future__ import annotations

from pathlib import Path

from studio.data.reading.read import read_table
from studio.data.schema import Reading, Table

HEAD = "评论内容,点赞数,回复数,城市,图片\n"


def table_of(folder: Path, text: str) -> Table:
    path = folder / "评论.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path, Reading())


def test_what_an_export_writes_beyond_its_header_is_a_column_of_its_own(tmp_path: Path) -> None:
    first = [f"第{n}条评论，味道不错,{n},0,北京," for n in range(6)]
    replies = [f"第{n}条回复，谢谢,{n},1,上海,,回复 小{n}" for n in range(6)]
    table = table_of(tmp_path, HEAD + "\n".join(line for pair in zip(first, replies, strict=True) for line in pair))
    assert (table.columns[-1], len(table.rows), table.dropped) == ("F", 12, ())
    assert table.rows[:2] == (
        ("第0条评论，味道不错", "0", "0", "北京", "", ""),
        ("第0条回复，谢谢", "0", "1", "上海", "", "回复 小0"),
    )
    assert table.notes == ({"reason": "data.beyond_header", "n": 6},)


def test_a_comma_within_a_text_makes_no_column_and_the_row_is_told(tmp_path: Path) -> None:
    whole = [f"第{n}条评论，味道不错,{n},0,北京,p{n}" for n in range(6)]
    cut = [f"第{n}条,还行吧,{n},0,上海,p{n}" for n in range(6)]
    table = table_of(tmp_path, HEAD + "\n".join((*whole, *cut)))
    assert (len(table.columns), len(table.rows)) == (5, 6)
    assert [one["reason"] for one in table.dropped] == ["data.too_many_cells"] * 6


def test_a_row_whose_only_known_word_is_the_letter_of_an_answer_is_no_header(tmp_path: Path) -> None:
    table = table_of(tmp_path, "".join(f"第{n}题问什么？,甲{n},乙{n},丙{n},{'ABC'[n % 3]}\n" for n in range(6)))
    assert len(table.rows) == 6
    together = table_of(tmp_path, "Q,A\n几点开门,九点\n几点关门,十点\n")
    assert (together.columns, len(together.rows)) == (("Q", "A"), 2)


def test_rows_that_each_say_their_kind_are_no_second_line_of_the_header(tmp_path: Path) -> None:
    rows = ["单选,花茶是什么茶,再加工茶,,", *(f"单选,第{n}种茶叫什么,名{n},p{n},手册" for n in range(6))]
    table = table_of(tmp_path, "类型,题干,答案,页码,来源\n" + "\n".join(rows))
    assert (table.columns, len(table.rows)) == (("类型", "题干", "答案", "页码", "来源"), 7)
