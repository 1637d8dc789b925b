"""What pages that are only looked at cost the server: idle ones, and those that watch a run."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from statistics import median

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
LONG = {"epochs": 200, "batch_size": 4, "evaluations": 1, "patience": 0}  # nothing but steps while it is looked at
ROUNDS = 4


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
        yield from _watched(home, process, dataset, lambda tabs: _looking(browser, base, tabs, "train"))
        browser.close()


@contextmanager
def _looking(browser: Browser, base: str, tabs: int, step: str = "data") -> Iterator[None]:
    """So many pages, each in a window of its own, that show a step of the way and are left alone."""
    contexts = [browser.new_context(locale="zh-CN") for _ in range(tabs)]
    for context in contexts:
        page = context.new_page()
        page.goto(base)
        page.wait_for_selector("#header h1")
        page.click(f"#{step}-button:not([disabled])")
    time.sleep(SETTLED)
    yield
    for context in contexts:
        context.close()


def _spent(process: psutil.Process) -> float:
    """CPU seconds so far, of all threads."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _watched(
    home: Path, process: psutil.Process, dataset: str, looking: Callable[[int], AbstractContextManager[None]]
) -> Iterator[Figure]:
    """What a step costs the server while nobody and while many watch it, in turns within one run.

    In CPU seconds, which do not pass while others have the cores; the turns share whatever else differs.
    """
    tabs = TABS[-1]
    with Studio(home) as studio:  # which does not train: it queues the run for the server
        run = studio.start(studio.plan(dataset, changes=LONG).config)
        while studio.run(run).progress.step < 10:
            time.sleep(0.2)
        costs: dict[int, list[float]] = {0: [], tabs: []}
        for watching in list(costs) * ROUNDS:
            with looking(watching):
                costs[watching].append(_of_a_step(studio, run, process))
        studio.stop(run)
        while not studio.run(run).ended:
            time.sleep(0.2)
    for watching, found in costs.items():
        yield Figure(f"a step that {watching} pages watch", f"{1000 * median(found):.1f} CPU ms")
    more = [watched / alone - 1 for alone, watched in zip(*costs.values(), strict=True)]
    spread = f"{median(more):+.1%} ({min(more):+.1%} … {max(more):+.1%})"
    yield Figure(f"what {tabs} pages add to it, median of {ROUNDS} pairs", spread, "≤ 5 %")


def _of_a_step(studio: Studio, run: str, process: psutil.Process) -> float:
    """CPU seconds of the server for each step that is done in SECONDS."""
    done, before = studio.run(run).progress.step, _spent(process)
    time.sleep(SECONDS)
    steps, spent = studio.run(run).progress.step - done, _spent(process) - before
    assert steps > 0 and not studio.run(run).ended, "the run has to go on while it is looked at"
    return spent / steps
