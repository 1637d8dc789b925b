"""Open pages cost a training little: who does not see a chart does not draw it, and who looks again has it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from studio.studio import Studio
from tests.studios import until
from tests.ui.test_browser_runs import LONG, POINTS, open_tab, train

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
COUNTED = """window.drawn = {};
const count = (made, name) => (div, ...more) => {
  const chart = div.dataset.chart;
  window.drawn[chart] = (window.drawn[chart] || 0) + 1;
  return made[name](div, ...more);
};
const plotly = window.Plotly;
window.Plotly = { ...plotly, react: count(plotly, "react"), redraw: count(plotly, "redraw") };"""
HIDDEN = """(hidden) => {
  Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
SPEED = "(document.querySelector('#live [data-chart=speed]').data?.[0].x.length ?? 0)"


def asked(page: Page) -> list[str]:
    """The names of the functions of the server that the page asks from now on."""
    names: list[str] = []

    def note(request: Any) -> None:
        if request.url.endswith("/component_server/"):
            names.append(request.post_data_json["fn_name"])

    page.on("request", note)
    return names


@pytest.fixture
def watched(visit: Visits, address: tuple[str, Studio]) -> Iterator[Page]:
    """A page that watches a run."""
    run = train(address[1], **LONG)
    page = visit().page
    open_tab(page, "train")
    page.wait_for_function(f"window.Plotly && {POINTS} > 2")
    yield page
    if not address[1].run(run).ended:
        address[1].stop(run)


@pytest.mark.pace(0.1)
def test_a_chart_is_drawn_only_where_it_is_seen_and_is_whole_once_it_is(watched: Page) -> None:
    page = watched
    page.evaluate(COUNTED)
    page.wait_for_function("drawn.loss > 1")
    assert page.evaluate("drawn.speed ?? 0") == 0 and page.evaluate(SPEED) == 0
    assert page.evaluate("drawn.accuracy ?? 0") <= 1  # it has no other points than those of its tests
    page.click("#live summary")
    page.wait_for_function(f"{SPEED} >= {POINTS} && {SPEED} > 20")
    page.click("#data-button")
    expect(page.locator("#live")).to_be_hidden()
    page.evaluate("drawn = {}")
    names = asked(page)
    page.wait_for_function("document.title.includes('%')")
    with page.expect_request(lambda request: '"now"' in (request.post_data or "")):
        pass
    assert "live_run" not in names and page.evaluate("drawn") == {}


@pytest.mark.pace(0.1)
def test_a_page_behind_another_one_asks_only_how_far_the_run_is_and_catches_up_at_once(
    watched: Page, address: tuple[str, Studio]
) -> None:
    page = watched
    page.evaluate(COUNTED)
    page.evaluate(HIDDEN, True)
    names, before = asked(page), page.evaluate(POINTS)
    run = address[1].runs()[0].id
    with page.expect_request(lambda request: '"now"' in (request.post_data or "")):
        until(lambda: len(address[1].run(run).progress.steps) > before + 30, 60)
    assert set(names) == {"now"}
    drawn = page.evaluate("drawn")
    page.evaluate(HIDDEN, False)
    page.wait_for_function(f"{POINTS} > {before} + 30 && drawn.loss > 0")
    assert drawn == {} and "live_run" in names


def test_a_chart_to_which_nothing_came_is_not_drawn_again(visit: Visits, address: tuple[str, Studio]) -> None:
    run = train(address[1])
    until(lambda: address[1].run(run).ended, 60)
    page = visit().page
    open_tab(page, "train")
    page.wait_for_function(f"window.Plotly && {POINTS} > 2")
    page.evaluate(COUNTED)
    for _ in range(2):
        with page.expect_response(lambda answer: '"live_run"' in (answer.request.post_data or "")):
            pass
    assert page.evaluate("drawn") == {}


@pytest.mark.pace(0.02)
def test_what_a_run_ends_with_is_drawn_though_it_is_hardly_to_be_seen(
    watched: Page, address: tuple[str, Studio]
) -> None:
    page = watched
    page.click("#train-stop")
    page.wait_for_selector("#train-resume", state="visible")
    steps = len(address[1].runs()[0].progress.steps)
    page.wait_for_function(f"{POINTS} === {steps}")
    page.wait_for_function(
        f"""document.querySelector('#live [data-chart=loss]').calcdata[0].filter((one) => one.x !== undefined).length
        === {steps}"""
    )


@pytest.mark.pace(0.1)
def test_a_number_that_changes_leaves_everything_around_it_in_its_place(watched: Page) -> None:
    page = watched
    page.evaluate("window.kept = [...document.querySelectorAll('#live .nodes *')]")
    before = page.inner_text("#live .nodes")  # where it says at which step the run is
    page.wait_for_function("(text) => document.querySelector('#live .nodes').innerText !== text", arg=before)
    share = "kept.filter((one) => one.isConnected).length / kept.length"
    assert page.evaluate(share) > 0.5
