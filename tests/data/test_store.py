"""Datasets as kept: annotations durable and undoable, pages quick, versions frozen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.data.datastore import DataStore
from studio.data.intake.intake import Wish
from studio.data.schema import Dataset
from studio.errors import StudioError
from studio.workspace import Workspace
from tests.data.conftest import refusal

PAIRS = [(f"第{number}杯", ("好评", "差评", "中性", "")[(number - 1) % 4]) for number in range(1, 41)]


@pytest.fixture
def dataset(store: DataStore) -> Dataset:
    return store.add_rows("评价", "classify", PAIRS)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    lines = "\n".join(f"第{number}杯很好喝,{'好评' if number % 2 else '差评'},第{number}号" for number in range(20))
    return write(tmp_path / "五月.csv", f"评论,标签,备注\n{lines}\n")


def test_a_file_becomes_a_dataset_and_its_upload_is_kept_untouched(
    store: DataStore, workspace: Workspace, reviews: Path
) -> None:
    dataset = store.add(reviews)
    assert (dataset.name, dataset.task, dataset.report.rows, dataset.report.file) == (
        "五月",
        "classify",
        20,
        "五月.csv",
    )
    assert dict(dataset.report.labels) == {"差评": 10, "好评": 10}
    assert (workspace.upload_dir(dataset.id) / "file").read_bytes() == reviews.read_bytes()
    assert store.get(dataset.id) == dataset
    assert [one.id for one in store.list()] == [dataset.id]


def test_a_refused_file_leaves_nothing_behind(store: DataStore, workspace: Workspace, tmp_path: Path) -> None:
    assert refusal(lambda: store.add(write(tmp_path / "empty.csv", ""))) == "data.empty"
    assert refusal(lambda: store.add(tmp_path / "missing.csv")) == "data.no_such_file"
    assert store.list() == []
    assert list((workspace.home / "uploads").iterdir()) == []


def test_a_refusal_calls_the_file_by_the_name_that_the_person_gave_it(store: DataStore, tmp_path: Path) -> None:
    with pytest.raises(StudioError) as refused:
        store.add(write(tmp_path / "六月.csv", "评论,标签\n"))
    assert "六月.csv" in refused.value.say("zh")


def test_pages_hold_the_rows_that_match_and_their_number(store: DataStore, dataset: Dataset) -> None:
    rows, total = store.rows(dataset.id, offset=38, limit=50)
    assert ([row.number for row in rows], total) == ([39, 40], 40)
    assert store.rows(dataset.id, label="好评")[1] == 10
    assert store.rows(dataset.id, unlabelled=True, limit=3)[0][0].target == ""
    assert [row.number for row in store.rows(dataset.id, search="第7杯")[0]] == [7]
    assert store.rows(dataset.id, search="%")[1] == 0
    parts = {part: store.rows(dataset.id, part=part)[1] for part in ("train", "validation", "test")}
    assert parts == {"train": 24, "validation": 3, "test": 3}
    assert store.rows(dataset.id, label="好评", part="test", search="杯")[1] == 1


def test_an_edit_is_seen_by_a_new_store_at_once(store: DataStore, dataset: Dataset, workspace: Workspace) -> None:
    row = store.edit(dataset.id, 4, target=" 好评 ", revision=0)
    assert (row.target, row.revision, row.changed) == ("好评", 1, True)
    assert DataStore(workspace).row(dataset.id, 4) == row


def test_a_row_changed_elsewhere_is_not_overwritten(store: DataStore, dataset: Dataset) -> None:
    store.edit(dataset.id, 1, target="差评", revision=0)
    assert refusal(lambda: store.edit(dataset.id, 1, target="中性", revision=0)) == "data.row_changed_elsewhere"
    assert store.row(dataset.id, 1).target == "差评"


def test_a_row_edited_back_is_as_uploaded(store: DataStore, dataset: Dataset) -> None:
    store.edit(dataset.id, 1, text="别的", target="差评")
    assert not store.edit(dataset.id, 1, text="第1杯", target="好评").changed


def test_undo_takes_back_edits_new_rows_and_removals_in_turn(store: DataStore, dataset: Dataset) -> None:
    before = store.rows(dataset.id, limit=100)[0]
    store.edit(dataset.id, 2, target="中性")
    added = store.insert(dataset.id, "新的一杯", "好评")
    store.remove(dataset.id, 3)
    assert (added.number, store.rows(dataset.id)[1]) == (41, 40)
    taken_back = [store.undo(dataset.id) for _ in range(3)]
    assert [row.number for row in taken_back if row] == [3, 41, 2]
    assert store.undo(dataset.id) is None
    after = store.rows(dataset.id, limit=100)[0]
    assert [(row.number, row.text, row.target, row.changed) for row in after] == [
        (row.number, row.text, row.target, row.changed) for row in before
    ]
    assert store.insert(dataset.id, "又一杯").number == 42  # a number is never used again


def test_labels_keep_their_order_while_people_label(store: DataStore, dataset: Dataset) -> None:
    assert store.labels(dataset.id) == ["好评", "差评", "中性"]
    for number in range(1, 20):
        store.edit(dataset.id, number, target="中性")
    store.edit(dataset.id, 20, target="新的")
    assert store.labels(dataset.id) == ["好评", "差评", "中性", "新的"]
    store.undo(dataset.id)
    assert store.labels(dataset.id) == ["好评", "差评", "中性"]
    store.declare_labels(dataset.id, ["急", " "])
    assert store.labels(dataset.id)[-1] == "急"


def test_progress_and_the_next_row_to_label(store: DataStore, dataset: Dataset) -> None:
    assert store.progress(dataset.id) == (30, 40)
    assert [store.next_unlabelled(dataset.id, after) for after in (0, 4, 39, 40)] == [4, 8, 40, 4]
    for number in range(4, 41, 4):
        store.edit(dataset.id, number, target="好评")
    assert store.progress(dataset.id) == (40, 40)
    assert store.next_unlabelled(dataset.id) is None


def test_replies_are_counted_without_being_labels(store: DataStore) -> None:
    dataset = store.add_rows(
        "问答", "chat", [(f"问{number}", f"答{number}" if number % 2 else "") for number in range(10)]
    )
    assert (store.labels(dataset.id), store.progress(dataset.id)) == ([], (5, 10))
    store.edit(dataset.id, 1, target="新的答案")
    assert store.progress(dataset.id) == (6, 10)
    assert store.rows(dataset.id, label="新的答案")[1] == 1


def test_the_same_rows_freeze_to_the_same_version(store: DataStore, dataset: Dataset) -> None:
    assert [store.freeze(dataset.id), store.freeze(dataset.id), store.freeze(dataset.id, seed=7)] == [1, 1, 2]
    store.edit(dataset.id, 4, target="好评")
    assert store.freeze(dataset.id) == 3
    store.undo(dataset.id)
    assert store.freeze(dataset.id) == 1
    assert {row.number for row in store.rows(dataset.id, unlabelled=True)[0] if row.part} == set()


def test_a_frozen_version_does_not_change_with_the_rows(store: DataStore, dataset: Dataset) -> None:
    version = store.freeze(dataset.id)
    before = store.splits(dataset.id, version)
    store.edit(dataset.id, before.train[0].number, text="改过了", target="改过了")
    store.remove(dataset.id, before.test[0].number)
    assert store.splits(dataset.id, version) == before
    assert (len(before.train), len(before.validation), len(before.test)) == (24, 3, 3)
    assert before.labels == ("好评", "差评", "中性")
    assert store.splits(dataset.id, store.freeze(dataset.id)).version == version + 1


def test_the_rows_show_the_parts_of_the_last_freeze(store: DataStore, dataset: Dataset) -> None:
    for number in range(4, 41, 4):
        store.edit(dataset.id, number, target="好评")
    splits = store.splits(dataset.id, store.freeze(dataset.id))
    shown = {row.number for row in store.rows(dataset.id, part="test")[0]}
    assert shown == {example.number for example in splits.test}


def test_other_roles_are_read_in_place_and_annotations_are_never_lost(store: DataStore, reviews: Path) -> None:
    dataset = store.add(reviews)
    roles = {"评论": "ignore", "标签": "label", "备注": "text"}
    again = store.reinterpret(dataset.id, Wish(roles=roles))
    assert again.id == dataset.id
    assert store.row(dataset.id, 1).text == "第0号"
    assert store.progress(dataset.id) == (20, 20)
    store.edit(dataset.id, 1, target="中性")
    other = store.reinterpret(dataset.id, Wish(roles={"评论": "text", "标签": "label", "备注": "ignore"}))
    assert other.id != dataset.id
    assert (store.row(dataset.id, 1).target, store.row(other.id, 1).target) == ("中性", "差评")


def test_typed_rows_have_no_columns_to_choose(store: DataStore, dataset: Dataset) -> None:
    assert refusal(lambda: store.reinterpret(dataset.id, Wish(roles={"text": "label"}))) == "data.no_upload"


def test_placeholders_are_filled_at_once_and_one_undo_brings_them_back(store: DataStore) -> None:
    pairs = [("你是谁", "我是{{name}}，{{ author }}做的"), ("你好", "你好"), ("{{name}}在吗", "在")]
    dataset = store.add_rows("我是谁", "chat", pairs)
    assert dataset.report.placeholders == ("author", "name")
    assert store.fill(dataset.id, "小甜", "甜滋滋") == 2
    assert store.row(dataset.id, 1).target == "我是小甜，甜滋滋做的"
    assert store.get(dataset.id).report.placeholders == ()
    store.undo(dataset.id)
    assert [(row.text, row.target) for row in store.rows(dataset.id)[0]] == pairs
    assert store.get(dataset.id).report.placeholders


def test_a_deleted_dataset_is_gone_with_its_upload_and_the_others_stay(
    store: DataStore, workspace: Workspace, reviews: Path, dataset: Dataset
) -> None:
    doomed = store.add(reviews)
    store.freeze(doomed.id)
    store.delete(doomed.id)
    assert refusal(lambda: store.get(doomed.id)) == "data.no_such_dataset"
    assert not workspace.upload_dir(doomed.id).exists()
    assert store.progress(dataset.id) == (30, 40)
    assert store.name_of(doomed.id) == doomed.id


def test_what_does_not_exist_is_named(store: DataStore, dataset: Dataset) -> None:
    assert refusal(lambda: store.rows("data-nowhere")) == "data.no_such_dataset"
    assert refusal(lambda: store.row(dataset.id, 99)) == "data.no_such_row"
    assert refusal(lambda: store.edit(dataset.id, 99, target="x")) == "data.no_such_row"
    assert refusal(lambda: store.remove(dataset.id, 99)) == "data.no_such_row"
    assert refusal(lambda: store.splits(dataset.id)) == "data.no_such_version"
    assert refusal(lambda: store.insert(dataset.id, "  ")) == "data.empty_text"
    assert refusal(lambda: store.edit(dataset.id, 1, text=" ")) == "data.empty_text"


def test_many_threads_label_without_losing_a_row(store: DataStore, dataset: Dataset) -> None:
    def label(start: int) -> None:
        for number in range(start, 41, 4):
            store.edit(dataset.id, number, target=f"线程{start}")

    threads = [threading.Thread(target=label, args=(start,)) for start in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.rows(dataset.id, label=f"线程{start}")[1] for start in (1, 2, 3, 4)] == [10, 10, 10, 10]
    assert store.progress(dataset.id) == (40, 40)


steps = st.one_of(
    st.tuples(st.just("edit"), st.integers(1, 12), st.sampled_from(["好评", "差评", "", "新"])),
    st.tuples(st.just("insert"), st.just(0), st.sampled_from(["好评", ""])),
    st.tuples(st.just("remove"), st.integers(1, 12), st.just("")),
    st.tuples(st.just("undo"), st.just(0), st.just("")),
)


@given(st.lists(steps, max_size=15))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_always_agree_with_the_rows_and_undo_leads_back(
    store: DataStore, actions: list[tuple[str, int, str]]
) -> None:
    dataset = store.add_rows("任意", "classify", PAIRS[:8])
    start = [(row.number, row.text, row.target) for row in store.rows(dataset.id)[0]]
    for action, number, target in actions:
        numbers = {row.number for row in store.rows(dataset.id)[0]}
        if action == "insert":
            store.insert(dataset.id, "新的", target)
        elif action == "undo":
            store.undo(dataset.id)
        elif number in numbers:
            store.edit(dataset.id, number, target=target) if action == "edit" else store.remove(dataset.id, number)
        rows, total = store.rows(dataset.id, limit=100)
        assert total == len(rows)
        assert store.progress(dataset.id) == (sum(bool(row.target) for row in rows), len(rows))
        assert set(store.labels(dataset.id)) == {row.target for row in rows if row.target}
    while store.undo(dataset.id):
        pass
    assert [(row.number, row.text, row.target) for row in store.rows(dataset.id)[0]] == start


ANNOTATOR = """
import sys
from pathlib import Path
from studio.data.datastore import DataStore
from studio.errors import StudioError
from studio.workspace import Workspace
store, dataset = DataStore(Workspace(Path(sys.argv[1]))), sys.argv[2]
for number in range(int(sys.argv[3]), 2001):
    store.edit(dataset, number, target=f"标{number}")
    print(number, flush=True)
