"""The notice above the data when uploads or runs are on the disk but in no list, and the button that lists them again.

Knows nothing of how they were lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.ui.data.adding import choose
from studio.ui.kit.i18n import t
from studio.ui.kit.nodes import Node, icon, node, panel
from studio.ui.kit.page import QUIET, Page, on, tell

if TYPE_CHECKING:
    from studio.studio import Studio


@dataclass(frozen=True)
class Recovery:
    column: gr.Column
    notice: gr.HTML
    button: gr.Button


def build() -> Recovery:
    with gr.Column(visible=False, elem_id="recovery", elem_classes="way") as column:
        notice = panel("recovery-notice")
        with gr.Row():
            button = gr.Button(t("data_tab.bring_back"), elem_id="bring-back", size="sm", scale=0, min_width=160)
    return Recovery(column, notice, button)


def wire(recovery: Recovery, studio: Studio, dataset: gr.Dropdown) -> None:
    found = [recovery.column, recovery.notice, dataset]
    recovery.button.click(on(studio, bring_back), dataset, found, **QUIET)


def show(page: Page) -> tuple[Any, list[Node]]:
    """The notice, out of sight where nothing is lost."""
    lost = page.studio.lost()
    said = page.say("data_tab.lost", uploads=len(lost.uploads), runs=len(lost.runs))
    return gr.Column(visible=bool(lost)), [_warning(said)]


def bring_back(page: Page, dataset: str | None) -> tuple[Any, list[Node], Any]:
    """Lists all of it again; of files that cannot be read, where they are and why."""
    made = page.studio.rebuild()
    tell(page, "data_tab.brought_back", datasets=len(made.datasets), runs=len(made.runs))
    if not made.unreadable:
        return gr.Column(visible=False), [], choose(page, dataset)
    said = [
        page.say("data_tab.not_brought_back", folder=page.studio.workspace.upload_dir(upload), why=why.say(page.lang))
        for upload, why in made.unreadable.items()
    ]
    return gr.Column(visible=True), [_warning(line) for line in said], choose(page, dataset)


def _warning(sentence: str) -> Node:
    return node("p", icon("warn"), sentence, cls="warning")
