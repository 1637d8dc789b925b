"""A table as Python prints it, which no JSON is, takes columns as a new table, because it cannot be kept as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.data.adding.adding import Added, Column, add_columns
from studio.data.reading.read import read_table

LISTED = "[{'评论': '好喝', '标签': '好评'}, {'评论': '难喝', '标签': '差评'}]"
IN_LINES = "{'评论': '好喝', '标签': '好评'}\n{'评论': '难喝', '标签': '差评'}\n"
WITH_A_COMMA = '[{"评论": "好喝", "标签": "好评"}, {"评论": "难喝", "标签": "差评",},]'


@pytest.mark.parametrize(("name", "text"), [("表.json", LISTED), ("表.jsonl", IN_LINES), ("表.json", WITH_A_COMMA)])
def test_columns_are_added_to_records_that_are_not_quite_json(tmp_path: Path, name: str, text: str) -> None:
    source, out = tmp_path / name, tmp_path / f"答-{name}"
    source.write_text(text, encoding="utf-8")
    table = read_table(source)
    written = add_columns(source, out, [table], [Added("", 1, [Column("猜的", {1: ["好评"], 2: ["差评"]})])])
    assert [note["key"] for note in written.lost] == ["predict.new_table"]
    again = read_table(out)
    assert again.columns == ("评论", "标签", "猜的")
    assert [row[-1] for row in again.rows] == ["好评", "差评"]