"""


def test_no_acknowledged_annotation_is_lost_when_the_process_is_killed(store: DataStore, workspace: Workspace) -> None:
    dataset = store.add_rows("很多", "classify", [(f"第{number}杯", "") for number in range(1, 2001)])
    start = 1
    for kills in (40, 75, 120):
        process = subprocess.Popen(
            [sys.executable, "-c", ANNOTATOR, str(workspace.home), dataset.id, str(start)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        acknowledged = start - 1
        for line in process.stdout:
            acknowledged = int(line)
            if acknowledged == start + kills:
                os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        kept = [row for row in store.rows(dataset.id, limit=2000)[0] if row.target]
        assert [row.target for row in kept] == [f"标{number}" for number in range(1, len(kept) + 1)]
        assert acknowledged <= len(kept) <= acknowledged + 1  # one may be committed and not yet said
        assert all(row.revision == 1 for row in kept)
        start = len(kept) + 1


def test_many_rows_change_at_once_and_one_undo_takes_it_back(store: DataStore) -> None:
    dataset = store.add_rows("茶", "classify", [("好喝", "好评"), ("难喝", "差评"), ("还行", "中性")]).id
    assert store.change(dataset, {1: {"target": "差评"}, 2: None, 9: {"text": "没有这一行"}}) == 2
    assert [(row.number, row.target) for row in store.rows(dataset)[0]] == [(1, "差评"), (3, "中性")]
    store.undo(dataset)
    assert [(row.number, row.target) for row in store.rows(dataset)[0]] == [(1, "好评"), (2, "差评"), (3, "中性")]
    assert store.undo(dataset) is None
