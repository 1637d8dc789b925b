"""Versions as kept: listed, compared, taken home; and what a page of the table may be asked for."""

from __future__ import annotations

import csv
import json
import zlib
from pathlib import Path

import datasets
import openpyxl
import pytest
from pyarrow import parquet

from studio.data.datastore import DataStore
from studio.data.export import write_folder, write_version
from studio.data.schema import Dataset, Example, Message, Splits
from studio.data.store.queries import Wanted
from studio.data.store.versions import compare
from studio.tasks import Task
from studio.workspace import Workspace, connect, transaction
from tests.data.conftest import refusal

PAIRS = [(f"第{number}杯" + "茶" * (number % 7), ("好评", "差评", "")[number % 3]) for number in range(1, 61)]


@pytest.fixture
def dataset(store: DataStore) -> Dataset:
    return store.add_rows("评价", "classify", PAIRS)


def numbers(store: DataStore, dataset: Dataset, wanted: Wanted, offset: int = 0, limit: int = 50) -> list[int]:
    return [row.number for row in store.page(dataset.id, wanted, offset, limit)[0]]


def test_rows_come_in_the_order_that_is_asked_for(store: DataStore, dataset: Dataset) -> None:
    by_length = numbers(store, dataset, Wanted(sort="length", descending=True))
    lengths = [len(PAIRS[number - 1][0]) for number in by_length]
    assert lengths == sorted(lengths, reverse=True)
    by_text = numbers(store, dataset, Wanted(sort="text"), limit=60)
    assert by_text == sorted(range(1, 61), key=lambda number: PAIRS[number - 1][0])
    assert numbers(store, dataset, Wanted(descending=True), limit=2) == [60, 59]


def test_deep_pages_of_an_order_continue_the_first_ones(store: DataStore) -> None:
    dataset = store.add_rows("多", "classify", [(f"{n * 7919 % 5000:05d}", "好评") for n in range(5000)])
    wanted = Wanted(sort="text")
    found = [number for offset in range(0, 5000, 500) for number in numbers(store, dataset, wanted, offset, 500)]
    assert [store.row(dataset.id, number).text for number in found[990:1010]] == [f"{n:05d}" for n in range(990, 1010)]
    assert len(set(found)) == 5000
    store.edit(dataset.id, found[-1], text="000000")
    assert numbers(store, dataset, wanted, 4990, 20)[-1] != found[-1]


def test_only_what_was_changed_or_found_may_be_shown(store: DataStore, dataset: Dataset) -> None:
    store.edit(dataset.id, 7, text="改过了")
    added = store.insert(dataset.id, "新的一条", "好评").number
    assert numbers(store, dataset, Wanted(changed=True)) == [7, added]
    assert store.edited(dataset.id) == 2
    assert numbers(store, dataset, Wanted(numbers=(5, 3, 9999))) == [3, 5]
    assert store.page(dataset.id, Wanted(numbers=()))[1] == 0
    assert store.numbers(dataset.id, Wanted(target="好评", search="茶")) == [
        number for number, (text, label) in enumerate(PAIRS, 1) if label == "好评" and "茶" in text and number != 7
    ]


def test_search_finds_what_was_typed_and_nothing_else(store: DataStore) -> None:
    dataset = store.add_rows(
        "符号", "classify", [("100%", "a"), ("1000", "b"), ("a_b", "c"), ("a\\b", "a_b"), ("axb", "d")]
    )
    assert numbers(store, dataset, Wanted(search="0%")) == [1]
    assert numbers(store, dataset, Wanted(search="a_b")) == [3, 4]
    assert numbers(store, dataset, Wanted(search="\\")) == [4]


def test_more_ways_to_say_a_row_take_its_answer_and_one_undo(store: DataStore, tmp_path: Path) -> None:
    lines = "".join(f"组{n // 2},问题{n},答案{n}\n" for n in range(24))
    (tmp_path / "in.csv").write_text("组,问题,答案\n" + lines, encoding="utf-8")
    dataset = store.add(tmp_path / "in.csv")
    assert dict(dataset.report.roles) == {"组": "group", "问题": "prompt", "答案": "reply"}
    assert store.insert_like(dataset.id, 3, ["换种说法", " ", " 再换一种 "]) == 2
    rows = store.rows(dataset.id, offset=24)[0]
    assert [(row.text, row.target) for row in rows] == [("换种说法", "答案2"), ("再换一种", "答案2")]
    splits = store.splits(dataset.id, store.freeze(dataset.id))
    sides = {part: {row.number for row in getattr(splits, part) if row.group == "组1"} for part in ("train", "test")}
    assert {3, 4, 25, 26} in (sides["train"], sides["test"], {r.number for r in splits.validation if r.group == "组1"})
    store.undo(dataset.id)
    assert store.rows(dataset.id)[1] == 24


