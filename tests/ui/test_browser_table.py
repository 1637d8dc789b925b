"""The table, the split and the versions in a real browser: by keyboard, on a narrow screen, with hostile words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from studio.studio import Studio
from tests.ui.test_browser import HOSTILE

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]


def many(studio: Studio) -> str:
    pairs = [(f"{HOSTILE}{n}", ("好评", "差评", "")[n % 3]) for n in range(60)]
    return studio.data.add_rows("留言", "classify", pairs).id


def test_rows_are_chosen_relabelled_and_undone_with_the_keyboard_alone(
    visit: Visits, address: tuple[str, Studio]
) -> None:
    store, dataset = address[1].data, many(address[1])
    page = visit().page
    page.locator("#table-button").press("Enter")
    page.locator("td .pick").nth(0).press("Space")
    expect(page.locator(".rows-chosen strong")).to_have_text("选了 1 条")
    page.locator(".rows-chosen .quiet").first.press("Enter")
    expect(page.locator(".rows-chosen strong")).to_have_text("选了 60 条")
    page.locator(".relabel").select_option("new")
    page.keyboard.type("中性")
    page.keyboard.press("Enter")
    expect(page.locator(".rows > .state")).to_contain_text("改了 60 条")
    assert {row.target for row in store.rows(dataset, limit=60)[0]} == {"中性"}
    page.get_by_role("button", name="撤销", exact=True).filter(visible=True).press("Enter")
    expect(page.locator(".rows > .state")).to_have_text("撤销好了")
    assert store.progress(dataset) == (40, 60)


def test_a_click_with_shift_takes_all_between_and_deleting_asks_twice(
    visit: Visits, address: tuple[str, Studio]
) -> None:
    store, dataset = address[1].data, many(address[1])
    visited = visit(width=390)
    page = visited.page
    page.click("#table-button")
    page.locator("td .pick").nth(2).click()
    page.locator("td .pick").nth(6).click(modifiers=["Shift"])
    expect(page.locator(".rows-chosen strong")).to_have_text("选了 5 条")
    page.click(".rows-chosen .danger")
    assert store.rows(dataset)[1] == 60
    page.click(".rows-chosen .danger.sure")
    expect(page.locator(".rows > .state")).to_contain_text("删掉了 5 条")
    assert [row.number for row in store.rows(dataset, limit=3)[0]] == [1, 2, 8]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert visited.complaints == []


def test_versions_are_compared_and_taken_home_on_a_narrow_screen(visit: Visits, address: tuple[str, Studio]) -> None:
    store, dataset = address[1].data, many(address[1])
    store.freeze(dataset)
    store.edit(dataset, 1, text="换了一句")
    store.freeze(dataset)
    visited = visit(lang="en", width=390)
    page, title = visited.page, visited.page.title()
    page.click("#versions-button")
    page.click(".compare button")
    expect(page.locator(".version-shown del")).to_have_text(f"{HOSTILE}0")
    expect(page.locator(".version-shown ins")).to_have_text("换了一句")
    page.locator(".version-tools .quiet").nth(1).click()
    page.locator(".version-shown select").first.select_option("messages")
    with page.expect_download() as download:
        page.click(".version-shown .strong")
    assert download.value.suggested_filename == "留言-v2.jsonl"
    assert len(Path(download.value.path()).read_text(encoding="utf-8").splitlines()) == 40
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.title() == title and visited.complaints == []


def test_the_rows_of_a_finding_are_looked_at_in_the_table(visit: Visits, address: tuple[str, Studio]) -> None:
    pairs = [(f"第{n}条留言，各不相同{n * 7}", ("好评", "差评")[n % 2]) for n in range(40)]
    address[1].data.add_rows("留言", "classify", [*pairs, ("一模一样的话", "好评"), ("一模一样的话", "好评")])
    visited = visit()
    page = visited.page
    page.click("#check-button")
    page.locator(".finding", has_text="一样").get_by_role("button", name="在表格里看").first.click()
    expect(page.locator(".only-these")).to_be_visible()
    texts = page.locator(".rows td.text textarea")
    expect(texts.first).to_have_value("一模一样的话")
    assert texts.count() <= 2
    page.click(".only-these .quiet")
    expect(page.locator(".where").filter(visible=True)).to_contain_text("共 42 条")
    assert visited.complaints == []


def test_the_columns_of_a_file_are_read_again_for_another_task(
    visit: Visits, address: tuple[str, Studio], tmp_path: Path
) -> None:
    file = tmp_path / "评价.csv"
    file.write_text(
        "内容,评价\n" + "".join(f"第{n}次来，很好喝,好评\n第{n}次来，太甜了,差评\n" for n in range(6)), encoding="utf-8"
    )
    visited = visit()
    page = visited.page
    page.set_input_files("#upload input[type=file]", file)
    lists = page.locator(".columns-of-file select")
    expect(lists.nth(1)).to_have_value("label")
    expect(page.locator("[data-task=classify]")).to_have_attribute("aria-pressed", "true")
    page.click("[data-task=chat]")
    expect(page.locator("[data-task=chat]")).to_have_attribute("aria-pressed", "true")
    assert [lists.nth(n).input_value() for n in range(2)] == ["prompt", "reply"]
    offered = [one.get_attribute("value") for one in lists.nth(0).locator("option").all()]
    assert {"prompt", "reply", "system", "history", "paraphrase", "ignore"} < set(offered) and "text" not in offered
    page.click(".reread")
    expect(page.locator("#report")).to_contain_text("问答")
    assert address[1].data.list()[0].task == "chat"
    assert visited.complaints == []


def test_a_row_is_added_and_said_in_other_ways_and_pages_are_turned(visit: Visits, address: tuple[str, Studio]) -> None:
    store = address[1].data
    dataset = store.add_rows("问答", "chat", [(f"第{n}家店几点开门？", f"{n}点") for n in range(60)]).id
    visited = visit()
    page, state = visited.page, visited.page.locator(".rows > .state")
    page.click("#table-button")
    page.locator(".last .icon-ways").first.click()
    expect(page.locator(".ways-box li").first).to_be_visible()
    offered = page.locator(".ways-box li").count()
    page.locator(".ways-box li input").first.click()
    page.click(".ways-tools .strong")
    expect(state).to_contain_text(str(offered - 1))
    assert store.rows(dataset)[1] == 59 + offered
    page.get_by_role("button", name="撤销", exact=True).filter(visible=True).click()
    expect(state).to_have_text("撤销好了")
    page.locator(".pages .quiet").filter(visible=True).last.click()
    expect(page.locator("td.number").first).to_have_text("51")
    page.locator("#table button", has_text="加一条").first.click()
    page.locator(".new-row textarea").first.fill("可以退吗？")
    page.locator(".new-row textarea:visible").last.fill("可以")
    page.click(".new-row .strong")
    expect(state).to_have_text("已保存")
    newest = 60 + offered  # the number of a row that was taken back is given to no other
    expect(page.locator("td.number").last).to_have_text(str(newest))
    assert store.row(dataset, newest).target == "可以"
    assert visited.complaints == []
