"""The frame around the page's components: no file reaches a handler but one that the same browser uploaded.

Knows no component: it looks at the paths in whatever a browser sends, and at which browser was told them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import gradio as gr
from gradio_client.utils import is_valid_file
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.errors import StudioError
from studio.ui.kit.i18n import lang_of
from studio.ui.kit.page import errors_shown
from studio.words import Lang

COOKIE = "xiaozao-browser"  # a random name, until the browser is closed or its person leaves by the door
UPLOAD, FILE = "/gradio_api/upload", "/gradio_api/file="
NAMED = frozenset({"/", UPLOAD})  # what gives a browser its name: the page, or a script's first upload
# Gradio's other ways to leave or take a file, which nobody of this page goes.
CLOSED = ("/gradio_api/process_recording", "/gradio_api/deep_link", "/gradio_api/file/", "/gradio_api/stream")


class Ledger:
    """Which browsers were told of a file: who uploaded it, or was given it to take home. A restart forgets it all,
    as a page does what was in it."""

    def __init__(self) -> None:
        self._told: dict[str, set[str]] = {}

    def note(self, browser: str, paths: Iterable[str]) -> None:
        paths = list(paths)
        if not browser or not paths:
            return
        self._told = {path: told for path, told in self._told.items() if Path(path).exists()}  # swept after a day
        for path in paths:
            self._told.setdefault(path, set()).add(browser)

    def knows(self, browser: str, path: Any) -> bool:
        """Whether `path` is, to the letter, what this browser was told, and leads to a file through no link."""
        if not isinstance(path, str) or browser not in self._told.get(path, ()):
            return False
        whole = Path(path)
        return whole.is_file() and whole.resolve() == whole


class UploadsOnly(gr.Blocks):
    """Gradio checks the paths that a browser sends only after `launch()`, which a page mounted in a server never calls,
    it would fetch a path that is a web address, and it asks nobody whose a file is. Here all is refused that is not in
    the `ledger` before anything is opened."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.has_launched = True  # Gradio's own check of files going in and out
        self.ledger = Ledger()
        self._asking: ContextVar[tuple[str, Lang]] = ContextVar("asking")

    async def process_api(
        self, block_fn: Any, inputs: list[Any], state: Any = None, request: Any = None, *rest: Any, **more: Any
    ) -> dict[str, Any]:
        browser = request.cookies.get(COOKIE, "") if request else ""
        self._asking.set((browser, lang_of(request)))
        return await super().process_api(block_fn, inputs, state, request, *rest, **more)

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], state: Any, explicit_call: bool = False) -> Any:
        browser, lang = self._asking.get()
        if not all(self.ledger.knows(browser, path) for path in paths_in(inputs)):
            with errors_shown(lang):
                raise StudioError("ui.not_uploaded")
        for block, value in zip(block_fn.inputs, inputs, strict=False):
            if isinstance(block, (gr.File, gr.UploadButton)) and not _of_kind(value, block.file_types):
                with errors_shown(lang):
                    raise StudioError("ui.other_kind", kinds=" ".join(block.file_types or ()))
        return await super().preprocess_data(block_fn, inputs, state, explicit_call)

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> Any:
        data = await super().postprocess_data(block_fn, predictions, state)
        browser, _ = self._asking.get()
        for block, value in zip(block_fn.outputs, data, strict=False):
            if isinstance(block, (gr.File, gr.DownloadButton)):
                self.ledger.note(browser, (path for path in paths_in(value) if isinstance(path, str)))
        return data


def _of_kind(value: Any, kinds: list[str] | None) -> bool:
    """Whether all files have one of these endings. Gradio asks as well, and says so in English alone."""
    return not kinds or all(is_valid_file(path, kinds) for path in paths_in(value))


def paths_in(sent: Any) -> Iterator[Any]:
    """Whatever stands under "path", however deep."""
    left = [sent]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            if "path" in part:
                yield part["path"]
            left.extend(part.values())
        elif isinstance(part, (list, tuple)):
            left.extend(part)


class Noted:
    """ASGI: gives every browser a name that no script can read, notes what it uploads, and shows a file only to whom
    the `ledger` knows."""

    def __init__(self, app: ASGIApp, ledger: Ledger) -> None:
        self.app = app
        self.ledger = ledger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, browser = scope["path"].removesuffix("/") or "/", HTTPConnection(scope).cookies.get(COOKIE, "")
        if path.startswith(CLOSED):
            await PlainTextResponse("not here", 404)(scope, receive, send)
        elif path.startswith(FILE) and not self.ledger.knows(browser, scope["path"].removeprefix(FILE)):
            await PlainTextResponse("not yours", 403)(scope, receive, send)
        elif path in NAMED:
            await self._named(scope, receive, send, browser)
        else:
            await self.app(scope, receive, send)

    async def _named(self, scope: Scope, receive: Receive, send: Send, known: str) -> None:
        browser = known or secrets.token_urlsafe(24)
        said = b""
        status = 0

        async def noting(message: Message) -> None:
            nonlocal said, status
            if message["type"] == "http.response.start":
                status = message["status"]
                if not known:
                    message = {**message, "headers": [*message["headers"], cookie(browser, scope)]}
            elif message["type"] == "http.response.body" and scope["path"].startswith(UPLOAD) and status == 200:
                said += message.get("body", b"")
                if not message.get("more_body"):  # before the browser hears of it
                    self.ledger.note(browser, json.loads(said))
            await send(message)

        if scope["path"].startswith(UPLOAD):  # whose answer is read here
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": plain}
        await self.app(scope, receive, noting)


def cookie(browser: str, scope: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """The header that gives a browser its name: kept from scripts and other sites, and gone when it is closed."""
    named = SimpleCookie({COOKIE: browser})
    named[COOKIE].update({"path": "/", "httponly": True, "samesite": "lax", "secure": scope["scheme"] == "https"})
    return b"set-cookie", named[COOKIE].OutputString().encode()
