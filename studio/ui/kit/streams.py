"""Keeps a click from being lost that reaches Gradio just when it ends the stream of answers of that page.

Knows no page and no answer, only that a stream's last message was sent.
"""

from __future__ import annotations

import asyncio
import math

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANSWERS, ASKED = "/gradio_api/queue/data", "/gradio_api/queue/join"
LAST = b'"close_stream"'
APART = 0.1  # seconds between the end of a stream and the next thing that a page is told


class Apart:
    """ASGI: lets a page hear of the end of a stream before it hears that what it asked next is in the queue.

    When nothing more is under way Gradio tells a page so and ends its stream; the page opens another one where it is
    told that something of it is queued and none is open. If that is told before the end has been heard, there is none
    to hear the answer: it stays on the server until somebody clicks again.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.ended = -math.inf  # when the last of all streams was, by the loop's clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removesuffix("/") if scope["type"] == "http" else ""
        await self.app(scope, receive, {ANSWERS: self._noting(send), ASKED: self._after(send)}.get(path, send))

    def _noting(self, send: Send) -> Send:
        async def noting(message: Message) -> None:
            if LAST in message.get("body", b""):
                self.ended = asyncio.get_running_loop().time()
            await send(message)

        return noting

    def _after(self, send: Send) -> Send:
        async def after(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(self.ended + APART - asyncio.get_running_loop().time())
            await send(message)

        return after
