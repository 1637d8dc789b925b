"""One web server: health, charts' script and downloads first, the page at `/`, guards around all of it.

Knows no engine: the studio it serves was put together by the caller.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import plotly
import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse

from studio.errors import StudioError
from studio.serve.downloads import Downloads
from studio.serve.guards import LOOPBACK, Guards
from studio.studio import Studio
from studio.ui.app import mount

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
USER = "xiaozao"  # the name on the login page; the password is what protects


def create_app(studio: Studio, *, host: str = "127.0.0.1", password: str | None = None) -> FastAPI:
    """The whole server. Raises StudioError for an address that others can reach without a password."""
    if host not in LOOPBACK and not password:
        raise StudioError("serve.password_needed", host=host)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(studio.close)

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    downloads = Downloads()

    @app.get("/healthz")
    def healthz() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/assets/plotly.min.js")
    def plotly_script() -> FileResponse:
        return FileResponse(PLOTLY, media_type="text/javascript", headers={"Cache-Control": "public, max-age=86400"})

    downloads.mount(app)
    app = mount(app, studio, downloads.offer, auth=(USER, password) if password else None)
    app.add_middleware(Guards, hosts=LOOPBACK if host in LOOPBACK else None)
    return app


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next port that nobody uses. Raises StudioError when twenty in a row are taken."""
    for port in range(wanted, wanted + 20):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return port
    raise StudioError("serve.no_port", first=wanted, last=wanted + 19)


def serve(app: FastAPI, host: str, port: int) -> None:
    """Runs until SIGINT or SIGTERM; a training under way finishes its step and commits first."""
    uvicorn.run(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=3)