def test_phrasings_made_from_a_row_never_test_what_it_taught(store: DataStore) -> None:
    dataset = store.add_rows("问答", "chat", [(f"问题{n}", f"答案{n // 3}") for n in range(30)])
    for number in range(1, 31):
        store.insert_like(dataset.id, number, [f"请问问题{number}", f"问题{number}呀"])
    taught = store.splits(dataset.id, store.freeze(dataset.id))
    assert taught.lesson == "facts" and len(taught.train) == 90
    store.teach(dataset.id, "manner")
    splits = store.splits(dataset.id, store.freeze(dataset.id))
    parts = {row.number: part for part in ("train", "validation", "test") for row in getattr(splits, part)}
    for number in range(1, 31):
        made = (30 + 2 * number - 1, 30 + 2 * number)
        assert {parts[number]} == {parts[one] for one in made}
    assert set(parts.values()) == {"train", "validation", "test"}


def test_versions_are_listed_with_what_they_hold(store: DataStore, dataset: Dataset) -> None:
    first = store.freeze(dataset.id)
    store.edit(dataset.id, 1, target="好评")
    store.remove(dataset.id, 3)
    second = store.freeze(dataset.id)
    newest, oldest = store.versions(dataset.id)
    assert (newest.number, oldest.number) == (second, first) == (2, 1)
    assert (oldest.rows, dict(oldest.labels)) == (40, {"差评": 20, "好评": 20})
    assert sum(newest.parts.values()) == newest.rows
    assert newest.created >= oldest.created


def test_a_list_tells_of_versions_from_before_it_was_kept(store: DataStore, dataset: Dataset) -> None:
    store.freeze(dataset.id)
    before = store.versions(dataset.id)
    store._db().execute("UPDATE versions SET facts = NULL")
    assert store.versions(dataset.id) == before


def test_two_versions_differ_by_what_was_done_between_them(store: DataStore, dataset: Dataset) -> None:
    first = store.freeze(dataset.id)
    store.edit(dataset.id, 1, text="换了", target="差评")
    store.remove(dataset.id, 3)
    added = store.insert(dataset.id, "新来的", "好评").number
    store.edit(dataset.id, 5, target="好评")
    second = store.freeze(dataset.id)
    found = compare(store.splits(dataset.id, first), store.splits(dataset.id, second))
    assert [(one.number, one.kind) for one in found] == [
        (1, "changed"), (3, "removed"), (5, "added"), (added, "added"),
    ]  # fmt: skip
    assert found[0].old is not None and found[0].new is not None
    assert (found[0].old.text, found[0].new.text) == ("第1杯茶", "换了")
    assert compare(store.splits(dataset.id, first), store.splits(dataset.id, first)) == []


def test_a_fold_of_a_version_can_be_had(store: DataStore, dataset: Dataset) -> None:
    version = store.freeze(dataset.id)
    tested = [row.number for place in (1, 2, 3) for row in store.splits(dataset.id, version, fold=(place, 3)).test]
    assert sorted(tested) == [number for number, (_, label) in enumerate(PAIRS, 1) if label]
    assert refusal(lambda: store.splits(dataset.id, version, fold=(4, 3))) == "split.no_such_fold"
    assert refusal(lambda: store.splits(dataset.id, version, fold=(1, 99))) == "split.too_few_for_folds"


def test_a_dataset_is_renamed_but_not_to_nothing(store: DataStore, dataset: Dataset) -> None:
    store.rename(dataset.id, " 六月的评价 ")
    assert store.get(dataset.id).name == store.name_of(dataset.id) == "六月的评价"
    assert refusal(lambda: store.rename(dataset.id, "  ")) == "versions.no_name"
    assert refusal(lambda: store.rename("data-none", "x")) == "data.no_such_dataset"


