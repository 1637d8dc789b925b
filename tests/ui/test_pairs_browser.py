"""Pairs of a better and a worse answer in a real browser: corrected in the table, learned, judged in words of pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from studio.studio import Studio
from tests.studios import ended

pytestmark = pytest.mark.browser
PAIRS = [(f"第{n}号茶能退吗", f"您好，{n}号茶七天内可以退。", f"{n}号？不退！") for n in range(30)]


def test_pairs_go_the_whole_way_from_the_table_to_the_card(
    visit: Callable[..., Any], address: tuple[str, Studio]
) -> None:
    studio = address[1]
    dataset = studio.data.add_rows("好坏", "prefer", PAIRS).id
    visited = visit(width=390)
    page = visited.page
    page.click("#table-button")
    worse = page.get_by_label("更差的回答 1", exact=True)
    expect(worse).to_have_value(PAIRS[0][2])
    worse.fill("别来烦我")
    worse.press("Tab")
    expect(page.locator(".rows > .state")).to_contain_text("已保存")
    expect(page.locator("thead")).to_contain_text("更好的回答 / 更差的回答")
    assert studio.data.row(dataset, 1).rejected == "别来烦我"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    run = studio.start(studio.plan(dataset, changes={"epochs": 2}).config)
    assert ended(studio, run) == "finished"
    visited.reload()
    page.wait_for_selector("#train-button:not([disabled])")
    page.click("#train-button")
    page.locator("#live [data-chart=margin]").scroll_into_view_if_needed()  # it is drawn where it is seen
    page.wait_for_function("document.querySelector('#live [data-chart=margin]')?.data?.[0].x.length > 2")
    expect(page.locator("#live [data-chart=margin]")).to_be_visible()
    page.wait_for_selector("#chat-button:not([disabled])")
    page.click("#chat-button")
    page.get_by_role("tab", name="成绩单").click()
    page.click("#card-test")
    expect(page.locator("#card-words")).to_contain_text("对里更喜欢好回答的")
    assert visited.complaints == []


def test_a_run_without_pairs_shows_no_chart_of_them(visit: Callable[..., Any], address: tuple[str, Studio]) -> None:
    studio = address[1]
    rows = [(f"第{n}次来", ("好评", "差评")[n % 2]) for n in range(30)]
    run = studio.start(studio.plan(studio.data.add_rows("评论", "classify", rows).id, changes={"epochs": 2}).config)
    assert ended(studio, run) == "finished"
    page = visit().page
    page.wait_for_selector("#train-button:not([disabled])")
    page.click("#train-button")
    page.wait_for_function("document.querySelector('#live [data-chart=loss]')?.data?.[0].x.length > 2")
    expect(page.locator("#live [data-chart=margin]")).to_be_hidden()
