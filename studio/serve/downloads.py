"""Links to finished models: a random name each, good for a day, streamed as a zip without a copy on the disk.

Knows no run: it is told which folder to hand out under which file name.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import StreamingResponse

from studio.exporting import zip_of
from studio.words import LANGS, say

GOOD_FOR_SECONDS = 86_400.0
RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
EXPIRED = " ".join(say("serve.link_expired", lang) for lang in LANGS)


@dataclass(frozen=True)
class Ticket:
    folder: Path
    until: float  # time.monotonic()


class Downloads:
    """Only committed, verified folders may be offered: what is handed out never changes."""

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}

    def offer(self, folder: Path, name: str) -> str:
        """The path of a link to `folder` as `name`.zip, good for a day, in which it goes on where it broke off."""
        now = time.monotonic()
        self._tickets = {token: ticket for token, ticket in self._tickets.items() if ticket.until > now}
        token = secrets.token_urlsafe(24)
        self._tickets[token] = Ticket(folder, now + GOOD_FOR_SECONDS)
        return f"/download/{token}/{name}.zip"

    def mount(self, app: FastAPI) -> None:
        @app.get("/download/{token}/{name}")
        def download(token: str, name: str, request: Request) -> Response:
            ticket = self._tickets.get(token)
            if ticket is None or ticket.until < time.monotonic() or not ticket.folder.is_dir():
                raise HTTPException(404, EXPIRED)
            stream = zip_of(ticket.folder)
            return answer(stream, len(stream), f'"{token}"', request.headers)


def answer(pieces: Iterable[bytes], size: int, tag: str, asked: Mapping[str, str]) -> Response:
    """The whole of `size` bytes, or what is still wanted of them after a line broke (RFC 9110, 14: one range)."""
    headers = {"Content-Disposition": "attachment", "Accept-Ranges": "bytes", "ETag": tag}
    wanted = asked.get("range") if asked.get("if-range", tag) == tag else None
    found = wanted_range(wanted, size) if wanted else (0, size)
    if found is None:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    first, after = found
    headers["Content-Length"] = str(after - first)
    whole = found == (0, size)
    if not whole:
        headers["Content-Range"] = f"bytes {first}-{after - 1}/{size}"
    return StreamingResponse(
        between(pieces, first, after), 200 if whole else 206, headers=headers, media_type="application/zip"
    )


def wanted_range(header: str, size: int) -> tuple[int, int] | None:
    """The first byte that is asked for and the one after the last; all where the header is not understood, as the
    standard wants, and None where none of what is asked for is there."""
    match = RANGE.fullmatch(header.strip())
    if match is None:
        return 0, size
    first, last, tail = match.groups()
    if tail:  # the last so many
        return (max(0, size - int(tail)), size) if int(tail) else None
    if int(first) >= size or (last and int(last) < int(first)):
        return None
    return int(first), min(size, int(last) + 1) if last else size


def between(pieces: Iterable[bytes], first: int, after: int) -> Iterator[bytes]:
    """The bytes from `first` up to `after`, both counted from 0, of what is made in pieces."""
    at = 0
    for piece in pieces:
        if part := piece[max(0, first - at) : max(0, after - at)]:
            yield part
        at += len(piece)
        if at >= after:
            return
