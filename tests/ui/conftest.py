"""A studio on an engine without torch, the page of someone who asks, and small files to upload."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Request, expect, sync_playwright
from playwright.sync_api import Page as BrowserPage

from studio.serve.connections import Impatient
from studio.serve.server import create_app
from studio.studio import Studio
from studio.ui.kit.page import Page
from tests.fakes import FakeEngine

REVIEWS = [
    (f"{taste}，第{n}次来", label) for n in range(12) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))
]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


@pytest.fixture
def page(studio: Studio) -> Page:
    return Page(studio, "zh")


@pytest.fixture
def reviews(studio: Studio) -> str:
    """A labelled dataset of 24 rows."""
    return studio.data.add_rows("评价", "classify", REVIEWS).id


@pytest.fixture
def upload(tmp_path: Path) -> Callable[[str, str], str]:
    """Writes a file as the browser would leave it, and tells where."""

    def write(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ENDS = 60  # seconds in which a server has come to its end
PATIENCE = 30_000  # milliseconds: two cores may have other tests to run
OFFLINE = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # other machines are not found
]


@contextmanager
def serving(
    home: Path, pace: float = 0.0, password: str | None = None, door: socket.socket | None = None
) -> Iterator[tuple[str, Studio]]:
    """A whole server on a free port of this machine, or at a `door`, and the studio behind it, whose steps take `pace`
    seconds."""
    studio = Studio(FakeEngine(pace=pace, spoken_pace=0.005), home, worker=True)
    config = uvicorn.Config(
        create_app(studio, password=password), port=0, log_level="warning", timeout_graceful_shutdown=1, http=Impatient
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=(door and [door.dup()],), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/", studio
    server.should_exit = True
    thread.join(ENDS)
    assert not thread.is_alive(), "the server has not ended"


Doors = list[socket.socket]


@pytest.fixture(scope="session")
def doors() -> Iterator[Doors]:
    """Where one server after the other is found: a browser keeps the scripts that it has read by their address."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield [door]


@contextmanager
def taking_turns(doors: Doors, home: Path, pace: float = 0.0) -> Iterator[tuple[str, Studio]]:
    door = doors.pop()  # of two servers at one door a browser would meet either
    with serving(home, pace, door=door) as served:
        yield served
    doors.append(door)


@pytest.fixture
def address(tmp_path: Path, doors: Doors, request: pytest.FixtureRequest) -> Iterator[tuple[str, Studio]]:
    """A server; `pytest.mark.pace(0.1)` makes each step of its runs take a tenth of a second."""
    asked = request.node.get_closest_marker("pace")
    with taking_turns(doors, tmp_path / "home", pace=asked.args[0] if asked else 0.01) as served:
        yield served


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory, doors: Doors) -> Iterator[tuple[str, Studio]]:
    """A server for all tests of a file, whose `address` it may be where they do not mind each other's data."""
    with taking_turns(doors, tmp_path_factory.mktemp("server") / "home") as served:
        yield served


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    os.environ["no_proxy"] = "127.0.0.1"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OFFLINE)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Visit:
    """A browser page with what it asked of other machines and what it complained about."""

    page: BrowserPage
    outside: list[str]
    complaints: list[str]

    def reload(self) -> None:
        """The page anew; what Gradio says of requests that this breaks off is no complaint."""
        before = len(self.complaints)
        self.page.reload()
        self.complaints[before:] = [said for said in self.complaints[before:] if "Connection errored out" not in said]


Windows = dict[str, list[BrowserContext]]


@pytest.fixture(scope="session")
def windows(chromium: Browser) -> Windows:
    """By language the windows that there are, which keep the studio's scripts from one test to the next."""
    return defaultdict(list)


def window(chromium: Browser, windows: Windows, lang: str, place: int) -> BrowserContext:
    """The window at `place` among those of a language: who visits twice at once is two people."""
    if place == len(windows[lang]):
        windows[lang].append(chromium.new_context(locale={"zh": "zh-CN", "en": "en-US"}[lang]))
    return windows[lang][place]


def unknown(context: BrowserContext, url: str) -> BrowserPage:
    """A page of a window that has never been at `url`."""
    page = context.new_page()
    context.clear_cookies()
    session = context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": url.rstrip("/"), "storageTypes": "local_storage"})
    session.detach()
    return page


@pytest.fixture
def visit(address: tuple[str, Studio], chromium: Browser, windows: Windows) -> Iterator[Callable[..., Visit]]:
    """Opens the studio: `visit(lang="zh", width=1280)`. Requests to other machines fail and are written down."""
    visitors: Counter[str] = Counter()
    noting: list[tuple[BrowserContext, Callable[[Request], None]]] = []

    def open_page(lang: str = "zh", width: int = 1280) -> Visit:
        context = window(chromium, windows, lang, visitors[lang])
        visitors[lang] += 1
        page = unknown(context, address[0])
        page.set_viewport_size({"width": width, "height": 900})
        visited = Visit(page, [], [])

        def note(request: Request) -> None:
            if urlsplit(request.url).hostname not in ("127.0.0.1", None):  # data: and blob: have no host
                visited.outside.append(request.url)

        context.on("request", note)
        noting.append((context, note))

        def complain(said: str) -> None:
            if "AbortError" not in said:  # Gradio's own heartbeat, ended by a reload
                visited.complaints.append(said)

        page.on("console", lambda said: complain(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complain(str(error)))
        page.goto(address[0])
        page.wait_for_selector("#header h1")
        page.locator("#upload, #working, #live .run").filter(visible=True).first.wait_for()
        return visited

    yield open_page
    for context, note in noting:
        context.remove_listener("request", note)
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # a request that a test holds may outlive the page
            page.close()
