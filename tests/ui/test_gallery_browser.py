"""Choosing a model in a real browser: what is recommended stands first, a download is seen, stopped, gone on with."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from studio.studio import Studio
from tests.ui.conftest import REVIEWS

pytestmark = pytest.mark.browser
BERT = 'li[data-model="google-bert/bert-base-chinese"]'
STARTER = 'li[data-model="starter"]'


@pytest.mark.pace(0.2)
@pytest.mark.parametrize(("lang", "width"), [("zh", 1280), ("en", 390)])
def test_a_model_is_downloaded_in_sight_and_then_in_use(
    visit: Callable[..., Any], address: tuple[str, Studio], lang: str, width: int
) -> None:
    address[1].data.add_rows("评价", "classify", REVIEWS)
    visited = visit(lang=lang, width=width)
    page = visited.page
    page.wait_for_selector("#model-button:not([disabled])")
    page.click("#model-button")
    expect(page.locator(f"{STARTER} button")).to_have_attribute("aria-pressed", "true")
    first = page.locator("#knob-model .first li").first
    expect(first.locator(".recommended")).to_be_visible()
    expect(first.locator(".reason")).not_to_be_empty()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click(f"{BERT} button")
    expect(page.locator(f"{BERT} progress")).to_be_visible()
    expect(page.locator(f"{BERT} .coming")).to_contain_text("/ 1.1 GB")
    page.click(f"{BERT} button")
    expect(page.locator(f"{BERT} progress")).to_have_count(0)
    page.click(f"{BERT} button")
    expect(page.locator(f"{BERT} button")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#start")).to_be_enabled()
    assert address[1].downloads.seen()["google-bert/bert-base-chinese"].state == "finished"
    page.click(f"{STARTER} button")
    expect(page.locator(f"{STARTER} button")).to_have_attribute("aria-pressed", "true")
    assert visited.complaints == [] and visited.outside == []


def test_a_name_that_is_none_is_said_beside_the_box(visit: Callable[..., Any], address: tuple[str, Studio]) -> None:
    address[1].data.add_rows("评价", "classify", REVIEWS)
    page = visit().page
    page.wait_for_selector("#model-button:not([disabled])")
    page.click("#model-button")
    page.fill("#knob-model input.name", "../../etc/passwd")
    page.click("#knob-model .get")
    expect(page.locator("#plan .warning")).to_be_visible()
    page.fill("#knob-model input.name", "no name at all")
    page.click("#knob-model .get")
    expect(page.locator("#knob-model .state")).to_contain_text("no name at all")


@pytest.mark.parametrize(("lang", "width"), [("zh", 390), ("en", 1280)])
def test_a_downloaded_model_and_half_of_one_go_after_a_second_click(
    visit: Callable[..., Any], address: tuple[str, Studio], lang: str, width: int
) -> None:
    studio = address[1]
    studio.data.add_rows("评价", "classify", REVIEWS)
    for name, file in (("google-bert--bert-base-chinese", "model.safetensors"), (".part-made--half", ".x.part")):
        (studio.workspace.models / name).mkdir()
        (studio.workspace.models / name / file).write_bytes(b"0" * 2000)
    visited = visit(lang=lang, width=width)
    page = visited.page
    page.wait_for_selector("#model-button:not([disabled])")
    page.click("#model-button")
    expect(page.locator("#start")).to_be_enabled()
    page.click(f"{BERT} button")
    expect(page.locator(f"{BERT} button")).to_have_attribute("aria-pressed", "true")
    page.click("#knob-model .stored summary")
    expect(page.locator(".stored li")).to_have_count(2)
    expect(page.locator(".stored .total")).to_contain_text("4 kB")
    assert not any("stored." in words for words in page.locator(".stored").all_inner_texts())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("google-bert/bert-base-chinese", "made/half"):
        remove = page.locator(".stored li", has_text=name).locator(".remove")
        remove.click()
        expect(remove).to_have_class(re.compile("bad"))
        assert len(studio.stored.all()) > 0
        remove.click()
        expect(page.locator("#knob-model .state")).to_contain_text(name)
        expect(page.locator(".stored li", has_text=name)).to_have_count(0)
    assert studio.stored.all() == []
    expect(page.locator(f"{STARTER} button")).to_have_attribute("aria-pressed", "true")
    assert visited.complaints == []
