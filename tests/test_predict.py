"""A table that is answered comes back as it was, with answers at its right, and what became of each row is told."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from studio.answered import Answered
from studio.errors import StudioError
from studio.predict import Answerer, Wish, offer, predict_file
from studio.studio import Studio
from tests.books import account_book, look, same_cells
from tests.data.nasty.make import ods
from tests.fakes import FakeEngine

TASTES = (("很好喝", "好评"), ("太难喝", "差评"))
CASES = Path(__file__).parents[2] / "shared" / "cases"


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A workspace, and its run on reviews."""
    folder = tmp_path_factory.mktemp("taught")
    rows = "".join(f"{taste}，第{n}次来,{label}\n" for n in range(20) for taste, label in TASTES)
    with Studio(FakeEngine(), folder / "home") as made:
        return folder / "home", learned(made, folder, "评论,标签\n" + rows)


@pytest.fixture
def studio(taught: tuple[Path, str], tmp_path: Path) -> Iterator[Studio]:
    """Of a copy of that workspace."""
    with Studio(FakeEngine(), Path(shutil.copytree(taught[0], tmp_path / "home"))) as made:
        yield made


def learned(studio: Studio, folder: Path, content: str, name: str = "学.csv", **said: Any) -> str:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return studio.train(studio.plan(studio.data.add(path, **said).id).config).id


@pytest.fixture
def run(taught: tuple[Path, str]) -> str:
    return taught[1]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return account_book(tmp_path / "账本.xlsx")


def predicted(studio: Studio, run: str, source: Path, out: Path, **said: Any) -> Answered:
    return predict_file(Answerer(studio, run), source, out, lang="zh", wish=Wish(**said))


def test_a_workbook_comes_back_cell_by_cell_with_answers_at_the_right(
    studio: Studio, run: str, book: Path, tmp_path: Path
) -> None:
    found = predicted(studio, run, book, tmp_path / "out.xlsx")
    same_cells(book, tmp_path / "out.xlsx")
    made = openpyxl.load_workbook(tmp_path / "out.xlsx")
    july, august, shops = made.worksheets
    assert [(july.cell(row, 7).value, july.cell(row, 8).value) for row in range(1, 7)] == [
        (None, None), ("回答", "把握"), ("好评", 0.9), (None, None), (None, None), ("差评", 0.9),
    ]  # fmt: skip
    assert july["H3"].number_format == "0.0%" and look(july["G2"]) == look(july["F2"])
    assert [cell.value for cell in august[2]][2:] == ["好评", 0.9] and shops.max_column == 2
    assert (found.rows, found.answered, found.blank) == (4, 3, 1)
    assert found.answers == {"好评": 2, "差评": 1}
    assert [sheet.skipped.get("reason") for sheet in found.sheets] == [None, None, "predict.not_asked"]
    said = found.remarks("zh")
    assert any("门店" in line for line in said) and any("公式都在" in line for line in said)


@pytest.mark.parametrize("name", ["p_book.xlsx"])
def test_a_reported_workbook_comes_back_cell_by_cell(studio: Studio, run: str, tmp_path: Path, name: str) -> None:
    if not (CASES / name).exists():
        pytest.skip(f"{name} is not part of the project")
    found = predicted(studio, run, CASES / name, tmp_path / "out.xlsx")
    same_cells(CASES / name, tmp_path / "out.xlsx")
    assert (found.rows, found.answered, found.blank) == (5, 3, 2)
    [unread] = found.sheets[0].left_out
    assert (unread["reason"], unread["row"], unread["count"]) == ("data.formula_without_value", 7, 1)


