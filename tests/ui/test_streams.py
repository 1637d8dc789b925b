"""What a page asks just when its stream of answers ends is told to be queued only after that end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from studio.serve.server import create_app
from studio.studio import Studio
from studio.ui.app import build_app
from studio.ui.kit.streams import ANSWERS, APART, ASKED, Apart


async def gradio(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    body = b'data: {"msg":"close_stream"}\n\n' if scope["path"] == ANSWERS else b"{}"
    await send({"type": "http.response.body", "body": body})


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser that other tests drive may have its loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(coroutine)).result()


async def told(app: Apart, path: str, kind: str) -> float:
    """When a message of this kind is sent, by the loop's clock."""
    moments: dict[str, float] = {}

    async def send(message: Message) -> None:
        moments[message["type"]] = asyncio.get_running_loop().time()

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    await app({"type": "http", "path": path}, receive, send)
    return moments[kind]


def test_what_is_asked_while_a_stream_ends_is_told_to_be_queued_after_its_end() -> None:
    async def both() -> tuple[float, float]:
        app = Apart(gradio)
        return await told(app, ANSWERS, "http.response.body"), await told(app, ASKED, "http.response.start")

    ended, queued = run(both())
    assert queued - ended >= APART * 0.99


def test_nothing_waits_where_no_stream_ended() -> None:
    async def alone() -> float:
        before = asyncio.get_running_loop().time()
        return await told(Apart(gradio), ASKED, "http.response.body") - before

    assert run(alone()) < APART


def test_the_server_keeps_them_apart(studio: Studio) -> None:
    assert Apart in [one.cls for one in create_app(studio).user_middleware]


def test_no_part_of_the_page_counts_the_seconds_of_an_answer(studio: Studio) -> None:
    counted = [one.show_progress_on for one in build_app(studio, lambda folder, name: "/").fns.values() if one.fn]
    assert len(counted) > 100 and None not in counted, "which would be all that it changes"
    assert [[one.elem_id for one in shown] for shown in counted if shown] == [["public-get"]]
