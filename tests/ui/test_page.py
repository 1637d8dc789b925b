"""Who asks is known, and what goes wrong is said in their language without a traceback."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from studio.errors import StudioError
from studio.studio import Studio
from studio.ui.kit.i18n import lang_of
from studio.ui.kit.page import Page, on, served


def request(cookie: str | None = None, accepts: str = "") -> Any:
    cookies = {"lang": cookie} if cookie else {}
    return SimpleNamespace(cookies=cookies, headers={"accept-language": accepts})


@pytest.mark.parametrize(
    ("cookie", "accepts", "lang"),
    [
        ("en", "zh-CN", "en"), ("zh", "en-US", "zh"), (None, "zh-HK,zh;q=0.9", "zh"), (None, "fr", "en"),
        ("<script>", "zh", "zh"), (None, "", "en"),
    ],
)  # fmt: skip
def test_the_cookie_decides_the_language_and_else_the_browser(cookie: str | None, accepts: str, lang: str) -> None:
    assert lang_of(request(cookie, accepts)) == lang


def test_a_handler_learns_who_asks(studio: Studio) -> None:
    def greet(page: Page, name: str) -> str:
        return f"{page.lang} {name} {page.studio is studio}"

    assert on(studio, greet)(request("en"), "Lime") == "en Lime True"


def test_the_users_mistake_becomes_a_toast_in_their_language_with_no_html_in_it(studio: Studio) -> None:
    def fail(page: Page) -> None:
        raise StudioError("workspace.no_such", name="<img src=x>")

    with pytest.raises(gr.Error) as caught:
        on(studio, fail)(request("zh"))
    assert "找不到" in caught.value.message
    assert "&lt;img src=x&gt;" in caught.value.message
    assert caught.value.print_exception is False


def test_any_other_mistake_says_nothing_of_itself_on_the_page(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    def fail(page: Page) -> None:
        raise RuntimeError("secret detail")

    with caplog.at_level(logging.ERROR), pytest.raises(gr.Error) as caught:
        on(studio, fail)(request("en"))
    assert "secret" not in caught.value.message
    assert "secret detail" in caplog.text


def test_a_generator_stays_one_and_its_late_mistake_is_said_too(studio: Studio) -> None:
    def count(page: Page) -> Iterator[int]:
        yield 1
        raise StudioError("workspace.busy")

    counting = on(studio, count)(request("en"))
    assert next(counting) == 1
    with pytest.raises(gr.Error, match="busy"):
        next(counting)


def test_a_script_gets_its_mistake_as_a_sentence(studio: Studio) -> None:
    def ask(page: Page, data: dict[str, Any]) -> None:
        raise StudioError("workspace.busy")

    asked = served(studio, ask)
    assert asked.__name__ == "ask"
    assert "机器正忙" in json.loads(asked({}, request("zh")).body)["error"]
