"""Links to finished models: a random name each, good for an hour, streamed as a zip without a copy on the disk.

Knows no run: it is told which folder to hand out under which file name.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse

from studio.exporting import zip_of
from studio.words import LANGS, say

GOOD_FOR_SECONDS = 3600.0
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
        """The path of a link to `folder` as `name`.zip, good for an hour and as often as the browser retries."""
        now = time.monotonic()
        self._tickets = {token: ticket for token, ticket in self._tickets.items() if ticket.until > now}
        token = secrets.token_urlsafe(24)
        self._tickets[token] = Ticket(folder, now + GOOD_FOR_SECONDS)
        return f"/download/{token}/{name}.zip"

    def mount(self, app: FastAPI) -> None:
        @app.get("/download/{token}/{name}")
        def download(token: str, name: str) -> StreamingResponse:
            ticket = self._tickets.get(token)
            if ticket is None or ticket.until < time.monotonic() or not ticket.folder.is_dir():
                raise HTTPException(404, EXPIRED)
            stream = zip_of(ticket.folder)
            return StreamingResponse(
                stream,
                media_type="application/zip",
                headers={"Content-Disposition": "attachment", "Content-Length": str(len(stream))},
            )