def test_what_a_workbook_loses_is_said(studio: Studio, run: str, book: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(book, "a") as file:
        file.writestr("xl/threadedComments/threadedComment1.xml", "<ThreadedComments/>")
        file.writestr("xl/slicers/slicer1.xml", "<slicers/>")
        file.writestr("xl/vbaProject.bin", b"macros")
    found = predicted(studio, run, book, tmp_path / "out.xlsx")
    lost = {entry["key"] for entry in found.lost}
    assert lost == {
        "predict.formulas",
        "predict.redrawn_charts",
        *(f"predict.lost_{kind}" for kind in ("talks", "slicers", "macros")),
    }
    assert all(len(found.remarks(lang)) == len(set(found.remarks(lang))) for lang in ("zh", "en"))


def test_a_number_that_is_no_date_is_not_made_an_error(studio: Studio, run: str, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in (["天数", "评论"], [-5, "很好喝"]):
        sheet.append(row)
    sheet["A2"].number_format = "yyyy-mm-dd"
    made.save(tmp_path / "天.xlsx")
    predicted(studio, run, tmp_path / "天.xlsx", tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "out.xlsx") as file:
        content = file.read("xl/worksheets/sheet1.xml").decode()
    assert "#VALUE!" not in content and "-5" in content


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", ","), ("utf-8-sig", "\t"), ("gb18030", ";"), ("utf-16", ",")])
def test_a_text_table_keeps_its_lines_its_encoding_and_its_separator(
    studio: Studio, run: str, tmp_path: Path, encoding: str, mark: str
) -> None:
    rows = [
        "单号,余额,电话,评论",
        "000123,-5.50,+86 138,很好喝",
        '000124, 3 ,-,"太难喝\n了"',
        "",
        "000125,,@小王,",
        "126,1e5,=1+1",
    ]
    lines = [row.replace(",", mark) for row in rows]
    source, out = tmp_path / "账.csv", tmp_path / "out.csv"
    source.write_bytes("\r\n".join(lines).encode(encoding))
    found = predicted(studio, run, source, out)
    answered = out.read_bytes().decode(encoding)
    more = ["回答,把握", "好评,0.9000", "差评,0.9000", "", "", ""]
    assert answered.split("\r\n") == [
        line + (mark + last.replace(",", mark) if last else "") for line, last in zip(lines, more, strict=True)
    ]
    assert (found.rows, found.answered, found.blank) == (4, 2, 2)


def test_json_lines_keep_every_value_and_get_keys(studio: Studio, run: str, tmp_path: Path) -> None:
    lines = [
        '{"评论": "很好喝", "余额": 1.50, "号": 12345678901234567890, "回答": "旧"}',
        "不是 JSON",
        '{"评论": "", "x": {}}',
    ]
    source = tmp_path / "账.jsonl"
    source.write_text("\n".join([*lines, lines[0]]), encoding="utf-8")
    found = predicted(studio, run, source, tmp_path / "out.jsonl")
    first, bad, blank, _ = (tmp_path / "out.jsonl").read_text(encoding="utf-8").split("\n")
    assert first == lines[0][:-1] + ', "回答 2": "好评", "把握": 0.9}' and [bad, blank] == lines[1:]
    assert [(entry["reason"], entry["count"]) for entry in found.sheets[0].left_out] == [("data.bad_line", 1)]
    listed = tmp_path / "账.json"
    listed.write_text(f"[{lines[0]},\n {lines[2]}]", encoding="utf-8")
    predicted(studio, run, listed, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))[0]["把握"] == 0.9


def test_a_conversation_gets_the_answer_to_each_of_its_questions_below_its_system_text(
    studio: Studio, tmp_path: Path
) -> None:
    rows = [{"system": "你是喵星客服", "instruction": f"第{n}桌几点上菜", "output": f"{n}点喵"} for n in range(12)]
    chat = learned(studio, tmp_path, "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "学.jsonl")
    assert studio.system(chat) == "你是喵星客服" and studio.ask(chat, "第3桌几点上菜") == "3点喵"
    turns = [("system", "你是喵星客服")]
    turns += [turn for n in (1, 2) for turn in (("user", f"第{n}桌几点上菜"), ("assistant", "好"))]
    said = [{"role": who, "content": words} for who, words in turns]
    (tmp_path / "聊.jsonl").write_text(json.dumps({"messages": said}, ensure_ascii=False) + "\n", encoding="utf-8")
    found = predicted(studio, chat, tmp_path / "聊.jsonl", tmp_path / "out.jsonl")
    answers = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["回答"]
    assert answers[0] == "1点喵" and len(answers) == found.answered == 2


def test_several_columns_and_the_system_text_of_training_are_asked(studio: Studio, tmp_path: Path) -> None:
    rows = "".join(f"单{n},{taste}{n},{label}\n" for n in range(12) for taste, label in TASTES)
    two = learned(studio, tmp_path, "标题,正文,标签\n" + rows, roles={"标题": "text", "正文": "text"})
    (tmp_path / "问.csv").write_text("正文,标题\n太难喝3,单3\n,\n", encoding="utf-8")
    found = predicted(studio, two, tmp_path / "问.csv", tmp_path / "out.csv")
    assert found.sheets[0].columns == ("标题", "正文") and found.answers == {"差评": 1}
    (tmp_path / "缺.csv").write_text("正文,号\n太难喝3,1\n很好喝4,2\n", encoding="utf-8")
    found = predicted(studio, two, tmp_path / "缺.csv", tmp_path / "out.csv")
    assert found.sheets[0].missing == ("标题",) and "标题" in found.remarks("zh")[0]
    report = studio.evaluate(two, file=tmp_path / "学.csv")
    assert report["columns"] == ["标题", "正文"] and report["tuned"]["correct"] == report["count"] == 24


def test_a_column_of_another_name_is_guessed_and_said_or_chosen(studio: Studio, run: str, tmp_path: Path) -> None:
    source = tmp_path / "问.csv"
    source.write_text("顾客留言,店员的话\n很好喝呀呀,太难喝\n很好喝呢呢,太难喝了\n", encoding="utf-8")
    found = predicted(studio, run, source, tmp_path / "out.csv")
    assert found.sheets[0].guessed and found.sheets[0].columns == ("顾客留言",)
    assert "顾客留言" in found.remarks("zh")[0] and found.answers == {"好评": 2}
    found = predicted(studio, run, source, tmp_path / "out.csv", texts=("店员的话",))
    assert not found.sheets[0].guessed and found.answers == {"差评": 2}
    with pytest.raises(StudioError) as refusal:
        predicted(studio, run, source, tmp_path / "out.csv", texts=("没有",))
    assert refusal.value.key == "data.no_such_column"


@pytest.mark.parametrize(
    ("table", "columns", "asked"),
    [
        ("编号,评论\n1,很好喝\n", (), ()),  # named as in training
        ("留言\n很好喝\n", (), ()),  # there is no other
        ("顾客留言,店员的话\n很好喝呀呀,太难喝\n很好喝呢呢,太难喝了\n", ("顾客留言", "店员的话"), ("顾客留言",)),
        ("甲,乙\n1,2\n3,4\n", ("甲", "乙"), ()),  # nothing that could be asked
    ],
)
def test_where_no_column_is_named_as_in_training_those_of_the_table_are_offered_with_a_guess(
    studio: Studio, run: str, tmp_path: Path, table: str, columns: tuple[str, ...], asked: tuple[str, ...]
) -> None:
    source = tmp_path / "问.csv"
    source.write_text(table, encoding="utf-8")
    found = offer(Answerer(studio, run), source, tmp_path / "out.csv")
    assert (found.columns, found.asked) == (columns, asked)
    if asked:  # taking the guess is the same as saying nothing
        chosen, left = (predicted(studio, run, source, tmp_path / "o.csv", texts=texts) for texts in (asked, ()))
        assert chosen.answers == left.answers


def test_a_table_is_never_written_over_itself(studio: Studio, run: str, tmp_path: Path, monkeypatch: Any) -> None:
    source = tmp_path / "问.csv"
    source.write_text("评论\n很好喝\n", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "软.csv").symlink_to(source)
    os.link(source, tmp_path / "硬.csv")
    monkeypatch.chdir(tmp_path)
    for name in ("问.csv", "sub/../问.csv", "软.csv", "硬.csv", str(source)):
        with pytest.raises(StudioError) as refusal:
            predicted(studio, run, source, Path(name))
        assert refusal.value.key == "predict.onto_itself"
    for out, key in (("没有/out.csv", "export.no_folder"), ("out.docx", "data.no_such_format")):
        with pytest.raises(StudioError) as refusal:
            predicted(studio, run, source, Path(out))
        assert refusal.value.key == key
    assert source.read_text(encoding="utf-8") == "评论\n很好喝\n"
    predicted(studio, run, source, tmp_path / "out.csv")
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def test_what_can_only_be_read_comes_back_as_a_workbook_with_its_types(
    studio: Studio, run: str, tmp_path: Path
) -> None:
    source = tmp_path / "账.ods"
    source.write_bytes(ods([("评论", "金额"), ("很好喝", "3"), ("", "4")]))
    found = predicted(studio, run, source, tmp_path / "out.xlsx")
    assert found.lost[0] == {"key": "predict.values_only", "format": "ods"}
    rows = list(openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0].values)
    assert [row[2] for row in rows] == ["回答", "好评", None] and (found.answered, found.blank) == (1, 1)


def test_parquet_keeps_its_types(studio: Studio, run: str, tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.table(
        {"评论": ["很好喝", ""], "日": pyarrow.array([1, None], pyarrow.date32()), "余额": [-5.5, 2.0]}
    )
    parquet.write_table(table, tmp_path / "账.parquet")
    predicted(studio, run, tmp_path / "账.parquet", tmp_path / "out.parquet")
    found = parquet.read_table(tmp_path / "out.parquet")
    assert found.select(table.column_names).schema.equals(table.schema) and found.select(table.column_names).equals(
        table
    )
    assert found.column("回答").to_pylist() == ["好评", None] and found.column("把握").to_pylist() == [0.9, None]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl", ".json", ".parquet"])
def test_another_format_is_a_new_table_which_is_said(
    studio: Studio, run: str, book: Path, tmp_path: Path, ending: str
) -> None:
    source = book if ending != ".xlsx" else tmp_path / "问.csv"
    (tmp_path / "问.csv").write_text("评论,余额\n很好喝,-5.50\n", encoding="utf-8")
    found = predicted(studio, run, source, tmp_path / f"out{ending}")
    assert found.lost[-1]["key"] == "predict.new_table" and (tmp_path / f"out{ending}").stat().st_size
    skipped = [sheet.skipped.get("reason") for sheet in found.sheets[1:]]
    assert skipped == ([] if ending == ".xlsx" else ["predict.one_sheet_only"] * 2)
    again = predicted(studio, run, tmp_path / f"out{ending}", tmp_path / f"again{ending}")
    assert again.answers == found.answers
