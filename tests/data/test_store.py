"""Datasets as kept: files and rows come in, pages are quick, versions are frozen, what is deleted is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.data.datastore import DataStore
from studio.data.intake.intake import Wish
from studio.data.schema import Dataset
from studio.errors import StudioError
from studio.workspace import Workspace
from tests.data.conftest import refusal


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
