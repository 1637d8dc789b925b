"""The report card in a real browser: what was measured opens, what helps is one click, own questions are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from studio.own_questions import OwnQuestions
from studio.studio import Studio
from tests.ui.learned import learned

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_made_up_is_shown_and_rows_against_it_are_added(
    visit: Callable[..., Any], address: tuple[str, Studio], width: int
) -> None:
    studio = address[1]
    dataset = studio.run(learned(studio, "chat")).config.dataset
    rows = studio.data.rows(dataset)[1]
    visited = visit(width=width)
    page = visited.page
    page.wait_for_selector("#chat-button:not([disabled])")
    page.click("#chat-button")
    page.click("#part-card-button")
    page.click("#card-test")
    expect(page.locator("#line-honest .line-why")).to_have_text("问了 30 件没人教过的事，编了 30 件；学之前编 0 件。")
    assert page.locator(".line-head:visible").count() == 4  # and nothing else of the card
    assert not page.locator("#card-words").is_visible() and not page.locator("#card-honest").is_visible()
    page.focus("#line-honest button")
    page.keyboard.press("Enter")
    expect(page.locator("#line-honest button")).to_have_attribute("aria-expanded", "true")
    assert not page.locator("#card-honest table.wrong").first.is_visible()
    page.click("#card-honest summary >> nth=0")
    expect(page.locator("#card-honest table.wrong").first).to_be_visible()
    page.click("#line-learned button")
    expect(page.locator("#card-words .scores")).to_be_visible()
    assert not page.locator("#card-figures table").is_visible()
    page.click("#card-figures summary")
    expect(page.locator("#card-figures table")).to_contain_text("ROUGE-L")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("#card-remedy")
    expect(page.locator(".toast-body")).to_contain_text("加好了 20 行")
    expect(page.locator("#card-remedy")).to_be_hidden()
    assert studio.data.rows(dataset)[1] == rows + 20
    page.click("#line-honest button")
    expect(page.locator("#card-honest")).to_be_hidden()
    page.click("#line-kept button")
    page.click("#card-own button")
    page.fill("#card-own textarea", "一斤多少克 | 五百克")
    page.click("#card-keep")
    expect(page.locator(".toast-body").last).to_contain_text("存好了 1 个问题")
    assert OwnQuestions(studio.workspace).listed() == [("一斤多少克", "五百克")]
    assert visited.outside == [] and visited.complaints == []
