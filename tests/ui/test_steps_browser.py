"""The four steps in a real browser: what is to be pressed, and what is to be read, is in sight without scrolling."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from studio.contract import Progress
from studio.data.checkup import Checkup, mending
from studio.data.datastore import DataStore
from studio.studio import Studio
from studio.ui.data import check
from tests.ui.conftest import REVIEWS

pytestmark = pytest.mark.browser
SCREENS = [(1280, 800), (390, 844)]
IN_SIGHT = """(selector) => {
  const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}"""


def go(page: Page, step: str) -> None:
    page.wait_for_selector(f"#{step}-button:not([disabled])")
    page.click(f"#{step}-button")


@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.pace(0.2)
def test_start_and_the_light_are_in_sight(
    visit: Callable[..., Any], address: tuple[str, Studio], width: int, height: int
) -> None:
    address[1].data.add_rows("评价", "classify", REVIEWS)
    page = visit(width=width).page
    page.set_viewport_size({"width": width, "height": height})
    go(page, "model")
    expect(page.locator("#start")).to_be_enabled()
    assert page.evaluate(IN_SIGHT, "#start")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.click("#start")
    page.wait_for_selector("#live .lamp")
    assert page.evaluate(IN_SIGHT, "#live .lamp")


def test_a_check_up_is_stopped_and_holds_up_no_other(
    visit: Callable[..., Any], address: tuple[str, Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = address[1]
    huge, small = (studio.data.add_rows(name, "classify", REVIEWS).id for name in ("很大的", "很小的"))
    may = threading.Event()

    def examine(store: DataStore, dataset: str, progress: Progress, longest: int) -> Checkup:
        while dataset == huge and not may.wait(0.05):
            progress(0.3)
        return mending.examine(store, dataset, progress, longest)

    monkeypatch.setattr(check, "examine", examine)
    page = visit().page
    go(page, "data")
    choose(page, "很大的")
    page.click("#check-button")
    expect(page.locator(".check-stop")).to_be_visible()
    choose(page, "很小的")
    expect(page.locator(".check-ring strong")).to_be_visible()
    choose(page, "很大的")
    page.click(".check-stop")
    expect(page.locator(".check-working p")).to_have_text("停下了，还没检查完。")
    page.click(".check-working button:visible")
    expect(page.locator(".check-stop")).to_be_visible()
    may.set()
    expect(page.locator(".check-ring strong")).to_be_visible()


def choose(page: Page, name: str) -> None:
    page.click("#dataset input")
    page.locator("[role=option]", has_text=name).click()


@pytest.mark.pace(0.2)
def test_data_in_use_are_not_deleted_and_what_went_wrong_leaves_with_the_next_click(
    visit: Callable[..., Any], address: tuple[str, Studio]
) -> None:
    studio = address[1]
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    run = studio.start(studio.plan(dataset, changes={"epochs": 100}).config)
    page = visit().page
    go(page, "data")
    page.click("#manage button")
    page.click("#data-delete")
    expect(page.locator(".toast-body.error")).to_be_visible()
    expect(page.locator("#data-delete-yes")).to_be_hidden()
    page.click("#data-rename")
    expect(page.locator(".toast-body.error")).to_have_count(0)
    studio.stop(run)
