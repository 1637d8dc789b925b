"""Rows to label, and the card of the page on which they are labelled.

Knows no server.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Route, expect
from playwright.sync_api import Page as BrowserPage

from studio.studio import Studio

Visits = Callable[..., Any]
SAVING = re.compile(r"/component_server/(\?held)?$")  # where the page's scripts ask Python
HELD = "() => fetch('gradio_api/component_server/?held', { method: 'POST' }).then(() => false, () => true)"


def unlabelled(studio: Studio, rows: int, labels: tuple[str, ...] = ("好评", "差评", "中性")) -> str:
    dataset = studio.data.add_rows("留言", "classify", [(f"第{n}条留言", "") for n in range(1, rows + 1)])
    studio.data.declare_labels(dataset.id, labels)
    return dataset.id


def targets(studio: Studio, dataset: str) -> list[str]:
    return [row.target for row in studio.data.rows(dataset, limit=1000)[0]]


def text(page: BrowserPage) -> Locator:
    return page.locator(".card-text")


def state(page: BrowserPage) -> Locator:
    return page.locator(".one-card .state")


def opened(visit: Visits, **wanted: Any) -> BrowserPage:
    page: BrowserPage = visit(**wanted).page
    page.click("#label-button")
    expect(text(page)).to_be_visible()
    return page


def hold(page: BrowserPage, handle: Callable[[Route], None] = Route.abort) -> None:
    """Gives `handle` whatever the page's scripts ask from now on, until `let_go`."""
    page.route(SAVING, lambda route: route.abort() if route.request.url.endswith("?held") else handle(route))
    page.wait_for_function(HELD)  # a browser holds requests a little later than it says so


def let_go(page: BrowserPage) -> None:
    page.unroute(SAVING)
