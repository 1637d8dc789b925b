"""The Data tab: a file becomes a dataset, what was understood of it is shown and can be changed, every row can be edited.

Knows no file format and no split rule: datasets come from the studio's store.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.data import identity
from studio.data.samples import SAMPLES
from studio.data.schema import Dataset
from studio.errors import StudioError
from studio.ui import rows
from studio.ui.assets import read
from studio.ui.data_views import overview, split_table, standing
from studio.ui.i18n import t
from studio.ui.nodes import Node, node, panel
from studio.ui.page import QUIET, Page, on

if TYPE_CHECKING:
    from studio.studio import Studio

FILE_TYPES = [".xlsx", ".xls", ".csv", ".tsv", ".json", ".jsonl", ".txt"]


@dataclass(frozen=True)
class DataTab:
    dataset: gr.Dropdown
    add: gr.Button
    adding: gr.Column  # everything that makes a new dataset
    task: gr.Radio
    file: gr.File
    samples: dict[str, gr.Button]
    owner: gr.Textbox
    maker: gr.Textbox
    wizard: gr.Button
    working: gr.Column  # everything about the dataset that is chosen
    report: gr.HTML
    roles: gr.HTML
    filling: gr.Column
    fill_name: gr.Textbox
    fill_maker: gr.Textbox
    fill: gr.Button
    card: gr.HTML
    table: gr.HTML
    split: gr.HTML
    label_view: gr.Tab
    table_view: gr.Tab
    split_view: gr.Tab
    views: gr.Tabs
    standing: gr.HTML
    go_label: gr.Button
    go_model: gr.Button

    @property
    def chosen(self) -> list[Any]:
        """What `choose` returns, in its order."""
        return [self.dataset, self.add]

    @property
    def next(self) -> list[Any]:
        """What `standing_nodes` returns, in its order."""
        return [self.standing, self.go_label, self.go_model]

    @property
    def shown(self) -> list[Any]:
        """What `show` returns, in its order."""
        return [
            self.working, self.adding, self.report, self.roles, self.filling, self.card, self.table, self.split,
            *self.next,
        ]  # fmt: skip


def build(studio: Studio) -> DataTab:
    with gr.Row(elem_classes="bar-row"):
        dataset = gr.Dropdown(
            [], label=t("data_tab.dataset"), elem_id="dataset", interactive=True, visible="hidden", scale=3, filterable=False
        )
        add = gr.Button(t("data_tab.add"), elem_id="add-data", visible=False, scale=0, min_width=150)
    with gr.Column(visible=True, elem_id="adding") as adding:
        parts = _build_adding()
    with gr.Column(visible=False, elem_id="working") as working, gr.Tabs(elem_id="data-views") as views:
        with gr.Tab(t("data_tab.overview"), id="overview"):
            report = panel("report")
            with gr.Column(visible=False, elem_id="filling") as filling:
                gr.Markdown(t("data_tab.fill_help"))
                with gr.Row():
                    fill_name = gr.Textbox(label=t("data_tab.owner"), max_length=40)
                    fill_maker = gr.Textbox(label=t("data_tab.maker"), max_length=40)
                    fill = gr.Button(t("data_tab.fill"), scale=0, min_width=140)
            roles = gr.HTML(
                value=None, html_template=read("roles.html"), js_on_load=read("roles.js"), elem_id="roles"
            )  # fmt: skip
        with gr.Tab(t("data_tab.label"), id="label", elem_id="label") as label_view:
            card = rows.card(studio)
        with gr.Tab(t("data_tab.table"), id="table", elem_id="table") as table_view:
            table = rows.table(studio)
        with gr.Tab(t("data_tab.split"), id="split", elem_id="split") as split_view:
            split = panel("split-table")
    with gr.Row(elem_classes="next-bar"):
        left = panel("standing")
        go_label = gr.Button(t("data_tab.go_label"), variant="primary", elem_id="go-label", visible=False, scale=0)
        go_model = gr.Button(t("data_tab.go_model"), variant="primary", elem_id="go-model", visible=False, scale=0)
    tab = DataTab(
        dataset=dataset, add=add, adding=adding, working=working, report=report, roles=roles, filling=filling,
        fill_name=fill_name, fill_maker=fill_maker, fill=fill, card=card, table=table, split=split,
        label_view=label_view, table_view=table_view, split_view=split_view, standing=left, views=views, go_label=go_label, go_model=go_model, **parts,
    )  # fmt: skip
    wire(tab, studio)
    return tab


def _build_adding() -> dict[str, Any]:
    """The three ways to a dataset: a file, an example, the wizard."""
    gr.Markdown(t("data_tab.welcome"), elem_classes="welcome")
    with gr.Row(elem_classes="ways"):
        with gr.Column(scale=3, min_width=300, elem_classes="way"):
            file = gr.File(
                label=t("data_tab.drop"), file_types=FILE_TYPES, file_count="single", elem_id="upload", height=190
            )  # fmt: skip
            gr.Markdown(t("data_tab.drop_help"), elem_classes="soft")
            task = gr.Radio(
                [(t(f"data_tab.want_{task}"), task) for task in ("auto", "classify", "chat")],
                value="auto", label=t("data_tab.want"), elem_id="want",
            )  # fmt: skip
        with gr.Column(scale=2, min_width=280):
            with gr.Column(elem_classes="way"):
                gr.Markdown(t("data_tab.samples"))
                samples = {
                    sample.id: gr.Button(t(f"data_tab.sample_{sample.id}"), elem_classes="sample", elem_id=f"sample-{sample.id}")
                    for sample in SAMPLES
                    if sample.path is not None
                }
            with gr.Column(elem_classes="way"):
                gr.Markdown(t("data_tab.wizard_help"))
                with gr.Row():
                    owner = gr.Textbox(label=t("data_tab.owner"), placeholder=t("data_tab.owner_example"), max_length=40, elem_id="owner")
                    maker = gr.Textbox(label=t("data_tab.maker"), placeholder=t("data_tab.maker_example"), max_length=40, elem_id="maker")
                wizard = gr.Button(t("data_tab.wizard"), elem_id="wizard")
    return {"file": file, "task": task, "samples": samples, "owner": owner, "maker": maker, "wizard": wizard}


def wire(tab: DataTab, studio: Studio) -> None:
    tab.dataset.change(on(studio, show), tab.dataset, tab.shown, **QUIET)
    tab.add.click(lambda: gr.Column(visible=True), None, tab.adding, **QUIET)
    uploaded = tab.file.upload(
        on(studio, add_file), [tab.file, tab.task], tab.chosen, show_progress="full", show_progress_on=tab.file,
        api_visibility="private",
    )  # fmt: skip
    uploaded.then(lambda: None, None, tab.file, **QUIET)  # read or refused, the place is free for the next one
    for name, button in tab.samples.items():
        button.click(on(studio, add_sample), gr.State(name), tab.chosen, **QUIET)
    tab.wizard.click(on(studio, add_identity), [tab.owner, tab.maker], tab.chosen, **QUIET)
    reread_ = tab.roles.reread(on(studio, reread), [tab.dataset, tab.roles], tab.chosen, **QUIET)
    reread_.success(on(studio, show), tab.dataset, tab.shown, **QUIET)
    tab.fill.click(
        on(studio, fill), [tab.dataset, tab.fill_name, tab.fill_maker], tab.shown, **QUIET
    )  # fmt: skip
    tab.label_view.select(reopened, tab.dataset, tab.card, **QUIET)
    tab.table_view.select(reopened, tab.dataset, tab.table, **QUIET)
    tab.go_label.click(lambda: gr.Tabs(selected="label"), None, tab.views, **QUIET)
    tab.split_view.select(on(studio, split_nodes), tab.dataset, tab.split, **QUIET)
    for source in (tab.card, tab.table):
        source.edited(on(studio, standing_nodes), tab.dataset, tab.next, **QUIET)


def choose(page: Page, dataset: str | None) -> Any:
    """The list of datasets with `dataset` selected, or the newest; the list and "add another" only once there is one."""
    known = page.studio.data.list()
    ids = [one.id for one in known]
    chosen = dataset if dataset in ids else (ids[0] if ids else None)
    listed = [(page.say("data_tab.listed", name=one.name, rows=one.report.rows), one.id) for one in known]
    return (
        gr.Dropdown(choices=listed, value=chosen, visible=bool(known) or "hidden"),
        gr.Button(visible=bool(known)),
    )


def show(page: Page, dataset: str | None) -> Any:
    """Everything about the chosen dataset; without one, only the ways to make one."""
    if not dataset:
        hidden, nothing = gr.Column(visible=False), (None,) * 3
        return hidden, gr.Column(visible=True), None, None, hidden, *nothing, *standing_nodes(page, None)
    card = page.studio.data.get(dataset)
    return (
        gr.Column(visible=True),
        gr.Column(visible=False),
        overview(page, card),
        roles_value(card),
        gr.Column(visible=bool(card.report.placeholders)),
        reopened(dataset),
        reopened(dataset),
        split_nodes(page, dataset),
        *standing_nodes(page, dataset),
    )


def reopened(dataset: str | None) -> dict[str, Any]:
    """The value that makes the card or the table read its rows anew: its script acts on every other value."""
    return {"dataset": dataset, "at": time.time()}


def add_file(page: Page, file: str, task: str) -> Any:
    """A new dataset from an uploaded file. Raises StudioError of data.toml."""
    added = page.studio.data.add(Path(file), task=None if task == "auto" else task)
    return choose(page, added.id)


def add_sample(page: Page, name: str) -> Any:
    sample = next(sample for sample in SAMPLES if sample.id == name)
    added = page.studio.data.add(sample.path, name=page.say(f"data_tab.sample_{name}"))
    return choose(page, added.id)


def add_identity(page: Page, name: str, maker: str) -> Any:
    """Questions and answers about who the assistant is. Raises StudioError when a name is missing."""
    if not name.strip() or not maker.strip():
        raise StudioError("data_tab.names_missing")
    pairs = identity.pairs(name.strip(), maker.strip())
    added = page.studio.data.add_rows(page.say("data_tab.identity_of", name=name.strip()), "chat", pairs)
    return choose(page, added.id)


def reread(page: Page, dataset: str, wanted: dict[str, Any]) -> Any:
    """The same upload with the roles that were chosen; a new dataset where annotations would be lost."""
    read_again = page.studio.data.reinterpret(dataset, wanted["roles"], wanted["task"], bool(wanted["respell"]))
    if read_again.id != dataset:
        gr.Info(page.say("data_tab.kept_old"), title=page.say("ui.info_title"))
    return choose(page, read_again.id)


def fill(page: Page, dataset: str, name: str, maker: str) -> Any:
    """Puts the names where the file has {{name}} and {{author}}."""
    if not name.strip() or not maker.strip():
        raise StudioError("data_tab.names_missing")
    changed = page.studio.data.fill(dataset, name.strip(), maker.strip())
    gr.Info(page.say("data_tab.filled", rows=changed), title=page.say("ui.info_title"))
    return show(page, dataset)


def roles_value(card: Dataset) -> dict[str, Any] | None:
    """The columns for `roles.js`; None for rows that were never in a file."""
    if not card.report.file:
        return None
    columns = [{"name": name, "role": card.report.roles.get(name, "ignore")} for name in card.report.columns]
    return {"dataset": card.id, "task": card.task, "columns": columns}


def split_nodes(page: Page, dataset: str | None) -> list[Node] | None:
    """How the rows are divided, or the sentence that says why they cannot be yet."""
    if not dataset:
        return None
    try:
        version = page.studio.data.freeze(dataset)
    except StudioError as error:
        return [node("p", error.say(page.lang), cls="warning")]
    return split_table(page, page.studio.data.splits(dataset, version))


def standing_nodes(page: Page, dataset: str | None) -> Any:
    """How many rows are ready, and the one next step: to label, or to choose a model."""
    if not dataset:
        return None, gr.Button(visible=False), gr.Button(visible=False)
    done, total = page.studio.data.progress(dataset)
    return standing(page, done, total), gr.Button(visible=done == 0), gr.Button(visible=done > 0)

