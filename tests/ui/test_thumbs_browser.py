"""Thumbs in a real browser: turned in the table, given in the chat, learned by KTO, judged in words of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from studio.studio import Studio
from tests.fakes import IGNORANT
from tests.judging.conftest import DRINKS
from tests.studios import ended, until
from tests.ui.test_judging_browser import chat, talking

pytestmark = pytest.mark.browser
THUMBS = [(f"第{n}号茶能退吗", said, liked) for n in range(15) for said, liked in (
    (f"您好，{n}号茶七天内可以退。", True), (f"{n}号？不退！", False),
)]  # fmt: skip


def table(folder: Path) -> Path:
    path = folder / "赞和踩.jsonl"
    lines = (json.dumps(dict(zip(("prompt", "completion", "label"), row, strict=True))) + "\n" for row in THUMBS)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_thumbs_go_the_whole_way_from_the_table_to_the_card(
    visit: Callable[..., Any], address: tuple[str, Studio], tmp_path: Path
) -> None:
    studio = address[1]
    dataset = studio.data.add(table(tmp_path)).id
    visited = visit(width=390)
    page = visited.page
    page.click("#table-button")
    liked = page.get_by_label("顾客喜欢吗 1", exact=True)
    expect(liked).to_have_value("up")
    expect(page.get_by_label("更差的回答 1", exact=True)).to_have_count(0)
    liked.select_option("down")
    expect(page.locator(".rows > .state")).to_contain_text("已保存")
    assert studio.data.row(dataset, 1).liked == "down"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    run = studio.start(studio.plan(dataset, changes={"epochs": 2}).config)
    assert ended(studio, run) == "finished" and studio.run(run).config.preference_loss == "kto"
    visited.reload()
    page.wait_for_selector("#train-button:not([disabled])")
    page.click("#train-button")
    expect(page.locator("#live [data-word=chart_accuracy]")).to_contain_text("方向对的比例")
    expect(page.locator("#live [data-chart=margin]")).to_be_visible()
    page.wait_for_selector("#chat-button:not([disabled])")
    page.click("#chat-button")
    page.get_by_role("tab", name="成绩单").click()
    page.click("#card-test")
    expect(page.locator("#card-words")).to_contain_text("方向对的")
    assert visited.complaints == []


def thumbs_of(page: Page, lane: str) -> tuple[Any, Any]:
    found = page.locator(".rate-thumb").nth(("base", "tuned").index(lane)).locator("button")
    return found.nth(0), found.nth(1)


def test_thumbs_given_in_the_chat_become_a_dataset_and_a_run_by_kto(
    visit: Callable[..., Any], address: tuple[str, Studio]
) -> None:
    studio = address[1]
    run = talking(studio)
    visited = chat(visit)
    page: Page = visited.page
    up, down = thumbs_of(page, "tuned")
    expect(up).to_be_disabled()
    for drink in list(DRINKS)[:3]:
        page.fill("#question textarea", f"{drink}多少钱")
        page.click("#send")
        expect(up).to_be_enabled()
        expect(up).to_have_attribute("aria-pressed", "false")
        up.click()
        expect(up).to_have_attribute("aria-pressed", "true")
        thumbs_of(page, "base")[1].click()
        expect(thumbs_of(page, "base")[1]).to_have_attribute("aria-pressed", "true")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(up).to_have_attribute("aria-pressed", "false")
    down.click()
    expect(page.locator("#rate .state")).to_have_text("收回了。")
    expect(down).to_have_attribute("aria-pressed", "false")
    up.click()
    expect(page.locator("#rate .state")).to_have_text("记下了。")
    rows = studio.judging.learnable(run)["thumbs"].rows
    assert [(row.target == IGNORANT, row.liked) for row in rows].count((True, "down")) == 3
    assert rows[-1].liked == "up" and {row.context for row in rows if row.text.startswith("奶茶")} == {()}
    base = next(row for row in rows if row.text.startswith("红茶") and row.liked == "down")
    assert {turn.content for turn in base.context if turn.role == "assistant"} == {IGNORANT}, "its own answers before"
    page.locator("#judge summary").first.click()
    expect(page.locator(".judge-learn li").nth(1)).to_contain_text("3 个赞、3 个踩")
    expect(page.locator(".judge-learn li").nth(1)).to_contain_text("再有 7 个赞、7 个踩")
    page.click("text=做成“赞和踩”")
    expect(page.locator("#data")).to_be_visible()
    page.wait_for_selector("#model-button:not([disabled])")
    page.click("#model-button")
    expect(page.locator("#start")).to_be_enabled()
    page.click("#start")
    until(lambda: studio.runs()[0].config.task == "prefer" and studio.runs()[0].status == "finished", 60)
    assert studio.runs()[0].config.preference_loss == "kto"
    assert visited.complaints == []


@pytest.mark.parametrize("width", [390])
def test_the_thumbs_fit_a_phone_and_speak_english(
    visit: Callable[..., Any], address: tuple[str, Studio], width: int
) -> None:
    talking(address[1])
    visited = visit(lang="en", width=width)
    page = visited.page
    page.wait_for_selector("#chat-button:not([disabled])")
    page.click("#chat-button")
    page.wait_for_selector("#question textarea", state="visible")
    expect(page.locator(".rate-thumb").first).to_contain_text("Dislike")
    assert page.evaluate("document.documentElement.scrollWidth") == width
