"""What every request passes before it reaches the page: host, origin, tries at the password, safe headers.

Knows no route and no user: it reads the raw request line and headers only.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LOGIN_TRIES, LOGIN_SECONDS = 5, 15 * 60
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"SAMEORIGIN",
    b"referrer-policy": b"no-referrer",
    # Gradio's own page needs inline scripts and eval'd templates; what matters is that nothing leaves the machine.
    b"content-security-policy": (
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'; form-action 'self'"
    ),
}


class Guards:
    """ASGI middleware.

    `hosts` are the names under which this server may be called; any other Host is refused (DNS rebinding), and so is
    every request whose Origin is not the Host it was sent to (cross-site requests). Five tries at the password in
    fifteen minutes from one address, then 429.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None) -> None:
        self.app = app
        self.hosts = hosts  # None: any name, for a server that listens on every address behind a password
        self.tries: dict[str, deque[float]] = defaultdict(deque)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        refusal = self._refusal(scope, host, headers.get(b"origin", b"").decode("latin-1"))
        if refusal is not None:
            await refusal(scope, receive, send)
            return

        async def safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = [(name, value) for name, value in HEADERS.items() if name not in present]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await self.app(scope, receive, safe)

    def _refusal(self, scope: Scope, host: str, origin: str) -> PlainTextResponse | None:
        name = urlsplit(f"//{host}").hostname or ""
        if self.hosts is not None and name not in self.hosts:
            return PlainTextResponse("unknown host", 421)
        if origin and urlsplit(origin).netloc != host:
            return PlainTextResponse("foreign origin", 403)
        if scope["method"] == "POST" and scope["path"].rstrip("/") == "/login" and self._tried_too_often(scope):
            return PlainTextResponse("too many tries, wait 15 minutes", 429)
        return None

    def _tried_too_often(self, scope: Scope) -> bool:
        now, tries = time.monotonic(), self.tries[(scope.get("client") or ("", 0))[0]]
        while tries and now - tries[0] > LOGIN_SECONDS:
            tries.popleft()
        tries.append(now)
        return len(tries) > LOGIN_TRIES
