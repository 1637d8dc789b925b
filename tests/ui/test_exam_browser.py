"""The exam in a real browser: what is struck, reworded and written there is kept, and a composition is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from studio.studio import Studio

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
HOTEL = [
    ("早餐几点开始", "早餐六点半到九点半"),
    ("可以带宠物吗", "小型犬可以住，每晚加收六十元"),
    ("<img src=x onerror=document.title='ran'>", "密码是房号后面加 songtao88"),
]


@pytest.fixture
def hotel(address: tuple[str, Studio]) -> str:
    return address[1].data.add_rows("酒店前台", "chat", HOTEL).id


def split_page(visit: Visits, **how: Any) -> Page:
    page: Page = visit(**how).page
    page.click("#split-button")
    page.wait_for_selector(".exam-fact")
    return page


def asked(studio: Studio, dataset: str) -> list[str]:
    return [example.text for example, _ in studio.data.exam_of(dataset).asked]


def test_questions_are_struck_reworded_and_written_and_outlive_a_reload(
    visit: Visits, address: tuple[str, Studio], hotel: str
) -> None:
    page = split_page(visit)
    breakfast, pets, network = (page.locator(".exam-fact").nth(n) for n in range(3))
    old = breakfast.locator("textarea").first.input_value()
    breakfast.locator("textarea").first.fill("几点能吃上早饭")
    pets.locator(".exam-tick input").first.click()  # leaving the field saves it, and the click still counts
    expect(breakfast.locator(".exam-question.struck textarea")).to_have_value(old)
    expect(pets.locator(".exam-question").first).to_have_class("exam-question struck")
    network.locator("textarea").fill("怎么连你们的网")
    network.locator("textarea").press("Enter")
    expect(network.locator(".exam-question textarea")).to_have_value("怎么连你们的网")
    expect(page.locator(".exam-bare")).to_be_hidden()
    struck = pets.locator("textarea").first.input_value()
    page.reload()
    page.click("#split-button")
    expect(page.locator(".exam-question.struck")).to_have_count(2)
    questions = asked(address[1], hotel)
    assert {"几点能吃上早饭", "怎么连你们的网"} <= set(questions) and not {old, struck} & set(questions)
    assert page.locator("img[src=x]").count() == 0 and page.title() != "ran"


def test_a_question_that_is_taught_is_refused_beside_its_field(
    visit: Visits, address: tuple[str, Studio], hotel: str
) -> None:
    page = split_page(visit)
    before = asked(address[1], hotel)
    first = page.locator(".exam-fact").first
    first.locator("textarea").first.fill("早餐几点开始")
    first.locator("textarea").first.press("Enter")
    expect(first.locator("[role=alert]").first).to_contain_text("不能当考题")
    assert asked(address[1], hotel) == before


def test_what_a_model_suggests_is_asked_only_once_it_is_taken(
    visit: Visits, address: tuple[str, Studio], hotel: str
) -> None:
    studio = address[1]
    page = split_page(visit)
    first = page.locator(".exam-fact").first
    suggest = first.get_by_role("button", name="请模型想几问")
    suggest.click()
    expect(page.locator(".exam-head .state.bad")).to_contain_text("1 亿参数")  # no real model here yet
    studio.train(studio.plan(hotel, "maker/large").config)  # its base says one thing to whatever it is asked
    before = asked(studio, hotel)
    suggest.click()
    offered = first.locator(".exam-offered button")
    expect(offered).to_have_count(1)
    said = offered.inner_text()
    assert asked(studio, hotel) == before
    offered.click()
    expect(first.locator(".exam-question textarea").last).to_have_value(said)
    expect(offered).to_have_count(0)
    assert said in asked(studio, hotel)


def test_enter_within_a_composition_writes_nothing(visit: Visits, address: tuple[str, Studio], hotel: str) -> None:
    page = split_page(visit)
    field = page.locator(".exam-fact").nth(2).locator("textarea")
    field.fill("zenmelian")
    field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    field.fill("怎么连网")
    field.press("Enter")
    expect(page.locator(".exam-fact").nth(2).locator(".exam-question textarea")).to_have_value("怎么连网")
    assert "zenmelian" not in asked(address[1], hotel)


def test_the_choice_redraws_the_split_at_once(visit: Visits, address: tuple[str, Studio], hotel: str) -> None:
    page = split_page(visit)
    expect(page.locator("#lesson input >> nth=0")).to_be_checked()
    page.locator("#lesson input >> nth=1").check()
    expect(page.locator(".exam")).to_be_hidden()
    assert address[1].data.lesson(hotel) == "manner"
    page.locator("#lesson input >> nth=0").check()
    expect(page.locator(".exam")).to_be_visible()
    expect(page.locator(".exam-fact")).to_have_count(3)
    assert address[1].data.lesson(hotel) == "facts"


def test_on_a_telephone_nothing_is_wider_than_the_screen_and_all_is_large_enough(visit: Visits, hotel: str) -> None:
    page = split_page(visit, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for target in page.locator(".exam-tick, .exam textarea:visible, .exam button:visible").all():
        box = target.bounding_box()
        assert box is not None and box["height"] >= 44, target
