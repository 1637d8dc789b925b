"""The page in a real browser: nothing leaves the machine, every key counts, nothing a user wrote is run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from studio.studio import Studio
from tests.studios import until
from tests.ui.conftest import REVIEWS

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
HAN = re.compile(r"[\u4e00-\u9fff]+")
HOSTILE = "<img src=x onerror=document.title='ran'> ${document.title='ran'} {{constructor}} `${1+1}`"


@pytest.fixture(scope="module")
def address(one_server: tuple[str, Studio]) -> tuple[str, Studio]:
    """One server for all of these: each page shows the newest dataset first."""
    return one_server


def unlabelled(studio: Studio, rows: int) -> str:
    dataset = studio.data.add_rows("留言", "classify", [(f"第{n}条留言", "") for n in range(1, rows + 1)])
    studio.data.declare_labels(dataset.id, ["好评", "差评", "中性"])
    return dataset.id


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_works_without_asking_anything_of_another_machine(
    visit: Visits, address: tuple[str, Studio], tmp_path: Path, lang: str
) -> None:
    file = tmp_path / "评价.csv"
    rows = "".join(f"第{n}次来，很好喝,好评\n第{n}次来，太甜了,差评\n" for n in range(12))
    file.write_text("内容,评价\n" + rows, encoding="gb18030")
    visited = visit(lang=lang)
    page = visited.page
    if page.is_visible("#add-data"):
        page.click("#add-data")
    page.set_input_files("#upload input[type=file]", file)
    expect(page.locator("#report")).to_contain_text("评价.csv")
    for view in ("label", "table", "split"):
        page.click(f"#{view}-button")
    page.click("#go-model")
    page.wait_for_selector("#plan .sentence")
    page.click("#start")
    expect(page.locator("#live")).to_contain_text("评价")
    until(lambda: address[1].runs()[0].ended, 60)
    assert visited.outside == []
    assert visited.complaints == []
    run = address[1].runs()[0]
    assert run.dataset_name == "评价"


def test_nothing_reaches_other_machines_and_what_tries_is_written_down(visit: Visits) -> None:
    visited = visit()
    asked = "() => fetch('http://example.com/', {mode: 'no-cors'}).then(() => 'answered', () => 'failed')"
    assert visited.page.evaluate(asked) == "failed" and visited.outside == []  # the page may not even ask
    assert visited.page.context.new_page().evaluate(asked) == "failed"
    assert visited.outside == ["http://example.com/"]


def test_sixty_quick_key_presses_are_sixty_labels_in_order(visit: Visits, address: tuple[str, Studio]) -> None:
    dataset = unlabelled(address[1], 61)
    page = visit().page
    page.click("#label-button")
    expect(page.locator(".card-text")).to_have_text("第1条留言")
    for n in range(60):
        page.keyboard.press("123"[n % 3])
    expect(page.locator(".card-text")).to_have_text("第61条留言")
    targets = [row.target for row in address[1].data.rows(dataset, limit=61)[0]]
    assert targets == ["好评", "差评", "中性"] * 20 + [""]


def test_keys_that_are_typed_into_a_box_label_nothing(visit: Visits, address: tuple[str, Studio]) -> None:
    dataset = unlabelled(address[1], 3)
    page = visit().page
    page.click("#label-button")
    page.fill(".card-new input", "")
    page.locator(".card-new input").press_sequentially("1s2z3")
    page.locator(".card-text").dispatch_event("keydown", {"key": "1", "isComposing": True, "bubbles": True})
    page.keyboard.press("Control+1")
    page.click("#table-button")
    page.keyboard.press("2")
    page.click("#label-button")
    expect(page.locator(".card-done")).to_contain_text("0")
    assert address[1].data.progress(dataset) == (0, 3)


def test_a_label_survives_a_reload_and_can_be_undone(visit: Visits, address: tuple[str, Studio]) -> None:
    dataset = unlabelled(address[1], 3)
    page = visit().page
    page.click("#label-button")
    page.click(".card-choices .choice >> nth=1")
    expect(page.locator(".one-card .state")).to_have_text("已保存")
    page.reload()
    page.click("#label-button")
    expect(page.locator(".card-text")).to_have_text("第2条留言")
    page.keyboard.press("z")
    expect(page.locator(".card-text")).to_have_text("第1条留言")
    assert address[1].data.progress(dataset) == (0, 3)


def test_what_a_user_wrote_is_shown_and_never_run(visit: Visits, address: tuple[str, Studio]) -> None:
    pairs = [(f"{HOSTILE}{n}", f"{HOSTILE}{n % 2}") for n in range(12)]
    address[1].data.add_rows(HOSTILE[:60], "classify", pairs)
    visited = visit()
    page = visited.page
    title = page.title()
    expect(page.locator("#report")).to_contain_text("{{constructor}}")
    page.click("#label-button")
    expect(page.locator(".card-text")).to_contain_text(HOSTILE)
    page.click("#table-button")
    expect(page.locator(".rows td.text textarea >> nth=0")).to_have_value(f"{HOSTILE}0")
    page.click("#split-button")
    expect(page.locator("#split-table")).to_contain_text(HOSTILE)
    page.click("#go-model")
    expect(page.locator("#preview")).to_contain_text(HOSTILE)
    assert page.title() == title
    assert page.locator("img[src=x]").count() == 0
    assert visited.complaints == []


def test_a_cell_is_saved_when_it_is_left(visit: Visits, address: tuple[str, Studio]) -> None:
    dataset = unlabelled(address[1], 3)
    page = visit().page
    page.click("#table-button")
    page.fill(".rows tbody tr >> nth=1 >> textarea", "改过的话")
    page.keyboard.press("Tab")
    page.select_option(".rows tbody tr >> nth=1 >> select", "差评")
    expect(page.locator(".rows .state")).to_have_text("已保存")
    page.wait_for_function("!document.querySelector('.rows .unsaved')")
    row = address[1].data.row(dataset, 2)
    assert (row.text, row.target) == ("改过的话", "差评")


def test_an_answer_that_was_typed_and_left_is_kept(visit: Visits, address: tuple[str, Studio]) -> None:
    dataset = address[1].data.add_rows("问答", "chat", [("几点开门", ""), ("几点关门", "")]).id
    page = visit().page
    page.click("#label-button")
    page.fill(".card-answer textarea", "九点")
    page.click(".card-moves .move >> nth=3")
    expect(page.locator(".card-text")).to_have_text("几点关门")
    page.fill(".card-answer textarea", "十点")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".card-done")).to_contain_text("2 / 2")
    assert [row.target for row in address[1].data.rows(dataset)[0]] == ["九点", "十点"]


def test_in_english_nothing_is_left_in_chinese(visit: Visits, address: tuple[str, Studio], tmp_path: Path) -> None:
    rows = "".join(f"visit {n} was lovely,praise\nvisit {n} was awful,complaint\n" for n in range(12))
    file = tmp_path / "reviews.csv"
    file.write_text("text,label\n,praise\n" + rows, encoding="utf-8")
    page = visit(lang="en").page
    if page.is_visible("#add-data"):
        page.click("#add-data")
    page.wait_for_selector("#upload", state="visible")
    seen = [page.inner_text("#header"), page.inner_text("#adding")]
    page.set_input_files("#upload input[type=file]", file)
    expect(page.locator("#report")).to_contain_text("reviews.csv")
    page.click("#report summary")
    for click in ("#label-button", "#table-button", "#split-button", "#go-model"):
        seen.append(page.inner_text("#steps"))
        page.click(click)
    expect(page.locator("#preview")).to_contain_text("praise")
    page.click("#advanced button")
    page.click("#plan summary")
    seen.append(page.inner_text("#steps"))
    page.click(".help-open")
    seen.append(page.inner_text("dialog"))
    chinese = HAN.findall("\n".join(seen).replace("小灶", "").replace("中文", ""))
    assert chinese == []


def test_switching_the_language_keeps_the_tab_and_the_dataset(visit: Visits, address: tuple[str, Studio]) -> None:
    older = address[1].data.add_rows("旧的", "chat", [(f"问{n}", f"答{n}") for n in range(6)])
    address[1].data.add_rows("新的", "chat", [(f"问{n}", f"答{n}") for n in range(6)])
    page = visit().page
    page.click("#dataset input")
    page.click("[role=option]:has-text('旧的')")
    expect(page.locator("#report")).to_contain_text("问答")
    page.click("#go-model")
    page.wait_for_selector("#plan .sentence")
    page.click("[data-lang=en]")
    expect(page.locator("#model-button")).to_have_text("② Model")
    expect(page.locator("#model-button")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#start")).to_have_text("Start training")
    page.click("#data-button")
    assert "旧的" in page.input_value("#dataset input")
    assert older.id


@pytest.mark.parametrize("width", [390, 1280])
def test_no_view_is_wider_than_the_screen(visit: Visits, address: tuple[str, Studio], width: int) -> None:
    address[1].data.add_rows("长" * 60, "classify", [("字" * 400 + "a" * 300, "好评"), ("b" * 500, "差" * 60)] * 6)
    page = visit(width=width).page
    for click in ("#label-button", "#table-button", "#split-button", "#go-model"):
        page.click(click)
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, click


def test_help_tells_the_steps_of_the_tab_that_one_is_on(visit: Visits, address: tuple[str, Studio]) -> None:
    address[1].data.add_rows("评价", "classify", REVIEWS)
    page = visit().page
    page.wait_for_selector("#model-button:not([disabled])")
    page.click(".help-open")
    assert page.locator(".help details[open] li").count() == 4
    expect(page.locator(".help details li h4")).to_have_count(9)
    page.click(".help-close")
    page.click("#model-button")
    expect(page.locator("#start")).to_be_visible()
    page.click(".help-open")
    expect(page.locator(".help details[open] summary")).to_contain_text("② 模型")
    assert page.locator(".help details[open] ol").get_attribute("start") == "5"
