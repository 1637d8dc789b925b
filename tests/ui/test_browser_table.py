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
