"""To rename a dataset, or to delete it after reading what would be lost.

Knows no rows; the sentence that is shown before a deletion counts them all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.errors import StudioError
from studio.ui.data.adding import choose
from studio.ui.kit.i18n import t
from studio.ui.kit.nodes import Node, icon, node, panel
from studio.ui.kit.page import QUIET, Page, on, tell

if TYPE_CHECKING:
    from studio.studio import Studio


@dataclass(frozen=True)
class Keeping:
    name: gr.Textbox
    rename: gr.Button
    delete: gr.Button
    sure: gr.Column  # what would be lost, and the two answers
    lost: gr.HTML
    yes: gr.Button
    no: gr.Button


def build() -> Keeping:
    with gr.Accordion(t("versions.manage"), open=False, elem_id="manage"):
        with gr.Row(elem_classes="bar-row"):
            name = gr.Textbox(label=t("versions.name"), max_length=80, elem_id="data-name")
            rename = gr.Button(t("versions.rename"), elem_id="data-rename", scale=0)
        delete = gr.Button(t("versions.delete"), variant="stop", elem_id="data-delete")
        with gr.Column(visible=False, elem_id="data-sure") as sure:
            lost = panel("data-lost")
            with gr.Row():
                yes = gr.Button(t("versions.delete_sure"), variant="stop", elem_id="data-delete-yes")
                no = gr.Button(t("versions.delete_no"), elem_id="data-delete-no")
    return Keeping(name, rename, delete, sure, lost, yes, no)


def wire(keeping: Keeping, studio: Studio, dataset: gr.Dropdown) -> None:
    shown = [keeping.name, keeping.delete, keeping.sure, keeping.lost]
    dataset.change(on(studio, show), dataset, shown, **QUIET)
    keeping.rename.click(on(studio, rename), [dataset, keeping.name], dataset, **QUIET)
    keeping.name.submit(on(studio, rename), [dataset, keeping.name], dataset, **QUIET)
    asked = [keeping.delete, keeping.sure, keeping.lost]
    keeping.delete.click(on(studio, ask), dataset, asked, **QUIET)
    keeping.no.click(lambda: (gr.Button(visible=True), gr.Column(visible=False)), None, asked[:2], **QUIET)
    keeping.yes.click(on(studio, delete), dataset, dataset, **QUIET)


def show(page: Page, dataset: str | None) -> Any:
    name = page.studio.data.name_of(dataset) if dataset else ""
    return name, gr.Button(visible=True), gr.Column(visible=False), None


def rename(page: Page, dataset: str, name: str) -> Any:
    """Raises StudioError versions.no_name."""
    page.studio.data.rename(dataset, name)
    tell(page, "versions.renamed")
    return choose(page, dataset)


def ask(page: Page, dataset: str) -> tuple[Any, Any, list[Node]]:
    """What would be lost, and what would stay, before anything is. Raises StudioError versions.in_use."""
    store = page.studio.data
    runs = page.studio.runs_of(dataset)
    if any(not run.ended for run in runs):
        raise StudioError("versions.in_use", name=store.name_of(dataset))
    facts = {
        "name": store.name_of(dataset),
        "rows": f"{store.progress(dataset)[1]:,}",
        "edited": f"{store.edited(dataset):,}",
        "versions": len(store.versions(dataset)),
    }
    said = [node("p", icon("warn"), page.say("versions.lost", **facts), cls="warning")]
    if runs:
        said.append(node("p", page.say("versions.kept_runs", runs=len(runs)), cls="soft"))
    return gr.Button(visible=False), gr.Column(visible=True), said


def delete(page: Page, dataset: str) -> Any:
    """Raises StudioError versions.in_use."""
    name = page.studio.data.name_of(dataset)
    page.studio.delete_data(dataset)
    tell(page, "versions.deleted", name=name)
    return choose(page, None)