def test_a_version_goes_home_whole_or_one_part_of_it(store: DataStore, dataset: Dataset, tmp_path: Path) -> None:
    store.edit(dataset.id, 1, text="=1+1", target="好评")
    splits = store.splits(dataset.id, store.freeze(dataset.id))
    for ending in (".xlsx", ".csv", ".jsonl"):
        write_version(tmp_path / f"v{ending}", dataset, splits)
        write_version(tmp_path / f"test{ending}", dataset, splits, "test")
    sheet = openpyxl.load_workbook(tmp_path / "v.xlsx").worksheets[0]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert lines[0] == ["text", "label", "split"]
    assert lines[1][:2] == ["=1+1", "好评"]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} == {"s"}
    assert len(lines) == 41
    with (tmp_path / "test.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["text", "label"], *([row.text, row.target] for row in splits.test)]
    assert (tmp_path / "v.csv").read_bytes().startswith(b"\xef\xbb\xbf'"[:3])
    again = store.add(tmp_path / "v.xlsx")
    assert (again.task, again.report.rows, again.report.roles["split"]) == ("classify", 40, "ignore")


def test_a_version_is_a_parquet_table_with_the_part_of_each_row(
    store: DataStore, dataset: Dataset, tmp_path: Path
) -> None:
    splits = store.splits(dataset.id, store.freeze(dataset.id))
    write_version(tmp_path / "v.parquet", dataset, splits)
    table = parquet.read_table(tmp_path / "v.parquet")
    assert (table.column_names, table.num_rows) == (["text", "label", "split"], 40)
    assert set(table["split"].to_pylist()) == {"train", "validation", "test"}
    again = store.add(tmp_path / "v.parquet")
    assert (again.task, again.report.rows, again.report.format) == ("classify", 40, "parquet")


@pytest.mark.parametrize(
    ("task", "row"),
    [
        ("classify", {"text": "几点关门", "label": "十点"}),
        ("chat", {"messages": [{"role": "user", "content": "几点关门"}, {"role": "assistant", "content": "十点"}]}),
    ],
)
def test_a_version_is_a_folder_that_datasets_opens_whatever_parts_are_empty(
    task: Task, row: dict[str, object], tmp_path: Path
) -> None:
    splits = Splits("data-1", 1, task, (), (Example(1, "几点关门", "十点"),))
    write_folder(tmp_path / "all", task, splits)
    opened = datasets.load_from_disk(tmp_path / "all")
    assert {part: len(rows) for part, rows in opened.items()} == {"train": 1, "validation": 0, "test": 0}
    assert opened["train"][0] == row and opened["test"].column_names == list(row)
    write_folder(tmp_path / "one", task, splits, "train")
    assert list(datasets.load_from_disk(tmp_path / "one")) == ["train"]


TALK = Example(1, "几点关门", "十点", (Message("system", "店员"), Message("user", "在吗"), Message("assistant", "在")))


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        (
            "messages",
            {
                "messages": [
                    {"role": "system", "content": "店员"},
                    {"role": "user", "content": "在吗"},
                    {"role": "assistant", "content": "在"},
                    {"role": "user", "content": "几点关门"},
                    {"role": "assistant", "content": "十点"},
                ]
            },
        ),
        (
            "alpaca",
            {"instruction": "几点关门", "input": "", "output": "十点", "system": "店员", "history": [["在吗", "在"]]},
        ),
    ],
)
def test_lines_have_the_shapes_that_others_read_and_come_back(
    store: DataStore, tmp_path: Path, shape: str, line: dict[str, object]
) -> None:
    dataset = store.add_rows("问答", "chat", [("a", "b")])
    splits = Splits(dataset.id, 1, "chat", (), (TALK,))
    write_version(tmp_path / "out.jsonl", dataset, splits, shape=shape)  # type: ignore[arg-type]
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8")) == line
    rows = store.rows(store.add(tmp_path / "out.jsonl").id)[0]
    assert (TALK.text, TALK.target, TALK.context) in [(row.text, row.target, row.context) for row in rows]


def test_a_version_from_before_lessons_were_kept_is_read_as_it_was_frozen(
    store: DataStore, workspace: Workspace
) -> None:
    dataset = store.add_rows("问答", "chat", [("几点开门", "九点开门。"), ("几点关门", "十点关门。")])
    version = store.freeze(dataset.id)
    turns = [{"role": "system", "content": "你是店员"}]
    old = [[1, "几点开门", "九点开门。", turns, "train"], [2, "几点关门", "十点关门。", [], "test", "时间"]]
    content = zlib.compress(json.dumps(old, ensure_ascii=False).encode())
    with transaction(connect(workspace.database)) as db:
        db.execute("UPDATE versions SET content = ? WHERE version = ?", (content, version))
    splits = store.splits(dataset.id, version)
    assert splits.lesson == "manner" and splits.validation == ()
    assert splits.train == (Example(1, "几点开门", "九点开门。", (Message("system", "你是店员"),)),)
    assert splits.test == (Example(2, "几点关门", "十点关门。", group="时间"),)


@pytest.mark.parametrize(
    ("texts", "labels", "lang"),
    [
        ("第{}杯很好喝", ("good", "bad"), "zh"),
        ("The tea number {} was good", ("好评", "差评"), "en"),
        ("お茶{}はおいしい", ("好评", "差评"), None),
        ("{}-{}", ("a", "b"), None),
    ],
)
def test_a_new_version_is_asked_in_the_language_of_its_texts(
    store: DataStore, texts: str, labels: tuple[str, str], lang: str | None
) -> None:
    rows = [(texts.format(n, n), labels[n % 2]) for n in range(20)]
    dataset = store.add_rows("评价", "classify", rows).id
    assert store.splits(dataset, store.freeze(dataset)).asked_in == lang


def test_questions_and_answers_are_asked_as_they_stand(store: DataStore) -> None:
    dataset = store.add_rows("问答", "chat", [(f"第{n}号柜在哪", f"{n}楼") for n in range(9)]).id
    assert store.splits(dataset, store.freeze(dataset)).asked_in is None
