"""One web server: health, charts' script and downloads first, the page at `/`, guards around all of it.

Knows no engine: the studio it serves was put together by the caller.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from threading import Event

import plotly
import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse
from uvicorn.server import HANDLED_SIGNALS

from studio.errors import StudioError
from studio.serve import login
from studio.serve.connections import Impatient
from studio.serve.doorkeeper import Doorkeeper
from studio.serve.downloads import Downloads
from studio.serve.guards import LOOPBACK, Guards, Hosts
from studio.signals import ENDING
from studio.studio import Studio
from studio.ui.app import mount

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104  (what a person who wants it writes)
MOST_CONNECTIONS = 1000


def create_app(
    studio: Studio, *, host: str = "127.0.0.1", password: str | None = None, names: Sequence[str] = ()
) -> FastAPI:
    """The whole server. `names`: by which browsers call it besides `host`, such as that of a proxy before it.

    Raises StudioError for one that others can reach without a password.
    """
    if not password and (host not in LOOPBACK or names):
        raise StudioError("serve.password_needed", host=next(iter(names), host))

    sweep(studio.workspace.cache)
    os.environ["GRADIO_TEMP_DIR"] = str(studio.workspace.cache)  # where Gradio puts what browsers upload

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
    door = Doorkeeper(password, studio.workspace.secret()) if password else None
    if door:
        login.mount(app, door)
    app = mount(app, studio, downloads.offer, locked=door is not None)
    app.add_middleware(
        Guards, hosts=hosts(host, names), admits=door.admits if door else None, cookie=login.COOKIE
    )  # outermost: whatever was added before it runs inside
    return app


def sweep(cache: Path) -> None:
    """Removes what was uploaded or offered more than a day ago. Another server's of today stays."""
    for kept in cache.iterdir():
        with contextlib.suppress(OSError):  # which sweeps, too
            if kept.stat().st_mtime < time.time() - 86_400:
                shutil.rmtree(kept)


def hosts(host: str, names: Sequence[str]) -> Hosts:
    """What may stand in a request for a server that listens at `host`."""
    own = {socket.gethostname().lower(), f"{socket.gethostname().lower()}.local"} if host in ANY_ADDRESS else {host}
    return Hosts(LOOPBACK | own | {name.lower() for name in names}, addresses=host in ANY_ADDRESS)


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next port that nobody uses. Raises StudioError when twenty in a row are taken."""
    for port in range(wanted, wanted + 20):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return port
    raise StudioError("serve.no_port", first=wanted, last=wanted + 19)


class Server(uvicorn.Server):
    """uvicorn's own, which ends at once where it was `asked` to before it began to listen to signals."""

    def __init__(self, config: uvicorn.Config, asked: Event) -> None:
        super().__init__(config)
        self._asked = asked

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.should_exit = self.should_exit or self._asked.is_set()


def serve(app: FastAPI, host: str, port: int, proxies: Sequence[str], asked: Event) -> None:
    """Runs until a signal asks it to end, or did before; a training under way finishes its step and commits first.

    Only the `proxies`, by their addresses, are believed where a request comes from.
    """
    for one in set(ENDING) - set(HANDLED_SIGNALS):
        signal.signal(one, lambda *_: signal.raise_signal(signal.SIGTERM))
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=3, http=Impatient,
        limit_concurrency=MOST_CONNECTIONS, proxy_headers=bool(proxies), forwarded_allow_ips=list(proxies),
    )  # fmt: skip
    if not asked.is_set():
        with contextlib.suppress(KeyboardInterrupt):  # how uvicorn passes on the signal that ended it
            Server(config, asked).run()
