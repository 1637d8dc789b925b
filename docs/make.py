"""Makes the tutorial and its pictures: the story of `locales/*/story.toml`, on the real page with the starter.

Knows the studio as a visitor does, by its page. `python -m docs.make` (some ten minutes, and a Chromium) takes all
pictures anew, in both languages; `python -m docs.make words` writes only the text.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import uvicorn
from playwright.sync_api import Page, expect, sync_playwright

from studio.assembled import Studio
from studio.data.intake.samples import SAMPLES
from studio.serve.server import create_app
from studio.words import LANGS, Lang, say

HERE = Path(__file__).parent
LOCALES: dict[Lang, str] = {"zh": "zh-CN", "en": "en-US"}
# Each step of the story, and the pictures that belong to it.
STEPS = {
    "one": ("start",), "two": ("data",), "three": ("check",), "four": ("label",), "five": ("model",), "six": ("plan",),
    "seven": ("train",), "eight": ("trial", "card"), "nine": ("table", "home"),
}  # fmt: skip
LESS_TIDY = [
    *[("好喝，还会再来", "上墙")] * 6, ("珍珠有点硬，不过还行", "存档"), ("珍珠有点硬，不过还行", "回电"),
    ("等了一个小时，给我回电 13800138000", "回电"),
    ("今天这杯正常", None), ("吸管又忘了给", None), ("三分糖刚好", None),
]  # fmt: skip
REVIEW = "等了四十分钟，打电话也没人接，太差了"
QUESTIONS = ("你们店几点开门呀？", "珍珠要煮多长时间？")
LEARNING = 600_000  # milliseconds: two cores may have other things to do
PATIENCE = 60_000


def text(lang: Lang) -> str:
    """The tutorial in one language, as Markdown."""
    parts = [f"# {say('story.title', lang)}", say("story.intro", lang)]
    for number, (step, pictures) in enumerate(STEPS.items(), 1):
        told, yours = say(f"story.{step}", lang), say(f"story.{step}_do", lang)
        title = say(f"story.{step}_title", lang)
        parts += [f"## {number} {title}", told, f"**{say('story.try', lang)}** {yours}"]
        parts += [f"![{title}](../images/{picture}-{lang}.png)" for picture in pictures]
    return "\n\n".join(parts) + "\n"


def write_words() -> None:
    for lang in LANGS:
        (HERE / "tutorial" / f"{lang}.md").write_text(text(lang), encoding="utf-8")


@dataclass(frozen=True)
class Visitor:
    """One who looks at the page in one language."""

    page: Page
    lang: Lang

    def picture(self, name: str, *, whole: bool = False) -> None:
        """What is in sight, or the whole length of the page."""
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(600)  # what slides in has arrived
        self.page.screenshot(path=HERE / "images" / f"{name}-{self.lang}.png", full_page=whole)

    def step(self, name: str) -> None:
        self.page.wait_for_selector(f"#{name}-button:not([disabled])", timeout=PATIENCE)
        self.page.click(f"#{name}-button")

    def part(self, name: str) -> None:
        self.page.click(f"#part-{name}-button")


@contextmanager
def visitors(home: Path) -> Iterator[tuple[Studio, list[Visitor]]]:
    """A studio with its page, and one visitor for each language."""
    with Studio(home, worker=True) as studio, sync_playwright() as play:
        server = uvicorn.Server(uvicorn.Config(create_app(studio), port=0, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            thread.join(0.05)
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        come = []
        for lang in LANGS:
            page = browser.new_context(locale=LOCALES[lang], viewport={"width": 1280, "height": 860}).new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(address)
            page.wait_for_selector("#sample-reviews")
            come.append(Visitor(page, lang))
        yield studio, come
        browser.close()
        server.should_exit = True
        thread.join()


def week(folder: Path) -> Path:
    """The sheet of the story: the example's reviews as a shop would have them, with repeats, a doubt and gaps."""
    book = openpyxl.load_workbook(next(sample.path for sample in SAMPLES if sample.id == "reviews"))
    for row in LESS_TIDY:
        book.active.append(row)
    book.save(folder / "小王的评价.xlsx")
    return folder / "小王的评价.xlsx"


