"""Labelling in a real browser while the connection breaks: what was pressed is kept, said, and sent once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from studio.studio import Studio
from tests.ui.desk import Visits, hold, let_go, opened, state, targets, text, unlabelled

pytestmark = pytest.mark.browser


def test_what_cannot_be_sent_is_kept_and_sent_again(visit: Visits, studio: Studio) -> None:
    dataset = unlabelled(studio, 4)
    page = opened(visit)
    hold(page)
    page.keyboard.press("1")
    expect(state(page)).to_contain_text("还没存上")
    page.keyboard.press("2")  # nothing new is taken before what is there is safe
    assert targets(studio, dataset) == [""] * 4
    let_go(page)
    expect(state(page)).to_have_text("已保存")
    expect(text(page)).to_have_text("第2条留言")
    assert targets(studio, dataset) == ["好评", "", "", ""]


def test_a_key_pressed_while_the_page_reads_in_vain_is_kept_and_said_at_once(visit: Visits, studio: Studio) -> None:
    dataset = unlabelled(studio, 4)
    page = opened(visit)
    page.keyboard.press("1")
    expect(text(page)).to_have_text("第2条留言")
    expect(state(page)).to_have_text("已保存")
    hold(page)
    page.click("#table-button")
    page.click("#label-button")  # the row is read again
    expect(state(page)).to_have_text("连不上工作室，正在重新连接……")
    page.locator("body").press("2")
    expect(state(page)).to_contain_text("还没存上")
    kept = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('xiaozao.unsent')).length")
    assert kept == 1
    page.keyboard.press("3")  # nothing new is taken before what is there is safe
    let_go(page)
    expect(state(page)).to_have_text("已保存")
    expect(text(page)).to_have_text("第3条留言")
    assert targets(studio, dataset) == ["好评", "差评", "", ""]


def test_an_answer_that_is_lost_doubles_nothing(visit: Visits, studio: Studio) -> None:
    dataset = unlabelled(studio, 4)
    page = opened(visit)
    lost = []

    def lose(route: Route) -> None:
        """The server does it, but nobody hears of it."""
        if lost or "label_row" not in (route.request.post_data or ""):
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    hold(page, lose)
    page.keyboard.press("2")
    expect(text(page)).to_have_text("第2条留言")
    expect(state(page)).to_have_text("已保存")  # the next card does not wait for that
    assert lost == [200]
    lost.clear()
    page.keyboard.press("z")
    expect(text(page)).to_have_text("第1条留言")
    assert targets(studio, dataset) == [""] * 4
    assert studio.data.row(dataset, 1).revision == 2


def test_a_label_outlives_a_page_that_was_closed_offline(visit: Visits, studio: Studio) -> None:
    dataset = unlabelled(studio, 3)
    page = opened(visit)
    hold(page)
    page.keyboard.press("3")
    expect(state(page)).to_contain_text("还没存上")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute_all(behavior="ignoreErrors")
    page.reload()
    page.click("#label-button")
    expect(page.locator(".card-done")).to_contain_text("1 / 3")
    assert targets(studio, dataset) == ["中性", "", ""]
