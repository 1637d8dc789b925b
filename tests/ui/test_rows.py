"""The table: every answer comes after the commit, and nothing is lost on the way."""

from __future__ import annotations

import base64
import io

import openpyxl
import pytest

from studio.studio import Studio
from studio.ui.data import table as rows
from studio.ui.kit.page import Page


@pytest.fixture
def unlabelled(studio: Studio) -> str:
    dataset = studio.data.add_rows("留言", "classify", [(f"第{n}条留言", "") for n in range(1, 6)])
    studio.data.declare_labels(dataset.id, ["好评", "差评"])
    return dataset.id


def test_the_table_comes_in_pages_of_fifty(page: Page) -> None:
    dataset = page.studio.data.add_rows("多", "chat", [(f"问{n}", f"答{n}") for n in range(120)]).id
    first = rows.table_page(page, {"dataset": dataset, "page": 0, "search": "", "label": "all"})
    last = rows.table_page(page, {"dataset": dataset, "page": 2, "search": "", "label": "all"})
    assert (len(first["rows"]), len(last["rows"]), first["total"]) == (50, 20, 120)
    found = rows.table_page(page, {"dataset": dataset, "page": 0, "search": "问119", "label": "all"})
    assert [row["text"] for row in found["rows"]] == ["问119"]


def test_the_table_shows_one_label_or_what_has_none(page: Page, unlabelled: str) -> None:
    page.studio.data.edit(unlabelled, 2, target="好评")
    asked = {"dataset": unlabelled, "page": 0, "search": ""}
    assert [row["number"] for row in rows.table_page(page, {**asked, "label": "label:好评"})["rows"]] == [2]
    assert rows.table_page(page, {**asked, "label": "none"})["total"] == 4


def test_a_cell_keeps_what_was_typed_and_counts_its_changes(page: Page, unlabelled: str) -> None:
    edited = rows.edit_cell(page, {"dataset": unlabelled, "number": 1, "revision": 0, "text": "=1+1 <b>"})
    assert (edited["text"], edited["revision"]) == ("=1+1 <b>", 1)
    assert page.studio.data.row(unlabelled, 1).text == "=1+1 <b>"


def test_rows_are_added_deleted_and_brought_back(page: Page, unlabelled: str) -> None:
    added = rows.insert_row(page, {"dataset": unlabelled, "text": "新的", "target": "好评"})
    assert page.studio.data.progress(unlabelled) == (1, 6)
    rows.remove_row(page, {"dataset": unlabelled, "number": added["number"]})
    assert page.studio.data.progress(unlabelled) == (0, 5)
    assert rows.undo_edit(page, {"dataset": unlabelled}) == {"undone": True}
    assert page.studio.data.progress(unlabelled) == (1, 6)


def test_the_cleaned_table_can_be_saved(page: Page, reviews: str) -> None:
    file = rows.cleaned_table(page, {"dataset": reviews})
    assert file["name"] == "评价.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(base64.b64decode(file["content"]))).active
    assert sheet is not None
    assert sheet.max_row == 25
