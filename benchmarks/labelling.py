"""How long a person who labels 100,000 rows waits from the key to the next card, on the server and in a browser."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles

from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import sync_playwright

from benchmarks.importing import ROWS, WORDS
from benchmarks.page import server
from benchmarks.table import Figure
from studio.assembled import Studio
from studio.ui.data.label import label_row
from studio.ui.kit.page import Page

KEYS = 200
LABELS = ("好评", "差评", "中性")
GOAL = "≤ 150 ms"


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Studio(home) as studio:
            dataset = _dataset(studio)
            page = Page(studio, "zh")
            yield _figure("on the server, while suggestions are made", _press(page, dataset))
            studio.suggesting.wait()
            yield _figure("on the server", _press(page, dataset))
            yield _figure("on the server, least sure first", _press(page, dataset, order="uncertain"))
            studio.data.labelling.invite(dataset, ("小王", "小李"))
            yield _figure("on the server, one of two people", _press(page, dataset, who="小王"))
            studio.data.labelling.dismiss(dataset)
        if browser := shutil.which("chromium"):
            with server(home) as (base, _), sync_playwright() as playwright:
                opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
                shown = opened.new_page(locale="zh-CN")
                shown.goto(base)
                yield _figure("in Chromium", _type(shown))
                opened.close()


def _figure(where: str, waits: list[float]) -> Figure:
    p95 = quantiles(waits, n=20)[-1]
    return Figure(f"label key to next card at {ROWS:,} rows, {where}, p95", f"{p95 * 1000:.0f} ms", GOAL)


def _dataset(studio: Studio) -> str:
    draw = random.Random(0)
    rows = [
        ("".join(draw.choices(WORDS, k=12)) + str(n), draw.choice(LABELS) if n % 100 == 0 else "") for n in range(ROWS)
    ]
    return studio.data.add_rows("留言", "classify", rows).id


def _press(page: Page, dataset: str, **seat: str) -> list[float]:
    """Seconds of each key, from a card to the next."""
    shown = label_row(page, {"dataset": dataset, "do": "open", **seat})
    waits = []
    for key in range(KEYS):
        assert shown is not None
        asked = {"number": shown["number"], "revision": shown["revision"], "target": LABELS[key % 3], **seat}
        waits.append(_seconds(lambda asked=asked: label_row(page, {"dataset": dataset, "do": "save", **asked})))
        shown = label_row(page, {"dataset": dataset, "do": "skip", "number": shown["number"], **seat})
    return waits


def _type(page: BrowserPage) -> list[float]:
    """Seconds from each key to the text of the next row on the screen."""
    page.click("#label-button")
    page.wait_for_selector(".card-text:not(:empty)")
    waits = []
    for key in range(KEYS):
        waits.append(
            page.evaluate(
                """(key) => new Promise((done) => {
                  const text = document.querySelector(".card-text"), began = performance.now();
                  const seen = new MutationObserver(() => {
                    seen.disconnect();
                    requestAnimationFrame(() => done((performance.now() - began) / 1000));
                  });
                  seen.observe(text, { childList: true, characterData: true, subtree: true });
                  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
                })""",
                "123"[key % 3],
            )
        )
    return waits


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
