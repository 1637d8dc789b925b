"""What pages that are only looked at cost the server: idle ones, and those that watch a run."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psutil
from playwright.sync_api import Browser, sync_playwright

from benchmarks.page import server
from benchmarks.table import Figure
from benchmarks.terminal import xiaozao
from studio.assembled import Studio
from studio.assets import EXAMPLES

SECONDS = 30.0
SETTLED = 15.0  # seconds after which server and page have loaded whatever they load
CALM = 5.0  # percent of a core
TABS = (0, 1, 4)
RUN = {"epochs": 20, "evaluations": 1}


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as closing:
        home = Path(folder)
        dataset = xiaozao(home, "import", str(EXAMPLES / "milk_tea_reviews.xlsx"))["dataset"]
        base, _ = closing.enter_context(server(home))
        process = next(one for one in psutil.Process().children() if "app.py" in one.cmdline())
        yield Figure("the page's configuration", f"{len(httpx.get(base + '/config').content) / 1000:.0f} kB")
        if not (chromium := shutil.which("chromium")):
            return
        playwright = closing.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        while process.cpu_percent(interval=5) > CALM:  # it loads its engine
            pass
        for tabs in TABS:
            with _looking(browser, base, tabs):
                before = _spent(process)
                time.sleep(SECONDS)
                share = (_spent(process) - before) / SECONDS
            yield Figure(f"a server with {tabs} idle pages open, of one core", f"{share:.1%}", "≤ 2 % a page")
        for tabs in (0, TABS[-1]):
            with _looking(browser, base, tabs, "train"):
                seconds = _train(home, process, dataset)
            yield Figure(f"a run that {tabs} pages watch", f"{seconds:.1f} CPU s", "≤ 5 % more")
        browser.close()


@contextmanager
def _looking(browser: Browser, base: str, tabs: int, step: str = "data") -> Iterator[None]:
    """So many pages, each in a window of its own, that show a step and are left alone."""
    contexts = [browser.new_context(locale="zh-CN") for _ in range(tabs)]
    for context in contexts:
        page = context.new_page()
        page.goto(base)
        page.wait_for_selector("#header h1")
        if page.is_enabled(f"#{step}-button"):
            page.click(f"#{step}-button")
    time.sleep(SETTLED)
    yield
    for context in contexts:
        context.close()


def _spent(process: psutil.Process) -> float:
    """CPU seconds so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _train(home: Path, process: psutil.Process, dataset: str) -> float:
    """CPU seconds of the server while it trains one run; another process queues it."""
    with Studio(home) as studio:
        run = studio.start(studio.plan(dataset, changes=RUN).config)
        before = _spent(process)
        while not studio.run(run).ended:
            time.sleep(0.2)
    return _spent(process) - before
