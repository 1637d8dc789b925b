"""A hub as it is asked over HTTP: one connection with a token of its own, and what its refusals mean.

Knows no hub's language. The token goes to that hub alone: httpx sends it nowhere else when it is led on to a store.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from studio import hubs

CONNECT, READ = 4.0, 15.0  # seconds; of a read the time between two pieces
MAX_LISTING = 32 * 2**20  # bytes of a list of files


class NoSuchModel(Exception):
    """The hub has no such model."""


class Gated(Exception):
    """The hub gives it only to those who agreed to its terms, or does not know the token."""


class Unwell(Exception):
    """The hub answers, but not as it should; the text says how."""


def sum_of(told: Any) -> str:
    """What a hub names as a file's sum, if it is one: it becomes part of a file's name."""
    return told.lower() if isinstance(told, str) and re.fullmatch(r"[0-9a-fA-F]{40,64}", told) else ""


@dataclass(frozen=True)
class File:
    """A file of a repository. `digest` is of its content by `kind`; "" where the hub names none."""

    path: str
    url: str
    size: int  # bytes
    digest: str = ""
    kind: str = "sha256"  # or "git": SHA-1 over its length and content


@dataclass(frozen=True)
class Remote:
    """A hub that answers, with the token for it ("" for none)."""

    hub: hubs.Hub
    token: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        return hubs.NAMES[self.hub]

    @property
    def address(self) -> str:
        return hubs.ADDRESSES[self.hub]()

    def json(self, url: str) -> Any:
        """What the hub says at `url`. Raises NoSuchModel, Gated, Unwell, or httpx.HTTPError when the network fails."""
        with self.asked(url) as answer:
            content = b""
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > MAX_LISTING:
                    raise Unwell("too long")
            try:
                return httpx.Response(200, content=content).json()
            except ValueError as error:
                raise Unwell("no JSON") from error

    @contextmanager
    def asked(self, url: str, first: int = 0) -> Iterator[httpx.Response]:
        """The answer to GET, from byte `first` on where the hub can do so. Raises as `json`."""
        timeout = httpx.Timeout(READ, connect=CONNECT)
        with (
            httpx.Client(follow_redirects=True, timeout=timeout, headers=self._headers(first)) as client,
            client.stream("GET", url) as answer,
        ):
            _must_be_well(answer)
            yield answer

    def _headers(self, first: int) -> Mapping[str, str]:
        said = {"User-Agent": "xiaozao", "Accept-Encoding": "identity"}  # a part of what is packed is worth nothing
        if first:
            said["Range"] = f"bytes={first}-"
        if self.token:
            said["Authorization"] = f"Bearer {self.token}"
            if self.hub == "model_scope":  # which asks for it here, too
                said["Cookie"] = f"m_session_id={self.token}"
        return said


def _must_be_well(answer: httpx.Response) -> None:
    status, code = answer.status_code, answer.headers.get("x-error-code", "")
    if status == 404 or code == "RepoNotFound":
        raise NoSuchModel
    if status in (401, 403):  # which is also what some hubs say of what they have not
        raise Gated
    if status not in (200, 206):
        raise Unwell(f"HTTP {status}")
