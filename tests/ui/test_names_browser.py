"""A sheet whose labels are 1, 0 and 2 in a real browser: asked for at once, named with one tap, named on every view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from studio.studio import Studio

pytestmark = pytest.mark.browser
TEXTS = {
    "1": ["很好喝，会再来", "味道不错，推荐", "送得快，很满意"],
    "0": ["太难喝了", "送来都凉了，差评", "等了一个小时，失望"],
    "2": ["一般般", "就那样吧", "还可以"],
}


@pytest.mark.parametrize(("width", "lang"), [(1280, "zh"), (390, "en")])
def test_codes_get_their_names_with_one_tap(
    visit: Callable[..., Any], address: tuple[str, Studio], width: int, lang: str
) -> None:
    data = address[1].data
    dataset = data.add_rows("评价", "classify", [(text, label) for label, all in TEXTS.items() for text in all]).id
    visited = visit(lang=lang, width=width)
    page = visited.page
    names = page.locator("#label-names .names-row input")
    expect(names).to_have_count(3)
    assert [names.nth(at).input_value() for at in range(3)] == ["好评", "差评", "中评"]
    assert page.locator("#label-names .names-texts").nth(1).inner_text().split("\n") == sorted(TEXTS["0"], key=len)
    page.click("#label-names .names-end button")
    expect(page.locator("#report .label-bars").first.locator(".name")).to_have_text(["好评", "差评", "中评"])
    assert data.labels(dataset) == ["好评", "差评", "中评"]
    expect(page.locator("#label-names details")).to_be_visible()  # from now on behind a click
    page.click("#label-names summary")
    page.locator("#label-names .names-row input").first.fill("太好了")
    page.keyboard.press("Enter")
    expect(page.locator("#report .label-bars .name").first).to_have_text("太好了")
    page.click("#table-button")
    expect(page.locator("#table td.target select").first).to_have_value("太好了")
    assert visited.complaints == []


def test_while_labels_are_digits_a_key_means_its_digit(visit: Callable[..., Any], address: tuple[str, Studio]) -> None:
    data = address[1].data
    rows = [("很好喝", "1"), ("难喝", "0"), ("一般", "2"), ("还没标", "")]
    dataset = data.add_rows("评价", "classify", rows).id
    page = visit().page
    page.click("#label-button")
    expect(page.locator(".card-text")).to_have_text("还没标")
    page.keyboard.press("2")
    expect(page.locator(".one-card .state.good")).to_be_visible()
    assert data.row(dataset, 4).target == "2"
