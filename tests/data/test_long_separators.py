"""A file with a separator of several characters takes columns as a new table, because no csv can hold it."""

from __future__ import annotations

from pathlib import Path

from studio.data.adding.adding import Added, Column, add_columns
from studio.data.reading.read import read_table


def test_columns_are_added_to_a_file_with_a_long_separator(tmp_path: Path) -> None:
    source, out = tmp_path / "表.csv", tmp_path / "答.csv"
    source.write_text("评论|||标签\n好喝|||好评\n难喝|||差评\n", encoding="utf-8")
    table = read_table(source)
    written = add_columns(source, out, [table], [Added("", 1, [Column("猜的", {2: ["好评"], 3: ["差评"]})])])
    assert [note["key"] for note in written.lost] == ["predict.new_table"]
    again = read_table(out)
    assert (again.columns, again.rows[0]) == (("评论", "标签", "猜的"), ("好喝", "好评", "好评"))
