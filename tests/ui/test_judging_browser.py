"""Answers judged in a real browser: a vote and a correction below the chat, a blind comparison, a dataset of it all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from studio.judging.client import KEY, MODEL, URL
from studio.studio import Studio
from tests.fakes import IGNORANT
from tests.judging.conftest import FACTS
from tests.judging.stub import fair, judge
from tests.studios import ended

pytestmark = pytest.mark.browser
TOLD = ("学之前", "学之后", "before learning", "after learning")


def talking(studio: Studio) -> str:
    dataset = studio.data.add_rows("奶茶店", "chat", FACTS).id
    run = studio.start(studio.plan(dataset, changes={"epochs": 1}).config)
    assert ended(studio, run) == "finished"
    return run


def chat(visit: Callable[..., Any], width: int = 1280) -> Any:
    visited = visit(width=width)
    visited.page.wait_for_selector("#chat-button:not([disabled])")
    visited.page.click("#chat-button")
    visited.page.wait_for_selector("#question textarea", state="visible")
    return visited


def begin(page: Page) -> None:
    page.locator("#judge summary").first.click()
    page.locator("#judge .judge-who input").fill("小王")
    page.locator("#judge .judge-who input").press("Tab")
    page.click(".duel-begin")
    page.wait_for_selector(".duel-shown:not([hidden])")


def test_votes_and_a_correction_become_a_dataset(visit: Callable[..., Any], address: tuple[str, Studio]) -> None:
    studio = address[1]
    run = talking(studio)
    visited = chat(visit)
    page: Page = visited.page
    better = page.locator("#rate .choice").nth(2)
    expect(better).to_be_disabled()
    page.fill("#question textarea", "奶茶多少钱呀")
    page.click("#send")
    expect(better).to_be_enabled()
    better.click()
    expect(page.locator("#rate .state")).to_have_text("记下了。")
    expect(better).to_have_attribute("aria-pressed", "true")
    page.click("#rate .rate-votes .quiet")
    box = page.locator("#rate textarea")
    expect(box).to_have_value("奶茶9元一杯")
    box.fill("奶茶<b>9元</b>一杯，第二杯半价。")
    page.click("#rate .rate-acts .strong")
    expect(page.locator("#rate .state")).to_contain_text("以后可以拿来学")
    page.locator("#judge summary").first.click()
    expect(page.locator(".judge-learn li").first).to_contain_text("2 对（来自 1 票、1 处改正）")
    expect(page.locator(".judge-learn li").first).to_contain_text("再有 28 处")
    page.click("text=做成“好坏对照”")
    expect(page.locator("#data")).to_be_visible()
    expect(page.locator("[data-testid=toast-text]")).to_contain_text("共 2 行")
    made = studio.data.list()[0]
    assert made.task == "prefer" and [row.text for row in studio.data.rows(made.id)[0]] == ["奶茶多少钱呀"] * 2
    assert {row.rejected for row in studio.data.rows(made.id)[0]} == {IGNORANT, "奶茶9元一杯"}
    assert studio.judging.learnable(run)["chat"].rows[0].target == "奶茶<b>9元</b>一杯，第二杯半价。"
    assert visited.complaints == []


def test_a_blind_comparison_by_keys_tells_nothing_before_the_result_is_asked_for(
    visit: Callable[..., Any], address: tuple[str, Studio]
) -> None:
    studio = address[1]
    run = talking(studio)
    visited = chat(visit)
    page: Page = visited.page
    answers: list[str] = []
    page.on("response", lambda it: answers.append(it.text()) if "component_server" in it.url else None)
    begin(page)
    for _ in range(3):
        question = page.locator(".duel-question").inner_text()
        first = page.locator(".duel-answers p").first.inner_text()
        assert not any(word in page.locator(".duel-shown").inner_text() for word in TOLD)
        page.locator(".duel").focus()
        page.keyboard.press("2" if first == IGNORANT else "1")
        expect(page.locator(".duel-question")).not_to_have_text(question)
    page.keyboard.press("z")
    expect(page.locator(".duel-count")).to_have_text("小王 评了 2 题")
    page.keyboard.press("=")
    expect(page.locator(".duel-count")).to_have_text("小王 评了 3 题")
    told = [one for one in answers if '"left"' in one]
    assert len(told) >= 5 and not any(word in one for one in told for word in ("tuned", "base", "against", *TOLD))
    page.click(".duel-result summary")
    expect(page.locator(".duel-result")).to_contain_text("学之后胜 2，学之前胜 0，平 1")
    found = studio.judging.tally(studio.judging.contest(run))
    assert (found.wins, found.losses, found.level, found.judges) == (2, 0, 1, ("小王",))
    assert visited.complaints == []


def test_votes_on_a_run_that_is_deleted_meanwhile_are_kept_and_that_is_said(
    visit: Callable[..., Any], address: tuple[str, Studio]
) -> None:
    studio = address[1]
    run = talking(studio)
    page: Page = chat(visit, width=390).page
    contest = studio.judging.contest(run)
    begin(page)
    studio.delete(run)
    page.locator(".duel-votes .choice").first.click()
    expect(page.locator(".duel .state")).to_contain_text("这次训练已经删掉了")
    assert studio.judging.tally(contest).judged == 1
    expect(page.locator(".judge-learn li").first).to_contain_text("1 对")
    page.click(".duel-result summary")
    expect(page.locator(".duel-result li")).to_contain_text("这次训练已经删掉了")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_answers_are_marked_by_keys_and_on_a_sheet(
    visit: Callable[..., Any], address: tuple[str, Studio], tmp_path: Path
) -> None:
    studio = address[1]
    run = talking(studio)
    visited = chat(visit, width=390)
    page: Page = visited.page
    begin(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(
        "document.querySelector('.duel').scrollWidth <= document.querySelector('.judge-body').clientWidth"
    )
    page.click(".way-mark")
    page.click(".paper-begin")
    page.wait_for_selector(".paper-shown:not([hidden])")
    page.locator(".papers").focus()
    for key in "543":
        page.keyboard.press(key)
    expect(page.locator(".paper-state")).to_have_text("打了 1 个")
    contest = studio.judging.contest(run)
    assert [one.mark for one in studio.judging.ledger.marks(contest)] == [5, 4, 3]
    with page.expect_download() as saved:
        page.click(".sheet-out")
    sheet = tmp_path / "打分表.xlsx"
    saved.value.save_as(sheet)
    book = openpyxl.load_workbook(sheet)
    for row in book.active.iter_rows(min_row=2, min_col=5):
        for cell in row:
            cell.value = 2
    book.active["F2"] = "还行"
    book.save(sheet)
    page.locator("#judge .judge-who input").fill("老板")
    page.locator("#judge .judge-who input").press("Tab")
    page.set_input_files("input.sheet-file", sheet)
    expect(page.locator(".paper-state")).to_contain_text("老板 的")
    expect(page.locator(".sheet-problems li")).to_contain_text("第 2 行“专业”写的是“还行”")
    page.click(".duel-result summary")
    expect(page.locator(".duel-result")).to_contain_text("准确：学之后平均")
    assert studio.judging.marking.summary(contest).judges == ("小王", "老板")
    page.set_input_files("input.sheet-file", {"name": "x.xlsx", "mimeType": "", "buffer": b"nothing"})
    expect(page.locator(".paper-state.bad")).to_be_visible()
    assert visited.complaints == []


def test_another_model_judges_only_where_the_server_names_one_and_tells_its_cost_first(
    visit: Callable[..., Any], address: tuple[str, Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = address[1]
    run = talking(studio)
    visited = chat(visit)
    page: Page = visited.page
    begin(page)
    expect(page.locator(".way-model")).to_be_hidden()
    with judge(fair("元一杯")) as stub:
        for name, value in ((URL, stub.address), (MODEL, "judge-1"), (KEY, "sk-page"), ("no_proxy", "127.0.0.1")):
            monkeypatch.setenv(name, value)
        page.locator("#judge summary").first.click()
        page.locator("#judge summary").first.click()
        page.click(".way-model")
        expect(page.locator(".model-cost")).to_contain_text("要问 judge-1")
        assert stub.asked == [] and "sk-page" not in page.content()
        page.click(".model-prompt summary")
        expect(page.locator(".model-prompt p")).to_contain_text("公正的评审")
        page.click(".model-start")
        expect(page.locator(".model-state")).to_have_text("都评完了，可以看结果。")
        matches = studio.judging.ledger.matches(studio.judging.contest(run))
        assert len(stub.asked) == 2 * len(matches)
    page.click(".duel-result summary")
    expect(page.locator(".duel-result")).to_contain_text("另一个模型 judge-1")
    assert visited.complaints == []