def take_pictures(studio: Studio, come: list[Visitor], sheet: Path) -> None:
    owner = come[0]
    for one in come:
        one.picture("start")
    owner.page.set_input_files("#upload input[type=file]", sheet)
    owner.page.wait_for_selector("#report")
    for other in come[1:]:
        other.page.reload()
    for one in come:
        look_at_data(one)
        look_at_plan(one)
    learn(studio, come)
    for one in come:
        look_at_results(one)
    talk(studio, come)


def look_at_data(one: Visitor) -> None:
    one.page.wait_for_selector("#report .facts")
    one.picture("data")
    one.page.click("#check-button")
    one.page.wait_for_selector(".check-ring strong")
    one.picture("check")
    one.page.click("#label-button")
    one.page.wait_for_selector("#label-card .card-text:not(:empty)")
    one.picture("label")


def look_at_plan(one: Visitor) -> None:
    one.step("model")
    one.page.wait_for_selector("#plan .sentence")
    one.picture("model")
    one.page.click("#plan .reasons summary")
    one.page.locator("#plan .reasons").scroll_into_view_if_needed()
    one.picture("plan")


def learn(studio: Studio, come: list[Visitor]) -> None:
    """The run is started on the first page, and seen by all when it is two thirds through."""
    come[0].page.click("#start")
    come[0].page.wait_for_selector("#live .lamp", timeout=PATIENCE)
    for other in come[1:]:
        other.step("train")
        other.page.wait_for_selector("#live .lamp", timeout=PATIENCE)
    run = studio.runs()[0].id
    while (progress := studio.run(run).progress).step < progress.total_steps * 0.67 and not studio.run(run).ended:
        come[0].page.wait_for_timeout(500)
    for one in come:
        one.picture("train", whole=True)
    come[0].page.wait_for_selector("#train-to-chat:visible", timeout=LEARNING)


def look_at_results(one: Visitor) -> None:
    one.step("chat")
    one.page.wait_for_selector("#try-text textarea:visible")
    one.page.fill("#try-text textarea", REVIEW)
    one.page.click("#try-go")
    one.page.wait_for_selector("#trial .bars")
    one.picture("trial")
    one.part("table")
    one.picture("table")
    one.part("card")
    one.page.click("#card-test")
    one.page.wait_for_selector("#line-learned .line-head:not([hidden])", timeout=LEARNING)
    one.picture("card", whole=True)
    one.part("home")
    one.picture("home")
    one.part("try")


def talk(studio: Studio, come: list[Visitor]) -> None:
    """The shop's questions, learned and asked: before and after, side by side."""
    owner = come[0]
    owner.step("data")
    if owner.page.is_visible("#add-data"):
        owner.page.click("#add-data")
    owner.page.click("#sample-shop")
    expect(owner.page.locator("#dataset input")).to_have_value(re.compile("问答"))
    owner.step("model")
    owner.page.wait_for_selector("#plan .sentence")
    owner.page.click("#start")
    owner.page.wait_for_selector("#train-to-chat:visible", timeout=LEARNING)
    for one in come:
        one.page.evaluate("localStorage.clear()")  # as somebody who has just come, and sees the newest
        one.page.reload()
        one.step("chat")
        one.page.wait_for_selector("#question textarea:visible")
        for question in QUESTIONS:
            one.page.fill("#question textarea", question)
            one.page.click("#send")
            one.page.wait_for_selector("#send:visible")
            one.page.wait_for_timeout(3000)
        one.picture("chat")


def main(arguments: list[str]) -> None:
    write_words()
    if arguments == ["words"]:
        return
    with tempfile.TemporaryDirectory() as home, visitors(Path(home)) as (studio, come):
        take_pictures(studio, come, week(Path(home)))


if __name__ == "__main__":
    main(sys.argv[1:])
