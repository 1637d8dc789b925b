"""What every request passes before it reaches the page: host, origin, the door, how much it may send, safe headers.

Knows no route but the few that answer strangers: it reads the raw request line, the headers and the size of bodies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MIB = 2**20
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
OPEN = frozenset({"/login", "/healthz"})  # what answers whoever has not come in
UPLOAD = "/gradio_api/upload"
LOGIN_BYTES, BODY_BYTES, UPLOAD_BYTES = (
    4096,
    32 * MIB,
    208 * MIB,
)  # of a request; the last with what is around its files
TOGETHER_BYTES = 1024 * MIB  # of all bodies that are on their way
QUIET_SECONDS, BODY_SECONDS = 20.0, 900.0  # between two parts of a body, and for all of it
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"SAMEORIGIN",
    b"referrer-policy": b"same-origin",  # with no-referrer a browser's form would call its origin null
    # Gradio's own page needs inline scripts and eval'd templates; what matters is that nothing leaves the machine.
    b"content-security-policy": (
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'; form-action 'self'"
    ),
}


@dataclass(frozen=True)
class Hosts:
    """Under which names this server may be called; any other Host is refused (DNS rebinding). `addresses`: by any
    number as well, because who rebinds a name cannot make a browser send a number."""

    names: frozenset[str] = LOOPBACK
    addresses: bool = False

    def knows(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self.names or (self.addresses and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


@dataclass
class Body:
    """How much of a request has come, and why no more of it is wanted."""

    most: int
    so_far: int = 0
    refusal: int = 0  # an HTTP status
    complete: bool = False
    began: float = field(default_factory=lambda: asyncio.get_running_loop().time())


class Guards:
    """ASGI middleware.

    Every request must name a host that `hosts` knows, and have an Origin that is this host where it has one
    (cross-site requests). Where there is a door, `admits` tells from a browser's cookie of the name `cookie` whether
    it has come in; who has not is sent to the login, before anything of the body is read.
    """

    def __init__(
        self, app: ASGIApp, hosts: Hosts, admits: Callable[[str], bool] | None = None, cookie: str = ""
    ) -> None:
        self.app = app
        self.hosts = hosts
        self.admits = admits
        self.cookie = cookie
        self.on_their_way = 0  # bytes of all bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # the page uses none
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        body = Body(most_bytes(scope))
        refusal = self._refusal(scope, headers, body)
        if refusal is not None:
            await refusal(scope, receive, safe(send))
            return
        try:
            await self._measured(scope, receive, safe(send), body)
        finally:
            self.on_their_way -= body.so_far

    async def _measured(self, scope: Scope, receive: Receive, send: Send, body: Body) -> None:
        """The request, whose body ends as if the line had broken where too much or nothing comes."""
        begun = False

        async def received() -> Message:
            if body.refusal:
                return {"type": "http.disconnect"}
            message = await self._next(receive, body)
            return message if not body.refusal else {"type": "http.disconnect"}

        async def sent(message: Message) -> None:
            nonlocal begun
            if body.refusal and not begun:
                return  # what the page says to a broken line
            begun = True
            await send(message)

        with suppress(ClientDisconnect):  # a broken line is nobody's mistake
            await self.app(scope, received, sent)
        if body.refusal and not begun:
            await PlainTextResponse("too much" if body.refusal == 413 else "too slow", body.refusal)(
                scope, receive, send
            )

    async def _next(self, receive: Receive, body: Body) -> Message:
        if body.complete:
            return await receive()  # waits for the end of the line, for as long as the answer takes
        left = body.began + BODY_SECONDS - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(receive(), min(QUIET_SECONDS, max(left, 0.01)))
        except TimeoutError:
            body.refusal = 408
            return {"type": "http.disconnect"}
        part = len(message.get("body", b""))
        body.so_far += part
        self.on_their_way += part
        body.complete = not message.get("more_body", False)
        if body.so_far > body.most or self.on_their_way > TOGETHER_BYTES:
            body.refusal = 413
        return message

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes], body: Body) -> Response | None:
        host, origin = (headers.get(name, b"").decode("latin-1") for name in (b"host", b"origin"))
        if not self.hosts.knows(host):
            return PlainTextResponse("unknown host", 421)
        if origin and _netloc(origin) != host:
            return PlainTextResponse("foreign origin", 403)
        if self._is_outside(scope, headers):
            asks_for_page = scope["method"] == "GET" and b"text/html" in headers.get(b"accept", b"")
            return RedirectResponse("/login", 303) if asks_for_page else PlainTextResponse("log in first", 401)
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 15 or int(length) > body.most:
            return PlainTextResponse("too much", 413)
        return None

    def _is_outside(self, scope: Scope, headers: dict[bytes, bytes]) -> bool:
        if self.admits is None or scope["path"] in OPEN:
            return False
        return not self.admits(cookies(headers).get(self.cookie, ""))


def most_bytes(scope: Scope) -> int:
    """How long the body of a request may be."""
    path = scope["path"]
    return LOGIN_BYTES if path in OPEN else UPLOAD_BYTES if path == UPLOAD else BODY_BYTES


def safe(send: Send) -> Send:
    """With HEADERS, where the answer has none of its own."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            extra = [(name, value) for name, value in HEADERS.items() if name not in present]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return sending


def cookies(headers: dict[bytes, bytes]) -> dict[str, str]:
    return cookie_parser(headers.get(b"cookie", b"").decode("latin-1"))


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
