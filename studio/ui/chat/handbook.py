"""The handbook at hand: which document is looked into before an answer, and the passages that were.

Knows no format and no way of finding: documents go to the shelf as they are, passages come back as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.errors import StudioError
from studio.handbook.cutting import Passage
from studio.handbook.prompt import Informed
from studio.handbook.shelf import Handbook
from studio.runs import Run
from studio.tasks import TASKS
from studio.ui.kit.i18n import t
from studio.ui.kit.nodes import Node, icon, node, panel
from studio.ui.kit.page import QUIET, Page, on, tell

if TYPE_CHECKING:
    from studio.studio import Studio

NONE = ""  # the choice of no handbook
TYPES = [".docx", ".pdf", ".md", ".txt", ".html", ".htm", ".xlsx", ".xls", ".csv"]


@dataclass(frozen=True)
class AtHand:
    fold: gr.Accordion
    choice: gr.Dropdown
    file: gr.File
    told: gr.HTML  # what was understood of the handbook, or why it could not be read
    delete: gr.Button

    @property
    def shown(self) -> list[Any]:
        return [self.fold, self.choice, self.file, self.told, self.delete]


def build() -> AtHand:
    with gr.Accordion(t("handbook.title"), open=False, visible=False, elem_id="handbook") as fold:
        gr.Markdown(t("handbook.help"), elem_classes="soft")
        with gr.Row():
            with gr.Column(scale=3, min_width=260):
                choice = gr.Dropdown([], label=t("handbook.choose"), interactive=True, elem_id="handbook-choice")
                told = panel("handbook-told")
                delete = gr.Button(t("handbook.delete"), visible=False, elem_id="handbook-delete", size="sm")
            with gr.Column(scale=2, min_width=240):
                file = gr.File(label=t("handbook.drop"), file_types=TYPES, height=150, elem_id="handbook-file")
    return AtHand(fold, choice, file, told, delete)


def wire(hand: AtHand, studio: Studio, run: gr.Dropdown) -> None:
    begun = hand.file.upload(on(studio, reading), None, hand.told, **QUIET)
    begun.then(on(studio, add), [run, hand.file], hand.shown, **QUIET)
    hand.choice.input(on(studio, choose), [run, hand.choice], hand.shown, **QUIET)
    hand.delete.click(on(studio, delete), [run, hand.choice], hand.shown, **QUIET)


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    """The handbooks that there are, and the one beside the run; nothing for a run that does not talk."""
    if run is None or not TASKS[run.config.task].talks:
        return gr.Accordion(visible=False), gr.skip(), None, None, gr.Button(visible=False)
    beside = page.studio.looking_up.beside(run.id)
    known = [(page.say("handbook.none"), NONE), *((one.name, one.id) for one in page.studio.looking_up.shelf.list())]
    choice = gr.Dropdown(choices=known, value=beside.id if beside else NONE)
    return gr.Accordion(visible=True), choice, None, understood(page, beside), gr.Button(visible=bool(beside))


def reading(page: Page) -> list[Node]:
    return [node("p", page.say("handbook.reading"), cls="soft", role="status")]


def add(page: Page, run: str, file: str | None) -> tuple[Any, ...]:
    """A new handbook, which then lies beside the run; when it cannot be read, why, beside the place for the next."""
    if not file:
        return show(page, page.studio.run(run))
    try:
        kept = page.studio.looking_up.shelf.add(Path(file))
    except StudioError as error:
        why = [node("p", icon("warn"), error.say(page.lang), cls="refusal", role="alert")]
        return gr.skip(), gr.skip(), None, why, gr.skip()
    return choose(page, run, kept.id)


def choose(page: Page, run: str, handbook: str | None) -> tuple[Any, ...]:
    page.studio.looking_up.lay(run, handbook or None)
    return show(page, page.studio.run(run))


def delete(page: Page, run: str, handbook: str | None) -> tuple[Any, ...]:
    if handbook:
        name = page.studio.looking_up.shelf.get(handbook).name
        page.studio.looking_up.shelf.delete(handbook)
        tell(page, "handbook.deleted", name=name)
    return show(page, page.studio.run(run))


def understood(page: Page, kept: Handbook | None) -> list[Node] | None:
    """How much of it can be looked up."""
    if kept is None:
        return None
    counts = {"passages": f"{kept.passages:,}", "pages": f"{kept.pages:,}"}
    said = page.say("handbook.kept_pages" if kept.pages else "handbook.kept", **counts)
    blank = page.say("handbook.blank", blank=kept.blank) if kept.blank else ""
    return [node("p", icon("check"), f"{said}{blank}", cls="soft understood")]


def sources(page: Page, run: str, found: Informed) -> list[Node] | None:
    """The passages that were put before a question, or why there are none; None where no handbook is at hand."""
    beside = page.studio.looking_up.beside(run)
    if beside is None:
        return None
    if not found.sources:
        return [node("p", page.say(f"handbook.{found.outcome}"), cls="soft no-source")]
    passages = (_passage(page, beside, number, one) for number, one in enumerate(found.sources, 1))
    return [node("details", node("summary", page.say("handbook.sources")), *passages, cls="sources", open="")]


def _passage(page: Page, beside: Handbook, number: int, passage: Passage) -> Node:
    where = [beside.name, *passage.under[-1:], *_place(page, beside, passage)]
    return node(
        "div", node("p", f"[{number}] ", " · ".join(where), cls="where"), node("p", passage.text, cls="passage"),
        cls="source",
    )  # fmt: skip


def _place(page: Page, beside: Handbook, passage: Passage) -> Iterator[str]:
    """Its page; a sheet's name stands in its heading."""
    if beside.pages and passage.place:
        yield page.say("handbook.page", page=passage.place)
