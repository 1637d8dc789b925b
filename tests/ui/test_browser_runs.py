"""Training and chat in a real browser: the chart lives, a zoom stays, every page shows the same, markup stays text."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from studio.studio import Studio
from tests.ui.learned import LARGE, learned

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
HOSTILE = "<img src=x onerror=document.title='ran'> ${document.title='ran'} {{constructor}}"
FACTS = [("少糖怎么做", "减20%糖浆"), ("珍珠煮多久", "煮15分钟"), (f"{HOSTILE} 招牌是什么", f"黑糖珍珠 {HOSTILE}")]
PHRASINGS = ("{}", "请问{}", "{}呀", "{}？", "请问{}？", "想问下{}")
REVIEWS = [(f"第{n}次来，{said}", label) for n in range(20) for said, label in (("好喝", "好评"), ("难喝", "差评"))]
LONG = {"epochs": 200, "batch_size": 1}  # a minute, unless it is stopped
DRAWN = """[...document.querySelectorAll('#live [data-chart]')].map(
    chart => chart.data ? chart.data.map(line => [line.x.length, line.y[line.y.length - 1]]) : [])"""
POINTS = "document.querySelector('#live [data-chart=loss]')?.data?.[0].x.length"
RANGE = "document.querySelector('#live [data-chart=loss]').layout.xaxis.range"


def train(studio: Studio, task: Any = "classify", **changes: int) -> str:
    pairs = REVIEWS if task == "classify" else [(form.format(q), reply) for q, reply in FACTS for form in PHRASINGS]
    dataset = studio.data.add_rows("评论" if task == "classify" else "问答", task, pairs)
    studio.data.allow(dataset.id, "unfilled")  # of the hostile answer
    return studio.start(studio.plan(dataset.id, changes={"epochs": 2, **changes}).config)


def open_tab(page: Page, name: str) -> None:
    page.wait_for_selector(f"#{name}-button:not([disabled])")
    page.click(f"#{name}-button")


@pytest.mark.pace(0.1)  # on a busy machine too it is stopped long before a fresh page would thin its points
def test_the_chart_grows_under_a_zoom_and_is_the_same_on_every_page(visit: Visits, address: tuple[str, Studio]) -> None:
    run = train(address[1], **LONG)
    visited = visit()
    page = visited.page
    open_tab(page, "train")
    page.wait_for_function(f"window.Plotly && {POINTS} > 2")
    page.evaluate("Plotly.relayout(document.querySelector('#live [data-chart=loss]'), {'xaxis.range': [1, 30]})")
    before = page.evaluate(POINTS)
    page.wait_for_function(f"{POINTS} > {before}")
    assert page.evaluate(RANGE) == [1, 30]
    page.click("#train-stop")
    page.wait_for_selector("#train-resume", state="visible")
    steps = len(address[1].run(run).progress.steps)
    page.wait_for_function(f"{POINTS} === {steps}")
    other = visit().page
    open_tab(other, "train")
    other.wait_for_function(f"window.Plotly && {POINTS} === {steps}")
    assert other.evaluate(DRAWN) == page.evaluate(DRAWN)
    visited.reload()
    open_tab(page, "train")
    page.wait_for_function(f"window.Plotly && {POINTS} === {steps}")
    assert other.evaluate(DRAWN) == page.evaluate(DRAWN)
    assert visited.outside == [] and visited.complaints == []


def test_a_stop_on_one_page_shows_on_another(visit: Visits, address: tuple[str, Studio]) -> None:
    train(address[1], **LONG)
    here, there = visit().page, visit().page
    for page in (here, there):
        open_tab(page, "train")
        page.wait_for_selector("#train-stop", state="visible")
    here.click("#train-stop")
    there.wait_for_selector("#train-resume", state="visible")
    expect(there.locator("#train-stop")).to_be_hidden()


def test_question_and_answers_are_shown_as_they_were_written(visit: Visits, address: tuple[str, Studio]) -> None:
    train(address[1], "chat")
    visited = visit()
    page = visited.page
    open_tab(page, "chat")
    page.wait_for_selector("#question textarea", state="visible")
    page.wait_for_function("!document.title.includes('%')")  # it no longer tells how far the run is
    title = page.title()
    page.fill("#question textarea", FACTS[2][0])
    page.click("#send")
    expect(page.locator("#talk .said")).to_have_text(FACTS[2][0])
    expect(page.locator("#talk .reply.tuned")).to_have_text(FACTS[2][1], timeout=15_000)
    page.wait_for_selector("#send", state="visible")
    page.click("#part-card-button")
    page.click("#card-test")
    page.click("#line-learned button")
    page.wait_for_selector("#card-words .scores")
    assert page.title() == title and page.locator("img[src=x]").count() == 0
    assert visited.outside == [] and visited.complaints == []


def test_while_the_machine_is_busy_a_question_comes_back_and_can_be_sent_again(
    visit: Visits, address: tuple[str, Studio]
) -> None:
    learned(address[1], "chat", model=LARGE)
    page = visit().page
    open_tab(page, "chat")
    page.wait_for_selector("#question textarea", state="visible")
    with address[1].workspace.lease("device"):
        page.fill("#question textarea", "珍珠煮多久")
        page.click("#send")
        expect(page.locator(".toast-body")).to_contain_text("机器正忙")
        page.wait_for_selector("#send", state="visible")
        expect(page.locator("#question textarea")).to_have_value("珍珠煮多久")
    page.click("#send")
    expect(page.locator("#talk .reply.tuned")).to_have_text("煮15分钟")


@pytest.mark.pace(0.1)
def test_a_question_is_answered_while_something_trains(visit: Visits, address: tuple[str, Studio]) -> None:
    studio = address[1]
    learned(studio, "chat")
    train(studio, **LONG)
    page = visit().page
    open_tab(page, "chat")
    page.wait_for_selector("#question textarea", state="visible")
    expect(page.locator("#header .now")).to_be_visible()
    page.fill("#question textarea", "珍珠煮多久")
    page.click("#send")
    expect(page.locator("#talk .reply.tuned")).to_have_text("煮15分钟")
    expect(page.locator("#header .now")).to_be_visible()


def test_a_text_is_judged_tested_and_the_model_taken_home(
    visit: Visits, address: tuple[str, Studio], tmp_path: Path
) -> None:
    train(address[1])
    page = visit(lang="en").page
    open_tab(page, "chat")
    page.wait_for_selector("#try-text textarea", state="visible")
    page.fill("#try-text textarea", "第3次来，难喝")
    page.click("#try-go")
    expect(page.locator("#try-result .answer.tuned h3")).to_have_text("差评")
    page.reload()  # whose files these are is known of the browser, not of its page
    page.wait_for_selector("#try-text textarea", state="visible")  # all of the run is shown, and takes nothing back
    table = {"name": "new.csv", "mimeType": "text/csv", "buffer": "text\n第5次来，难喝\n".encode()}
    page.click("#part-table-button")
    page.set_input_files("#whole-table input[type=file]", table)
    page.click("#whole-go")
    with page.expect_download() as answered:
        page.click("#whole-out")
    assert "差评" in Path(answered.value.path()).read_text(encoding="utf-8-sig")
    page.click("#part-card-button")
    page.click("#card-test")
    page.click("#line-learned button")
    page.wait_for_selector("#card-confusion .main-svg")
    expect(page.locator("#card-confusion .plot-title")).to_have_text("What each class was answered with")
    page.click("#part-home-button")
    with page.expect_download() as job:
        page.click("#take-job")
    assert "dataset_version" in Path(job.value.path()).read_text(encoding="utf-8")
    page.click("#take-merged")
    with page.expect_download() as taken:
        page.click("#take-result a")
    taken.value.save_as(tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as archive:
        assert "job.yaml" in archive.namelist()


def test_a_table_that_was_given_stays_when_another_run_is_chosen(visit: Visits, address: tuple[str, Studio]) -> None:
    train(address[1])
    train(address[1])
    visited = visit()
    page = visited.page
    open_tab(page, "chat")
    page.wait_for_selector("#try-text textarea", state="visible")
    page.click("#part-table-button")
    table = {
        "name": "new.csv",
        "mimeType": "text/csv",
        "buffer": "甲,乙\n第5次来，难喝,好\n第6次来，好喝,好\n".encode(),
    }
    page.set_input_files("#whole-table input[type=file]", table)
    expect(page.locator("#whole-columns")).to_be_visible()
    other = address[1].runs()[1].id
    page.click("#chat-run input")
    with page.expect_request(lambda asked: other in (asked.post_data or "") and "new.csv" in (asked.post_data or "")):
        page.get_by_role("option").nth(1).click()
    expect(page.locator("#whole-table")).to_contain_text("new")
    expect(page.locator("#whole-columns")).to_be_visible()
    assert visited.complaints == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_a_phone_nothing_is_wider_than_the_screen(visit: Visits, address: tuple[str, Studio], lang: str) -> None:
    train(address[1])
    page = visit(lang=lang, width=390).page
    for tab in ("train", "chat"):
        open_tab(page, tab)
        page.wait_for_selector({"train": "#live .run", "chat": "#try-text"}[tab], state="visible")
        for part in ("try", "table", "card", "home") if tab == "chat" else ():
            page.click(f"#part-{part}-button")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


TABLES = {
    "classify": "内容,评价\n" + "".join(f"第{n}次来，好喝,好评\n第{n}次来，难喝,差评\n" for n in range(20)),
    "chat": "问题,答案\n" + "".join(f"{form.format(q)},{reply}\n" for q, reply in FACTS[:2] for form in PHRASINGS),
}


@pytest.mark.parametrize("task", ["classify", "chat"])
def test_from_the_file_to_the_download(visit: Visits, address: tuple[str, Studio], tmp_path: Path, task: str) -> None:
    file = tmp_path / f"{task}.csv"
    file.write_text(TABLES[task], encoding="utf-8-sig")
    visited = visit()
    page = visited.page
    if page.is_visible("#add-data"):
        page.click("#add-data")
    page.set_input_files("#upload input[type=file]", file)
    expect(page.locator("#report")).to_contain_text(file.name)
    page.click("#label-button")
    page.wait_for_selector("#label-card", state="visible")
    if task == "classify":
        page.keyboard.press("2")
        expect(page.locator("#label-card [aria-pressed=true]")).to_have_count(1)
    page.click("#go-model")
    page.wait_for_selector("#plan .sentence")
    page.click("#start")
    page.wait_for_function(f"{POINTS} > 1")
    page.wait_for_selector("#train-to-chat", state="visible", timeout=60_000)
    page.click("#train-to-chat")
    if task == "classify":
        page.fill("#try-text textarea", "第3次来，难喝")
        page.click("#try-go")
        expect(page.locator("#try-result .answer.tuned h3")).to_have_text("差评")
    else:
        page.fill("#question textarea", FACTS[0][0])
        page.click("#send")
        expect(page.locator("#talk .reply.tuned")).to_have_text(FACTS[0][1], timeout=15_000)
    page.click("#part-home-button")
    page.click("#take-merged")
    with page.expect_download() as taken:
        page.click("#take-result a")
    assert zipfile.is_zipfile(taken.value.path())
    assert visited.outside == []


def test_who_came_before_the_first_run_sees_it_on_going_there(visit: Visits, address: tuple[str, Studio]) -> None:
    studio = address[1]
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    page = visit().page
    page.wait_for_selector("#model-button:not([disabled])")
    studio.start(studio.plan(dataset).config)
    page.wait_for_selector("#train-button:not([disabled])")
    page.click("#train-button")
    expect(page.locator("#live")).to_contain_text("评价")
