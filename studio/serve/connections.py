"""A connection that is closed when nobody asks anything on it.

Knows no request: uvicorn reads those, and times them only from the first answer on.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS = 20.0  # from the first byte, or from the connection, until a request line and its headers are whole


class Impatient(H11Protocol):
    """uvicorn's own, with a limit to the time that headers may take: hundreds of connections that send a byte now and
    then (slowloris) would else stay open."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Waits while the other side's next request is not there; what comes meanwhile does not prolong it."""
        if self.conn.their_state is not h11.IDLE:
            self._unwatch()
        elif self._patience is None:
            self._patience = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def _unwatch(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()
