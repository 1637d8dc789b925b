"""The annotation card and the table: every answer comes after the commit, and nothing is lost on the way."""

from __future__ import annotations

import base64
import io
from typing import Any

import openpyxl
import pytest

from studio.errors import StudioError
from studio.studio import Studio
from studio.ui import rows
from studio.ui.page import Page


@pytest.fixture
def unlabelled(studio: Studio) -> str:
    dataset = studio.data.add_rows("留言", "classify", [(f"第{n}条留言", "") for n in range(1, 6)])
    studio.data.declare_labels(dataset.id, ["好评", "差评"])
    return dataset.id


def act(page: Page, dataset: str, do: str, **details: Any) -> dict[str, Any]:
    shown = rows.label_row(page, {"dataset": dataset, "do": do, **details})
    assert shown is not None
    return shown


def save(page: Page, dataset: str, shown: dict[str, Any], target: str) -> dict[str, Any]:
    return act(page, dataset, "save", number=shown["number"], revision=shown["revision"], target=target)


def test_the_card_opens_at_the_first_row_without_a_label(page: Page, unlabelled: str) -> None:
    page.studio.data.edit(unlabelled, 1, target="好评")
    shown = act(page, unlabelled, "open")
    assert (shown["number"], shown["done"], shown["total"]) == (2, 1, 5)
    assert shown["labels"] == ["好评", "差评"]


def test_a_label_is_on_the_disk_before_the_next_row_comes(page: Page, unlabelled: str) -> None:
    shown = save(page, unlabelled, act(page, unlabelled, "open"), "差评")
    assert (shown["number"], shown["done"]) == (2, 1)
    assert page.studio.data.row(unlabelled, 1).target == "差评"


def test_skipped_rows_come_back_at_the_end(page: Page, unlabelled: str) -> None:
    shown = act(page, unlabelled, "skip", number=1)
    assert shown["number"] == 2
    for _ in range(4):
        shown = save(page, unlabelled, shown, "好评")
    assert (shown["number"], shown["done"]) == (1, 4)


def test_undo_goes_back_to_the_row_it_changed(page: Page, unlabelled: str) -> None:
    after = save(page, unlabelled, act(page, unlabelled, "open"), "好评")
    back = act(page, unlabelled, "undo", number=after["number"])
    assert (back["number"], back["target"], back["undone"]) == (1, "", True)
    assert act(page, unlabelled, "undo", number=3)["undone"] is False


def test_undoing_a_new_row_leaves_the_card_on_one_that_exists(page: Page, unlabelled: str) -> None:
    added = page.studio.data.insert(unlabelled, "新的一条", "")
    assert act(page, unlabelled, "undo", number=added.number)["number"] == 5


def test_the_arrows_step_over_rows_that_are_gone(page: Page, unlabelled: str) -> None:
    page.studio.data.remove(unlabelled, 3)
    assert act(page, unlabelled, "next", number=2)["number"] == 4
    assert act(page, unlabelled, "previous", number=4)["number"] == 2
    assert act(page, unlabelled, "previous", number=1)["number"] == 1
    assert act(page, unlabelled, "next", number=5)["number"] == 5


def test_a_new_label_may_be_chosen_at_once_and_after_a_reload(page: Page, unlabelled: str) -> None:
    assert act(page, unlabelled, "declare", number=1, label="中性")["labels"] == ["好评", "差评", "中性"]
    assert act(page, unlabelled, "open")["labels"] == ["好评", "差评", "中性"]


def test_a_row_that_changed_elsewhere_is_not_overwritten(page: Page, unlabelled: str) -> None:
    shown = act(page, unlabelled, "open")
    page.studio.data.edit(unlabelled, 1, target="差评")
    with pytest.raises(StudioError) as caught:
        save(page, unlabelled, shown, "好评")
    assert caught.value.key == "data.row_changed_elsewhere"
    assert page.studio.data.row(unlabelled, 1).target == "差评"


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
