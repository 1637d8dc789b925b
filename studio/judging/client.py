"""The way to a model somewhere else that is asked to judge: any address that speaks as OpenAI's chat does.

Knows no match and no verdict: a question goes out as text, the answer comes back as text. Only http and https, no
redirect is followed, and the key goes nowhere but into the request.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from studio.errors import StudioError

KEY = "XIAOZAO_JUDGE_KEY"  # the environment variable with the key
URL, MODEL = "XIAOZAO_JUDGE_URL", "XIAOZAO_JUDGE_MODEL"  # and those by which whoever starts a server lets its page ask
SECONDS = 60.0  # for one answer
TRIES = 3
LONGEST_WAIT = 30.0  # seconds between two tries, whatever the server asks for
MOST_BYTES = 1_000_000  # of an answer
TOKENS = 400  # of an answer
CHAT = "/chat/completions"


@dataclass(frozen=True)
class Address:
    """Where a model is asked. Raises nothing: made by `address`."""

    base: str  # https://api.example.com/v1
    query: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc

    def of(self, path: str) -> str:
        scheme, host, start, _, _ = urlsplit(self.base)
        return urlunsplit((scheme, host, start + path, self.query, ""))


def address(given: str) -> Address:
    """Raises StudioError judging.bad_address, judging.key_in_address."""
    try:
        parts = urlsplit(given.strip())
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known:
        raise StudioError("judging.bad_address", address=given[:80])
    if parts.username or parts.password:
        raise StudioError("judging.key_in_address", variable=KEY)
    start = parts.path.rstrip("/").removesuffix(CHAT)
    return Address(urlunsplit((parts.scheme, parts.netloc, start, "", "")), parts.query)


@dataclass(frozen=True)
class Client:
    """`model` is as the server calls it. The key is never shown: not in a repr, not in an error."""

    address: Address
    model: str
    key: str = field(default="", repr=False)
    seconds: float = SECONDS

    @property
    def name(self) -> str:
        """As whom its verdicts are kept."""
        return f"{self.model} ({self.address.host})"

    def ask(self, messages: Sequence[Mapping[str, str]]) -> str:
        """The model's answer; "" where there is none in what came back. Raises StudioError judging.judge_*."""
        plain = {"model": self.model, "messages": list(messages)}
        answer = self._send("POST", CHAT, {**plain, "temperature": 0, "max_tokens": TOKENS})
        if answer.status == 400:  # some take neither
            answer = self._send("POST", CHAT, plain)
        return _said(self._good(answer).body)

    def models(self) -> list[str]:
        """What the server says that it has. Raises StudioError judging.judge_*."""
        body = _json(self._good(self._send("GET", "/models", None)).body)
        held = body.get("data") if isinstance(body, dict) else None
        return [one["id"] for one in held or [] if isinstance(one, dict) and isinstance(one.get("id"), str)]

    def _good(self, answer: Answer) -> Answer:
        if answer.status in (401, 403):
            raise StudioError("judging.judge_key", host=self.address.host, variable=KEY)
        if answer.status == 404:
            raise StudioError("judging.judge_not_found", host=self.address.host, model=self.model)
        if answer.status == 429 or answer.status >= 500:
            raise StudioError("judging.judge_busy", host=self.address.host, status=answer.status)
        if answer.status != 200:
            raise StudioError(
                "judging.judge_refused", host=self.address.host, status=answer.status, said=self._hidden(answer.body)
            )
        return answer

    def _hidden(self, body: bytes) -> str:
        """The beginning of an answer, without the key, should it be repeated there."""
        said = " ".join(body.decode("utf-8", "replace").split())
        return (said.replace(self.key, "***") if self.key else said)[:200]

    def _send(self, method: str, path: str, content: Mapping[str, Any] | None) -> Answer:
        """Tries anew where the server is busy or nothing came in time."""
        for attempt in range(1, TRIES + 1):
            last = attempt == TRIES
            try:
                answer = self._once(method, path, content)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if not last:
                    continue
                slow = isinstance(error, httpx.TimeoutException)
                key = "judging.judge_slow" if slow else "judging.judge_not_there"
                raise StudioError(key, host=self.address.host, seconds=f"{self.seconds:g}") from error
            if last or not (answer.status == 429 or answer.status >= 500):
                return answer
            time.sleep(min(answer.wait if answer.wait is not None else 2.0 * attempt, LONGEST_WAIT))
        raise AssertionError

    def _once(self, method: str, path: str, content: Mapping[str, Any] | None) -> Answer:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        until = time.monotonic() + self.seconds
        body = b""
        with (
            httpx.Client(timeout=self.seconds, follow_redirects=False) as client,
            client.stream(method, self.address.of(path), json=content, headers=headers) as response,
        ):
            for part in response.iter_bytes():
                body += part
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("it goes on and on")
                if len(body) > MOST_BYTES:
                    break
            return Answer(response.status_code, body, _wait(response.headers.get("retry-after")))


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    wait: float | None  # seconds that the server asks for


def key() -> str:
    """From the environment; "" where a server wants none."""
    return os.environ.get(KEY, "").strip()


def configured() -> Client | None:
    """The judge that whoever started this program named, the only one that a page may ask: no visitor chooses where the
    server sends things. None without one. Raises StudioError judging.bad_address, judging.key_in_address."""
    url, model = (os.environ.get(name, "").strip() for name in (URL, MODEL))
    return Client(address(url), model, key()) if url and model else None


def _wait(header: str | None) -> float | None:
    return float(header) if header and header.isdecimal() else None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _said(body: bytes) -> str:
    match _json(body):
        case {"choices": [{"message": {"content": str(said)}}, *_]}:
            return said
        case {"choices": [{"message": {"refusal": str(said)}}, *_]}:
            return said
        case _:
            return ""
