"""What pages that are only looked at cost the server: idle ones, and those that watch a run."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
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
BEHIND = "Object.defineProperty(document, 'hidden', { get: () => true })"  # as a tab behind another one is told
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
                before, drawn = _spent(process), _drawn()
                time.sleep(SECONDS)
                share, drawing = (_spent(process) - before) / SECONDS, (_drawn() - drawn) / SECONDS
            yield Figure(f"a server with {tabs} idle pages open, of one core", f"{share:.1%}", "≤ 2 % a page")
            yield Figure(f"the browser with {tabs} idle pages open, of one core", f"{drawing:.1%}", "≤ 2 % a page")
        ways: Mapping[str, Callable[[], AbstractContextManager[None]]] = {
            "nobody": lambda: _looking(browser, base, 0),
            "one page": lambda: _looking(browser, base, 1, "train"),
            "four tabs of a window": lambda: _looking(browser, base, 4, "train", in_view=1),
            "four windows": lambda: _looking(browser, base, 4, "train"),
        }
        yield from _watched(home, process, dataset, ways)
        browser.close()


@contextmanager
def _looking(browser: Browser, base: str, tabs: int, step: str = "data", in_view: int = 4) -> Iterator[None]:
    """So many pages that show a step of the way and are left alone; all but those in view are behind another one."""
    contexts = [browser.new_context(locale="zh-CN") for _ in range(tabs)]
    for place, context in enumerate(contexts):
        page = context.new_page()
        if place >= in_view:
            page.add_init_script(BEHIND)
        page.goto(base)
        page.wait_for_selector("#header h1")
        page.click(f"#{step}-button:not([disabled])")
    time.sleep(SETTLED)
    yield
    for context in contexts:
        context.close()


def _spent(process: psutil.Process) -> float:
    """CPU seconds so far, of all threads, those that have ended among them."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _drawn() -> float:
    """CPU seconds so far of the browser, all of its processes together."""
    processes = [one for one in psutil.Process().children(recursive=True) if one.name().startswith("chrom")]
    return sum(map(_spent, processes))


def _by_thread(process: psutil.Process) -> dict[int, float]:
    """CPU seconds so far of each thread that is there, by its number."""
    return {thread.id: float(thread.user_time + thread.system_time) for thread in process.threads()}


@dataclass(frozen=True)
class Step:
    """What one step took: seconds by the clock, CPU seconds of the server's busiest thread, which trains, and of all
    others, which answer pages; `drawing`: CPU seconds of the browser in a second."""

    clock: float
    training: float
    beside: float
    drawing: float


def _watched(
    home: Path, process: psutil.Process, dataset: str, ways: Mapping[str, Callable[[], AbstractContextManager[None]]]
) -> Iterator[Figure]:
    """What a step costs in each of the `ways` to watch it, nobody first, in turns within one run: they share whatever
    else differs.

    The browser shares the processor with the server here: it slows what the training thread does by the clock and in
    CPU seconds alike, as it does in a shop with one computer. What the server itself does for its pages lies beside.
    """
    with Studio(home) as studio:  # which does not train: it queues the run for the server
        run = studio.start(studio.plan(dataset, changes=LONG).config)
        while studio.run(run).progress.step < 10:
            time.sleep(0.2)
        costs: dict[str, list[Step]] = {way: [] for way in ways}
        for way in list(costs) * ROUNDS:
            with ways[way]():
                costs[way].append(_step(studio, run, process))
        studio.stop(run)
        while not studio.run(run).ended:
            time.sleep(0.2)
    alone = costs.pop(next(iter(ways)))
    yield Figure("a step that nobody watches", f"{1000 * median(step.training for step in alone):.0f} CPU ms")
    for way, watched in costs.items():
        pairs = list(zip(watched, alone, strict=True))
        beside = [(step.beside - calm.beside) / calm.training for step, calm in pairs]
        clock = [step.clock / calm.clock - 1 for step, calm in pairs]
        yield Figure(f"what the server does for {way}, of a step", _spread(beside), "≤ 5 %")
        yield Figure(f"a step by the clock, {way} in a browser on the same two cores", _spread(clock), "≤ 5 %")
        drawing = median(step.drawing for step in watched)
        yield Figure(f"the browser with {way}, of one core", f"{drawing:.0%}")


def _spread(shares: list[float]) -> str:
    return f"{median(shares):+.1%} ({min(shares):+.1%} … {max(shares):+.1%})"


def _step(studio: Studio, run: str, process: psutil.Process) -> Step:
    """The mean of the steps that are done in SECONDS."""
    done, began = studio.run(run).progress.step, time.perf_counter()
    before, of_threads, drawn = _spent(process), _by_thread(process), _drawn()
    time.sleep(SECONDS)
    drawing = (_drawn() - drawn) / (time.perf_counter() - began)
    steps, clock = studio.run(run).progress.step - done, time.perf_counter() - began
    assert steps > 0 and not studio.run(run).ended, "the run has to go on while it is looked at"
    spent = _spent(process) - before
    training = max(seconds - of_threads.get(thread, 0.0) for thread, seconds in _by_thread(process).items())
    return Step(clock / steps, training / steps, (spent - training) / steps, drawing)
