"""Versions on the page: listed with the runs that used them, read, compared, saved; a dataset renamed and deleted."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import datasets
import openpyxl
import pytest
from pyarrow import parquet

from studio.errors import StudioError
from studio.ui.data import keeping
from studio.ui.data import tab as data_tab
from studio.ui.data import versions as versions_view
from studio.ui.data.overview import split_table
from studio.ui.kit.page import Page
from tests.ui.test_data_tab import texts


@pytest.fixture
def two(page: Page, reviews: str) -> str:
    """A dataset of two versions, between which a row was changed, one deleted and one added."""
    store = page.studio.data
    store.freeze(reviews)
    store.edit(reviews, 1, text="=1+1")
    store.remove(reviews, 2)
    store.insert(reviews, "新的一条", "好评")
    store.freeze(reviews)
    return reviews


def changes(page: Page, dataset: str, kind: str = "all", **pair: int) -> dict[str, Any]:
    return versions_view.version_changes(
        page, {"dataset": dataset, "old": 1, "new": 2, "kind": kind, "page": 0, **pair}
    )


def saved(page: Page, dataset: str, format: str, part: str = "all") -> tuple[str, bytes]:
    file = versions_view.version_file(page, {"dataset": dataset, "version": 2, "format": format, "part": part})
    return file["name"], base64.b64decode(file["content"])


def test_a_version_names_the_runs_that_learned_from_it(page: Page, two: str) -> None:
    page.studio.train(page.studio.plan(two).config)
    listed = versions_view.version_list(page, {"dataset": two})
    newest, oldest = listed["versions"]
    assert (newest["version"], oldest["version"]) == (2, 1)
    assert len(newest["runs"]) == 1 and oldest["runs"] == []
    assert sum(newest["parts"].values()) == newest["rows"] == 24
    assert listed["formats"] == ["xlsx", "csv", "parquet", "text-label", "messages", "alpaca", "datasets"]


def test_a_version_is_kept_once(page: Page, reviews: str) -> None:
    assert versions_view.keep_version(page, {"dataset": reviews}) == {"version": 1, "new": True}
    assert versions_view.keep_version(page, {"dataset": reviews}) == {"version": 1, "new": False}


def test_an_old_version_shows_its_rows_as_they_were(page: Page, two: str) -> None:
    shown = versions_view.version_rows(page, {"dataset": two, "version": 1, "page": 0})
    assert (shown["total"], shown["rows"][0]["number"]) == (24, 1)
    assert shown["rows"][0]["text"] == "很好喝，第0次来"
    assert shown["rows"][0]["part"] in ("train", "validation", "test")
    assert versions_view.version_rows(page, {"dataset": two, "version": 1, "page": 9})["rows"] == []


def test_what_changed_between_two_versions_is_shown_by_kind(page: Page, two: str) -> None:
    found = changes(page, two)
    assert found["counts"] == {"added": 1, "removed": 1, "changed": 1}
    assert [row["kind"] for row in found["rows"]] == ["changed", "removed", "added"]
    assert found["rows"][0]["old"]["text"] == "很好喝，第0次来"
    assert found["rows"][0]["new"]["text"] == "=1+1"
    assert [row["number"] for row in changes(page, two, "removed")["rows"]] == [2]
    assert changes(page, two, old=1, new=1)["total"] == 0


def test_a_version_is_saved_as_a_table_that_runs_nothing(page: Page, two: str) -> None:
    name, content = saved(page, two, "xlsx")
    assert name == "评价-v2.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet["A2"].value == "=1+1" and sheet["A2"].data_type == "s"
    name, content = saved(page, two, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    assert next(csv.reader(io.StringIO(content.decode("utf-8-sig")).readlines()[1:]))[0] == "'=1+1"


def test_one_part_of_it_is_saved_in_the_shape_of_another_tool(page: Page, two: str) -> None:
    name, content = saved(page, two, "alpaca", "test")
    assert name == "评价-v2-test.jsonl"
    lines = [json.loads(line) for line in content.decode().splitlines()]
    assert len(lines) == len(page.studio.data.splits(two, 2).test)
    assert all(line.keys() == {"instruction", "input", "output"} for line in lines)


def test_a_version_is_saved_for_programs(page: Page, two: str, tmp_path: Path) -> None:
    name, content = saved(page, two, "parquet")
    assert name == "评价-v2.parquet"
    assert parquet.read_table(io.BytesIO(content)).num_rows == 24
    name, content = saved(page, two, "datasets", "train")
    assert name == "评价-v2-train.zip"
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    opened = datasets.load_from_disk(tmp_path)
    assert {part: len(rows) for part, rows in opened.items()} == {"train": len(page.studio.data.splits(two, 2).train)}


def test_a_version_that_never_was_is_refused_in_words(page: Page, reviews: str) -> None:
    with pytest.raises(StudioError) as caught:
        versions_view.version_rows(page, {"dataset": reviews, "version": 7, "page": 0})
    assert caught.value.key == "data.no_such_version"


def test_a_dataset_is_renamed_on_the_page(page: Page, reviews: str) -> None:
    chosen = keeping.rename(page, reviews, "六月的评价")
    assert chosen.value == reviews
    assert "六月的评价" in chosen.choices[0][0]
    assert keeping.show(page, reviews)[0] == "六月的评价"
    assert keeping.show(page, None)[0] == ""


def test_before_it_is_deleted_all_that_would_be_lost_is_counted(page: Page, two: str) -> None:
    page.studio.train(page.studio.plan(two).config)
    _, sure, lost = keeping.ask(page, two)
    assert sure.visible is True
    for said in ("评价", "24 条", "2 条改动", "2 个版本", "1 次训练"):
        assert said in texts(lost)
    assert keeping.delete(page, two).value is None
    assert page.studio.data.list() == []
    assert len(page.studio.runs()) == 1


def test_a_dataset_that_a_run_needs_is_not_deleted(page: Page, reviews: str) -> None:
    page.studio.start(page.studio.plan(reviews).config)
    for act in (keeping.ask, keeping.delete):  # it is said at the first click, not at the second
        with pytest.raises(StudioError) as caught:
            act(page, reviews)
        assert caught.value.key == "versions.in_use"
    assert page.studio.data.get(reviews).name == "评价"


def test_the_split_tells_how_exact_its_test_is_and_what_it_kept_together(page: Page) -> None:
    pairs = [(f"第{n}杯很好喝", "好评") for n in range(100)] + [(f"第{n}杯太难喝", "差评") for n in range(98)]
    dataset = page.studio.data.add_rows("评价", "classify", [*pairs, ("第1杯，很好喝！", "好评"), ("差", "差评")]).id
    shown = texts(data_tab.split_nodes(page, dataset))
    assert "20 条考题：考出 90% 时，真实水平在 70%–97% 之间" in shown
    assert "一样的话：2 条" in shown


def test_a_split_without_a_test_claims_nothing(page: Page) -> None:
    dataset = page.studio.data.add_rows("少", "classify", [("好喝", "好评"), ("难喝", "差评")]).id
    splits = page.studio.data.splits(dataset, page.studio.data.freeze(dataset))
    assert "90%" not in texts(split_table(page, splits, {}))
