"""A page that is left alone draws nothing, though something of Gradio's asks for every frame for ever."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
HOUR = 3_600_000  # milliseconds
COUNTED = """window.drawn = 0;
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (draw) => ask((now) => { window.drawn += 1; draw(now); });"""
ASKED = """() => {
  let asked = 0;
  window.moved = 0;
  const again = () => { window.moved += 1; asked = requestAnimationFrame(again); };
  again();
  window.enough = () => cancelAnimationFrame(asked);
}"""


def drawn(page: Page, milliseconds: int) -> int:
    """Frames within so many milliseconds of the page's own clock."""
    before: int = page.evaluate("window.drawn")
    page.clock.run_for(milliseconds)
    return int(page.evaluate("window.drawn")) - before


def calm(page: Page) -> bool:
    """Whether the page comes to rest: what a slow machine brings in late still has its own ten seconds."""
    return any(drawn(page, 10_000) <= 30 for _ in range(12))  # one a second for each that asks; it would be 600


@pytest.fixture
def page(chromium: Any, address: Any) -> Any:
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.clock.install(time=0)
    page.add_init_script(COUNTED)
    page.goto(address[0])
    page.wait_for_selector("#header h1")
    page.clock.pause_at(HOUR)  # from here on only what a test lets pass
    yield page
    context.close()


def test_a_page_that_is_left_alone_is_hardly_drawn(page: Page) -> None:
    assert calm(page)


def test_what_moves_for_a_while_is_drawn_at_every_frame(page: Page) -> None:
    page.clock.run_for(11_000)
    page.evaluate(ASKED)
    page.clock.run_for(3_000)
    assert page.evaluate("moved") > 150


def test_a_frame_that_is_put_off_can_be_taken_back(page: Page) -> None:
    page.evaluate(ASKED)
    page.clock.run_for(12_000)
    before = page.evaluate("moved")
    page.clock.run_for(3_000)
    after = page.evaluate("moved")
    assert before < after <= before + 4
    page.evaluate("enough()")
    page.clock.run_for(5_000)
    assert page.evaluate("moved") == after
