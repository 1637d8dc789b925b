"""The chat in a real browser: a long answer comes in without holding the page up, and what is said stays text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from studio.studio import Studio
from tests.studios import ended
from tests.ui.learned import learned

pytestmark = pytest.mark.browser
LONG = "珍珠要先洗净再煮，" * 110 + "好了。"  # about 1,000 tokens
AT_THE_END = 250  # the same, twice: 80 to 140 were seen
FREEZE = 100  # milliseconds of the processor, so that other work on the machine counts for nothing
TASKS = ["toplevel", "disabled-by-default-devtools.timeline"]
WATCHED = """() => {
  window.said = [];
  const reply = () => document.querySelector("#talk .reply.tuned")?.firstChild ?? null;
  new MutationObserver(() => window.said.push(reply())).observe(document.querySelector("#talk"),
    { subtree: true, childList: true, characterData: true });
}"""


def longest_tasks(trace: bytes) -> list[float]:
    """Milliseconds of the processor that each task of the page's main thread took, the longest first."""
    events = json.loads(trace)["traceEvents"]
    main = {(one["pid"], one["tid"]) for one in events if one.get("args", {}).get("name") == "CrRendererMain"}
    tasks = [one for one in events if one["name"] == "RunTask" and (one["pid"], one["tid"]) in main]
    return sorted((one.get("tdur", 0) / 1000 for one in tasks), reverse=True)


def test_the_page_is_never_frozen_while_a_long_answer_comes_in(
    visit: Callable[..., Any], address: tuple[str, Studio], chromium: Browser
) -> None:
    studio = address[1]
    rows = [(f"珍珠怎么煮{end}", LONG) for end in ("", "？", "呀", "呢", "啊", "吗", "嘛", "哦")]
    dataset = studio.data.add_rows("问答", "chat", rows)
    run = studio.start(studio.plan(dataset.id, changes={"epochs": 1}).config)
    assert ended(studio, run) == "finished"
    page = visit().page
    page.wait_for_selector("#chat-button:not([disabled])")
    page.click("#chat-button")
    page.wait_for_selector("#question textarea", state="visible")
    page.fill("#question textarea", "珍珠怎么煮")
    page.wait_for_timeout(1000)  # what opening the tab has to do is done
    page.evaluate(WATCHED)
    chromium.start_tracing(page=page, categories=TASKS)
    page.click("#send")
    expect(page.locator("#talk .reply.tuned")).to_have_text(LONG, timeout=90_000)
    page.wait_for_selector("#send", state="visible")
    assert page.evaluate("new Set(window.said.filter((one) => one)).size") == 1, "the text grew, and was not made anew"
    tasks = longest_tasks(chromium.stop_tracing())
    # no moment while the text comes in, and two at the end: the buttons are drawn, then the vote below the answer
    assert len(tasks) > 2 and 0 < tasks[2] <= FREEZE and tasks[0] <= AT_THE_END, tasks[:10]


def test_what_is_being_typed_stays_whatever_the_page_shows_meanwhile(
    visit: Callable[..., Any], address: tuple[str, Studio]
) -> None:
    studio = address[1]
    older, newer = learned(studio, "chat", name="旧店"), learned(studio, "chat", name="新店")
    page = visit().page
    page.wait_for_selector("#chat-button:not([disabled])")
    page.click("#chat-button")
    page.wait_for_selector("#question textarea", state="visible")
    page.fill("#question textarea", "珍珠煮多久")
    page.click("#part-card-button")
    page.click("#card-test")
    page.click("#line-kept button")
    page.click("#card-own button")
    page.fill("#card-own textarea", "一斤多少克 | 五百克")
    page.click("#card-test")  # again: what it comes to is shown below the same line
    page.wait_for_selector("#card-stop", state="visible")
    page.wait_for_selector("#card-test", state="visible")
    page.locator("#chat-run input").click()
    page.get_by_role("option", name="旧店").click()
    expect(page.locator("#card-told .empty-card")).to_be_visible()
    assert studio.report(newer) and not studio.report(older)
    page.click("#part-try-button")
    expect(page.locator("#question textarea")).to_have_value("珍珠煮多久")
    page.click("#part-card-button")
    page.click("#card-test")
    page.click("#line-kept button")
    expect(page.locator("#card-own textarea")).to_have_value("一斤多少克 | 五百克")
