"""Of several things that a page asks for one place, the answer to the last one stays, however late others come."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import gradio as gr
import pytest
from starlette.requests import Request

from studio.studio import Studio
from studio.ui.kit.newest import PAGES, Newest
from studio.ui.kit.page import Page


def request(page: str) -> gr.Request:
    scope = {"type": "http", "headers": [], "method": "POST", "path": "/", "query_string": b""}
    return gr.Request(Request(scope), session_hash=page)


def slow(began: Event, go_on: Event) -> Any:
    def handler(page: Page, said: str) -> str:
        began.set()
        go_on.wait(20)
        return said

    return handler


def slow_in_parts(began: Event, go_on: Event) -> Any:
    def handler(page: Page, said: str) -> Iterator[str]:
        yield "soon"
        began.set()
        go_on.wait(20)
        yield said

    return handler


@pytest.mark.parametrize(("other", "stays"), [("a", False), ("b", True)])
@pytest.mark.parametrize("made", [slow, slow_in_parts])
def test_what_the_same_page_asked_since_is_not_overwritten(studio: Studio, made: Any, other: str, stays: bool) -> None:
    began, go_on, newest = Event(), Event(), Newest()
    first, second = newest.on(studio, made(began, go_on)), newest.on(studio, lambda page, said: said)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(lambda: first(request("a"), "late") if made is slow else [*first(request("a"), "late")])
        began.wait(20)
        assert second(request(other), "newer") == "newer"
        go_on.set()
        found = late.result(20)
    told = found if made is slow else found[-1]
    assert told == ("late" if stays else gr.skip())


def test_pages_that_are_long_gone_are_forgotten(studio: Studio) -> None:
    newest = Newest()
    told = newest.on(studio, lambda page, said: said)
    assert [told(request(str(n)), n) for n in range(3 * PAGES)] == [*range(3 * PAGES)]
    assert len(newest._asked) == PAGES
