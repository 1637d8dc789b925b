"""The Data tab's handlers as plain functions: what comes in, what is shown, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr
import pytest

from studio.data.statistics import statistics
from studio.errors import StudioError
from studio.ui.data import adding
from studio.ui.data import label as labelling
from studio.ui.data import tab as data_tab
from studio.ui.data import table as rows_view
from studio.ui.data import versions as versions_view
from studio.ui.data.overview import overview
from studio.ui.kit.page import Page

Upload = Callable[[str, str], str]


def texts(nodes: Any) -> str:
    """All text in nodes, in reading order."""
    if nodes is None:
        return ""
    if isinstance(nodes, str):
        return nodes
    if isinstance(nodes, dict):
        return texts(nodes["children"])
    return " ".join(texts(one) for one in nodes)


def table(head: str, *ends: str, times: int = 5) -> str:
    """A csv whose rows begin differently and end, in turn, as given."""
    return head + "\n" + "".join(f"第{n}次来，{end}\n" for n in range(times) for end in ends)


def test_a_file_becomes_the_chosen_dataset(page: Page, upload: Upload) -> None:
    file = upload("评价.csv", table("内容,评价", "很好喝,好评", "太甜了,差评"))
    cleared, refusal, *_, dropdown = adding.add_files(page, [file], "auto")
    assert (cleared, refusal) == (None, None)
    chosen = page.studio.data.get(dropdown.value)
    assert (chosen.name, chosen.task) == ("评价", "classify")


def test_what_was_understood_of_it_is_told(page: Page, upload: Upload) -> None:
    file = upload("r.csv", table("内容,评价", "很好喝,好评", "太甜了,差评") + ",好评\n")
    adding.add_files(page, [file], "auto")
    dataset = page.studio.data.list()[0]
    shown = texts(data_tab.report_of(page, dataset))
    for said in ("分类", "10", "r.csv", "好评", "跳过了 1 处", "第 12 行"):
        assert said in shown


def test_the_page_is_told_every_task_and_what_a_column_can_be_for_in_it(page: Page, upload: Upload) -> None:
    adding.add_files(page, [upload("r.csv", table("内容,评价", "很好喝,好评", "太甜了,差评"))], "auto")
    value = data_tab.roles_value(page.studio.data.list()[0])
    assert value is not None
    assert value["task"] == "classify"
    told = ["system", "history", "paraphrase"]
    assert value["tasks"] == [
        {"name": "classify", "labelled": True, "roles": ["text", "label", "group", "ignore"]},
        {"name": "chat", "labelled": False, "roles": ["prompt", "reply", *told, "group", "ignore"]},
        {"name": "prefer", "labelled": False, "roles": ["prompt", "reply", "rejected", *told, "group", "ignore"]},
    ]


@pytest.mark.parametrize(("task", "labelled"), [("classify", True), ("chat", False)])
def test_every_view_is_told_whether_a_row_wants_a_label(page: Page, task: Any, labelled: bool) -> None:
    dataset = page.studio.data.add_rows("行", task, [("早上好", "甲"), ("晚上好", "乙")]).id
    rows = rows_view.table_page(page, {"dataset": dataset, "page": 0, "search": "", "label": "all"})
    card = labelling.label_row(page, {"dataset": dataset, "do": "open"})
    assert card is not None
    shown = [rows, card, versions_view.version_list(page, {"dataset": dataset})]
    assert [one["labelled"] for one in shown] == [labelled] * 3


def test_the_rows_are_told_in_numbers_as_they_stand_now(page: Page) -> None:
    store = page.studio.data
    asked = store.add_rows("问答", "chat", [("几点开门", "九点"), ("什么时候开门", "九点"), ("老板是谁", "林小满")])
    shown = texts(data_tab.report_of(page, asked))
    for said in ("一半不超过 4 个字，最长 6 个字", "一个答案有几种问法", "一个问题有几种答案", "≤ 10"):
        assert said in shown
    reviews = store.add_rows("评价", "classify", [("好喝", ""), ("难喝", "")])
    assert "差评" not in texts(data_tab.report_of(page, reviews))
    store.edit(reviews.id, 2, target="差评")
    shown = texts(data_tab.report_of(page, store.get(reviews.id)))
    assert "差评" in shown and "问法" not in shown


@pytest.mark.parametrize(("name", "text"), [("empty.csv", ""), ("goods.csv", "编号,数量\n1,2\n3,4\n")])
def test_a_file_of_no_use_is_refused_beside_the_place_for_the_next(
    page: Page, upload: Upload, name: str, text: str
) -> None:
    cleared, refusal, *_ = adding.add_files(page, [upload(name, text)], "auto")
    assert cleared is None
    assert refusal[0]["attributes"]["role"] == "alert"
    assert texts(refusal)
    assert page.studio.data.list() == []


def test_texts_alone_are_no_fault_but_asked_about_and_one_click_takes_them_to_be_labelled(
    page: Page, upload: Upload
) -> None:
    file = upload("one.csv", table("内容", "很好喝，下次还来", "等了四十分钟，太慢了"))
    kept, asked, _, button, dropdown = adding.add_files(page, [file], "auto")
    assert kept == dropdown == gr.skip() and page.studio.data.list() == []
    assert asked[0]["attributes"]["role"] == "status" and "“内容”" in texts(asked) and button.visible
    *_, button, dropdown = adding.add_files(page, [file], adding.TO_LABEL)
    assert (page.studio.data.get(dropdown.value).report.unlabelled, button.visible) == (10, False)
    *_, button, _ = adding.add_files(page, None, "auto")  # it was taken away instead
    assert not button.visible


def test_one_column_is_enough_for_who_wants_to_label(page: Page, upload: Upload) -> None:
    file = upload("one.csv", table("内容", "很好喝"))
    _, refusal, *_, dropdown = adding.add_files(page, [file], "classify")
    assert refusal is None
    shown, go_label, go_model = data_tab.standing_nodes(page, dropdown.value)
    assert "一条都还没标" in texts(shown)
    assert (go_label.visible, go_model.visible) == (True, False)


def test_the_wizard_writes_who_the_assistant_is(page: Page) -> None:
    dropdown = adding.add_identity(page, " 小茶 ", "青柠奶茶店")
    rows, total = page.studio.data.rows(dropdown.value)
    assert total >= 60
    assert any("小茶" in row.target for row in rows)
    assert not any("{" in row.target for row in rows)


@pytest.mark.parametrize(("name", "maker"), [("", "店"), ("小茶", "  ")])
def test_the_wizard_needs_both_names(page: Page, name: str, maker: str) -> None:
    with pytest.raises(StudioError) as caught:
        adding.add_identity(page, name, maker)
    assert caught.value.key == "data_tab.names_missing"


def test_without_a_dataset_only_the_ways_to_one_are_shown(page: Page) -> None:
    adding_column, working, *_ = data_tab.show(page, None)
    assert (adding_column.visible, working.visible) == (True, False)
    assert adding.choose(page, None).value is None


def test_the_remembered_dataset_is_chosen_and_else_the_newest(page: Page, reviews: str) -> None:
    newer = page.studio.data.add_rows("问答", "chat", [("几点开门", "九点")] * 3).id
    assert adding.choose(page, reviews).value == reviews
    assert adding.choose(page, "data-that-is-gone").value == newer


def test_showing_a_dataset_fills_every_part_of_the_tab(page: Page, reviews: str) -> None:
    shown = data_tab.show(page, reviews)
    assert len(shown) == 13
    assert shown[0].visible is False
    assert shown[1].visible is True


def test_other_roles_read_the_same_file_again(page: Page, upload: Upload) -> None:
    adding.add_files(page, [upload("r.csv", table("甲,乙", "很好喝,好评", "太甜了,差评"))], "auto")
    dataset = page.studio.data.list()[0]
    wanted = {"roles": {"甲": "prompt", "乙": "reply"}, "task": "chat", "respell": False}
    again = data_tab.reread(page, dataset.id, wanted).value
    assert page.studio.data.get(again).task == "chat"


def test_blanks_for_names_are_asked_for_and_filled(page: Page, upload: Upload) -> None:
    adding.add_files(
        page, [upload("i.csv", "问题,回答\n" + "你是谁,我是{{name}}\n谁做的你,{{author}}做的\n" * 3)], "auto"
    )
    dataset = page.studio.data.list()[0].id
    assert data_tab.show(page, dataset)[7].visible is True
    assert data_tab.fill(page, dataset, "小茶", "青柠")[7].visible is False
    assert page.studio.data.row(dataset, 1).target == "我是小茶"


def test_the_split_counts_every_row_once(page: Page, reviews: str) -> None:
    shown = texts(data_tab.split_nodes(page, reviews))
    splits = page.studio.data.splits(reviews)
    assert len(splits.train) + len(splits.validation) + len(splits.test) == 24
    assert f"全部 {len(splits.train)} {len(splits.validation)} {len(splits.test)}" in shown


def test_a_dataset_without_labels_says_what_is_missing(page: Page) -> None:
    dataset = page.studio.data.add_rows("空", "classify", [("很好喝", ""), ("太甜了", "")]).id
    shown = data_tab.split_nodes(page, dataset)
    assert shown is not None
    assert "warning" in [one["attributes"]["class"] for one in shown]


def test_a_note_of_another_version_empties_no_report(page: Page, reviews: str) -> None:
    card = page.studio.data.get(reviews)
    told = replace(
        card.report, notes=({"reason": "data.of_tomorrow", "n": 3},), dropped=({"row": 2, "reason": "gone"},)
    )
    shown = texts(overview(page, replace(card, report=told), statistics(page.studio.data.pairs(reviews), True)))
    assert "data.of_tomorrow" in shown and "gone" in shown
