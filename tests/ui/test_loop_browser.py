"""The weekly round in a browser: from a wrong answer on the report card to a better card beside the old one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from studio import crosscheck, rounds
from studio.studio import Studio
from tests.studios import until

pytestmark = pytest.mark.browser
REVIEWS = [(f"第{n}次来，{said}", label) for n in range(20) for said, label in (("好喝", "好评"), ("难喝", "差评"))]
HARD = [(f"珍珠有点硬，第{n}杯好喝吗", "差评") for n in range(4)]


def tested(studio: Studio, pairs: list[tuple[str, str]], **changes: Any) -> str:
    """A run that has learned what `pairs` say, and its report card."""
    dataset = studio.data.add_rows("评论", "classify", pairs)
    run = studio.start(studio.plan(dataset.id, changes={"epochs": 2, **changes}).config)
    until(lambda: studio.run(run).ended, 30)
    studio.evaluate(run)
    return run


def open_card(page: Page) -> None:
    page.wait_for_selector("#chat-button:not([disabled])")
    page.click("#chat-button")
    page.click("#part-card-button")


def test_from_a_wrong_answer_to_a_better_card_in_three_clicks(visit: Any, address: tuple[str, Studio]) -> None:
    studio = address[1]
    run = tested(studio, REVIEWS)
    dataset = studio.run(run).config.dataset
    wrong = studio.lessons(run).test[0]
    studio.data.edit(dataset, wrong.number, target="差评" if wrong.target == "好评" else "好评")
    run = studio.start(studio.plan(dataset, changes={"epochs": 2}).config)  # whose exam has a label that is wrong
    until(lambda: studio.run(run).ended, 30)
    studio.evaluate(run)
    visited = visit()
    page = visited.page
    open_card(page)
    expect(page.locator("#mistakes .mistake")).to_have_count(1)
    expect(page.locator("#mistakes .place")).to_have_text("留到最后的考题")
    page.click("#line-learned button")
    expect(page.locator("#card-words .scores")).to_be_visible()
    expect(page.locator("#card-rows")).to_be_hidden()  # the same rows, which cannot be mended there
    page.locator("#mistakes select").select_option(wrong.target)
    expect(page.locator("#mistakes .tick input")).to_be_checked()
    page.uncheck("#mistakes .learn input")
    expect(page.locator("#mistakes .honest")).to_contain_text("考题还是考题")
    page.click("#mistakes button.go")
    page.wait_for_selector("#train-to-chat", state="visible", timeout=60_000)
    newest = studio.runs()[0]
    assert newest.config.continues == run and studio.data.row(dataset, wrong.number).target == wrong.target
    page.click("#train-to-chat")
    page.click("#part-card-button")
    page.click("#card-test")
    expect(page.locator("#compared .verdict-line")).to_contain_text("现在错的 0")
    expect(page.locator("#compared .chain li")).to_have_count(2)
    expect(page.locator("#compared")).to_contain_text("按新答案算")
    expect(page.locator("#mistakes .mistakes")).to_be_hidden()
    assert visited.outside == [] and visited.complaints == []


def test_what_is_like_a_mistake_is_labelled_first(visit: Any, address: tuple[str, Studio]) -> None:
    studio = address[1]
    run = tested(studio, [*REVIEWS, ("下雨了", ""), ("珍珠硬得像石头", ""), ("难喝得要命", "")])
    dataset = studio.run(run).config.dataset
    row = next(one for one in studio.lessons(run).test if one.target == "差评")
    studio.data.edit(dataset, row.number, target="好评")
    run = studio.start(studio.plan(dataset, changes={"epochs": 2}).config)
    until(lambda: studio.run(run).ended, 30)
    studio.evaluate(run)
    page = visit().page
    open_card(page)
    page.check("#mistakes .mistake .tick input")
    page.click("#mistakes button.more")
    expect(page.locator("#label-card .card-text")).to_have_text("难喝得要命")
    expect(page.locator("#label-card .card-first")).to_contain_text("还有")
    page.keyboard.press("2")
    until(lambda: studio.data.pairs(dataset)[-1] == ("难喝得要命", "差评"))


def test_a_likely_wrong_label_is_found_by_five_runs_and_kept_by_enter(visit: Any, address: tuple[str, Studio]) -> None:
    studio = address[1]
    dataset = studio.data.add_rows("评论", "classify", REVIEWS).id
    studio.data.edit(dataset, 1, target="差评")
    config = crosscheck.plan(studio, dataset, 5, {"epochs": 1}).config
    runs = [studio.start(one) for one in crosscheck.configs(config)]
    until(lambda: all(studio.run(run).ended for run in runs), 60)
    page = visit().page
    open_card(page)
    expect(page.locator("#folds")).to_contain_text("一共 5 份")
    page.click("#folds-total")
    expect(page.locator("#folds .verdict-line")).to_contain_text("40 条里答对")
    page.click("#folds-first")
    expect(page.locator("#label-card .card-text")).to_have_text("第0次来，好喝")
    expect(page.locator("#label-card .card-first")).to_contain_text("可能标错的")
    page.keyboard.press("Enter")  # it is right as it is
    page.wait_for_function("document.querySelector('#label-card .card-text').textContent !== '第0次来，好喝'")
    assert studio.data.row(dataset, 1).target == "差评"


def test_a_run_of_a_deleted_dataset_says_what_was_wrong_and_offers_nothing(
    visit: Any, address: tuple[str, Studio], tmp_path: Path
) -> None:
    studio = address[1]
    run = tested(studio, REVIEWS)
    studio.delete_data(studio.run(run).config.dataset)
    page = visit().page
    open_card(page)
    page.click("#line-learned button")
    expect(page.locator("#card-words .scores")).to_be_visible()
    expect(page.locator("#mistakes .mistakes")).to_be_hidden()
    assert rounds.mistakes(studio, run) == []
