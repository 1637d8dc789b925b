"""Annotations can be undone, and none is lost: not when many write at once, not when the process is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.data.datastore import DataStore
from studio.data.schema import Dataset
from studio.workspace import Workspace
from tests.children import PATIENCE
from tests.data.conftest import PAIRS, refusal


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


def test_many_threads_label_without_losing_a_row(store: DataStore, dataset: Dataset) -> None:
    def label(start: int) -> None:
        for number in range(start, 41, 4):
            store.edit(dataset.id, number, target=f"线程{start}")

    threads = [threading.Thread(target=label, args=(start,), daemon=True) for start in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
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
        process.wait(PATIENCE)
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
