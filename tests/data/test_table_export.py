"""Tables out: what Excel opens runs nothing, and what comes back is what went out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.data.datastore import DataStore
from studio.data.export import write_table
from studio.data.reading.child import tabulate_file
from tests.data.conftest import refusal

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "#N/A",
]


def test_every_cell_of_a_workbook_is_text_and_comes_back_the_same(tmp_path: Path) -> None:
    rows = [[formula, "00123"] for formula in FORMULAS]
    write_table(tmp_path / "out.xlsx", ["评论", "标签"], rows)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} == {"s"}
    assert [[cell.value.replace("\r", "\n") for cell in line] for line in sheet.iter_rows(min_row=2)] == [
        [formula.replace("\r", "\n"), "00123"] for formula in FORMULAS
    ]


@pytest.mark.parametrize("ending", [".csv", ".tsv"])
def test_no_cell_of_a_text_table_can_run_as_a_formula(tmp_path: Path, ending: str) -> None:
    write_table(tmp_path / f"out{ending}", ["=评论", "标签"], [[formula, "好评"] for formula in FORMULAS])
    text = (tmp_path / f"out{ending}").read_text(encoding="utf-8-sig")
    cells = [cell for row in csv.reader(text.splitlines(), delimiter="," if ending == ".csv" else "\t") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))]
    assert (tmp_path / f"out{ending}").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_plain_number_stays_one(tmp_path: Path) -> None:
    numbers = ["-5.50", "+3", "-1,234.5", "-1e5", "-12%"]
    write_table(tmp_path / "out.csv", ["余额"], [[number] for number in numbers])
    assert [row[0] for row in csv.reader((tmp_path / "out.csv").open(encoding="utf-8-sig"))][1:] == numbers


words = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufeff\ufffe\uffff"), min_size=1, max_size=15
)
words = words.map(str.strip).filter(bool)


@given(st.lists(st.tuples(words, words), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_survive_the_way_through_a_workbook(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    write_table(tmp_path / "words.xlsx", ["评论", "标签"], rows)
    assert tabulate_file(tmp_path / "words.xlsx").rows == tuple(
        row for row in rows if tuple(cell for cell in row) != ("评论", "标签")
    )


def test_a_dataset_goes_out_under_its_own_column_names_and_comes_back(store: DataStore, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("单号,评论,标签\n1,好喝,好评\n2,难喝,差评\n3,还行,\n", encoding="utf-8")
    dataset = store.add(tmp_path / "in.csv")
    for ending in ("xlsx", "csv", "tsv"):
        store.export(dataset.id, tmp_path / f"out.{ending}")
        table = tabulate_file(tmp_path / f"out.{ending}")
        assert table.columns == ("评论", "标签")
        assert table.rows == (("好喝", "好评"), ("难喝", "差评"), ("还行", ""))
    store.export(dataset.id, tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == {"text": "好喝", "label": "好评"}


def test_conversations_keep_what_was_said_before(store: DataStore, tmp_path: Path) -> None:
    turns = [("system", "店员"), ("user", "在吗"), ("assistant", "在"), ("user", "几点关门"), ("assistant", "十点")]
    messages = [{"messages": [{"role": role, "content": content} for role, content in turns]}]
    (tmp_path / "in.json").write_text(json.dumps(messages, ensure_ascii=False), encoding="utf-8")
    dataset = store.add(tmp_path / "in.json")
    rows = store.rows(dataset.id)[0]
    for ending in ("xlsx", "csv", "jsonl"):
        store.export(dataset.id, tmp_path / f"out.{ending}")
        again = store.rows(store.add(tmp_path / f"out.{ending}").id)[0]
        said = [(one.text, one.target, one.context) for one in again]
        kept = [(one.text, one.target, one.context) for one in rows]
        # a line of jsonl is a whole conversation, of which each answer is a row
        assert set(kept) <= set(said) if ending == "jsonl" else said == kept, ending


def test_what_a_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    assert refusal(lambda: write_table(tmp_path / "out.docx", ["a"], [["b"]])) == "data.no_such_format"
    assert refusal(lambda: write_table(tmp_path / "out.xlsx", ["a"], [["字" * 32_768]])) == "data.too_long_for_xlsx"
