"""The Data tab: a dataset, what was understood of it, every row to label or edit, and how it is divided.

Knows no file format and no split rule: datasets come from the studio's store.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.data.intake.intake import Wish
from studio.data.intake.labels import respell
from studio.data.reading.decode import ENCODINGS
from studio.data.schema import Dataset
from studio.data.statistics import statistics
from studio.errors import StudioError
from studio.tasks import TASKS
from studio.ui.data import adding, filling, keeping, recovery
from studio.ui.data import check as check_view
from studio.ui.data import exam as exam_view
from studio.ui.data import label as labelling
from studio.ui.data import names as label_names
from studio.ui.data import table as rows
from studio.ui.data import versions as versions_view
from studio.ui.data.adding import Adding, both_names, choose
from studio.ui.data.filling import Filling
from studio.ui.data.overview import overview, split_table, standing
from studio.ui.data.recovery import Recovery
from studio.ui.kit.assets import read, script
from studio.ui.kit.i18n import t
from studio.ui.kit.nodes import Node, node, panel
from studio.ui.kit.page import QUIET, Page, on, tell

if TYPE_CHECKING:
    from studio.studio import Studio


# To divide 100,000 rows takes seconds: it is done for those who look.
IF_SPLIT_IS_SEEN = "(id) => (document.querySelector('#split-button[aria-selected=true]') ? id : null)"


@dataclass(frozen=True)
class DataTab:
    recovery: Recovery
    dataset: gr.Dropdown
    add: gr.Button
    adding: Adding
    working: gr.Column  # everything about the dataset that is chosen
    views: gr.Tabs
    view: dict[str, gr.Tab]
    names: gr.HTML
    report: gr.HTML
    filling: Filling
    roles: gr.HTML
    card: gr.HTML
    table: gr.HTML
    lesson: gr.Radio
    split: gr.HTML
    exam: gr.HTML
    standing: gr.HTML
    go_label: gr.Button
    go_model: gr.Button

    @property
    def sides(self) -> list[Any]:
        """What `shown_side` returns, in its order."""
        return [self.adding.column, self.working, self.add, self.adding.back]

    @property
    def divided(self) -> list[Any]:
        """What `show_split` returns, in its order."""
        return [self.lesson, self.split, self.exam]

    @property
    def next(self) -> list[Any]:
        """What `standing_nodes` returns, in its order."""
        return [self.standing, self.go_label, self.go_model]

    @property
    def shown(self) -> list[Any]:
        """What `show` returns, in its order."""
        found = [self.names, self.report, self.roles, self.filling.column, self.card, self.table]
        return [*self.sides, *found, *self.next]


def build(studio: Studio) -> DataTab:
    lost = recovery.build()
    with gr.Row(elem_classes="bar-row"):
        dataset = gr.Dropdown(
            [], label=t("data_tab.dataset"), elem_id="dataset", interactive=True, visible="hidden", filterable=False
        )  # fmt: skip
        add = gr.Button(t("data_tab.add"), elem_id="add-data", visible=False, scale=0)
    ways = adding.build()
    with (
        gr.Column(visible=False, elem_id="working") as working,
        gr.Tabs(elem_id="data-views", overflow_behavior="wrap") as views,
    ):
        with gr.Tab(t("data_tab.overview"), id="overview") as overview_view:
            names = label_names.names(studio)
            report = panel("report")
            blanks = filling.build()
            roles = gr.HTML(
                value=None, html_template=read("data/roles.html"), js_on_load=script("data/roles.js"), elem_id="roles"
            )
            manage = keeping.build()
        with gr.Tab(t("data_tab.label"), id="label", elem_id="label") as label_view:
            card = labelling.card(studio)
        with gr.Tab(t("data_tab.table"), id="table", elem_id="table") as table_view:
            table = rows.table(studio)
        with gr.Tab(t("checkup.tab"), id="check", elem_id="check") as check_tab:
            check = check_view.build(studio)
        with gr.Tab(t("data_tab.split"), id="split", elem_id="split") as split_view:
            lesson = exam_view.lesson()
            split = panel("split-table")
            exam = exam_view.exam(studio)
        with gr.Tab(t("data_tab.versions"), id="versions", elem_id="versions") as versions_tab:
            past = versions_view.versions(studio)
    with gr.Row(elem_classes="next-bar"):
        ready = panel("standing")
        go_label = gr.Button(t("data_tab.go_label"), variant="primary", elem_id="go-label", visible=False, scale=0)
        go_model = gr.Button(t("data_tab.go_model"), variant="primary", elem_id="go-model", visible=False, scale=0)
    view = {"overview": overview_view, "label": label_view, "table": table_view, "split": split_view}
    tab = DataTab(
        lost, dataset, add, ways, working, views, view, names, report, blanks, roles, card, table, lesson, split, exam,
        ready, go_label, go_model,
    )  # fmt: skip
    wire(tab, studio)
    check_view.wire(check, check_tab, studio, dataset)
    check.edited(on(studio, standing_nodes), dataset, tab.next, **QUIET)
    adding.keep_count(studio, dataset, table, check)
    check.to_label(lambda: gr.Tabs(selected="label"), None, views, **QUIET)
    check.to_table(lambda chosen: (gr.Tabs(selected="table"), reopened(chosen)), dataset, [views, table], **QUIET)
    versions_view.wire(past, versions_tab, dataset)
    recovery.wire(lost, studio, dataset)
    keeping.wire(manage, studio, dataset)
    return tab


def wire(tab: DataTab, studio: Studio) -> None:
    adding.wire(tab.adding, studio, tab.dataset)
    tab.dataset.change(on(studio, show), tab.dataset, tab.shown, **QUIET)
    tab.dataset.change(on(studio, show_split), tab.dataset, tab.divided, js=IF_SPLIT_IS_SEEN, **QUIET)
    tab.add.click(lambda: shown_side(adding=True), None, tab.sides, **QUIET)
    tab.adding.back.click(lambda: shown_side(adding=False), None, tab.sides, **QUIET)
    again = tab.roles.reread(on(studio, reread), [tab.dataset, tab.roles], tab.dataset, **QUIET)
    again.success(on(studio, show), tab.dataset, tab.shown, **QUIET)
    blanks = [tab.dataset, tab.filling.name, tab.filling.maker]
    tab.filling.fill.click(on(studio, fill), blanks, tab.shown, **QUIET)
    tab.view["label"].select(reopened, tab.dataset, tab.card, **QUIET)
    tab.view["table"].select(reopened, tab.dataset, tab.table, **QUIET)
    tab.view["split"].select(on(studio, show_split), tab.dataset, tab.divided, **QUIET)
    tab.lesson.input(on(studio, teach), [tab.dataset, tab.lesson], tab.divided, trigger_mode="always_last", **QUIET)
    tab.exam.edited(on(studio, split_nodes), tab.dataset, tab.split, **QUIET)
    tab.names.edited(on(studio, renamed), tab.dataset, [tab.report, tab.card, tab.table], **QUIET)
    tab.go_label.click(lambda: gr.Tabs(selected="label"), None, tab.views, **QUIET)
    for source in (tab.card, tab.table):
        source.edited(on(studio, standing_nodes), tab.dataset, tab.next, **QUIET)
    tab.view["overview"].select(on(studio, recounted), tab.dataset, tab.report, **QUIET)


def show(page: Page, dataset: str | None) -> Any:
    """Everything about the chosen dataset; without one, only the ways to make one."""
    if not dataset:
        sides = gr.Column(visible=True), gr.Column(visible=False), gr.Button(visible=False), gr.Button(visible=False)
        return *sides, None, None, None, gr.Column(visible=False), None, None, *standing_nodes(page, None)
    card = page.studio.data.get(dataset)
    return (
        *shown_side(adding=False),
        reopened(dataset),
        report_of(page, card),
        roles_value(card),
        gr.Column(visible=bool(card.report.placeholders)),
        reopened(dataset),
        reopened(dataset),
        *standing_nodes(page, dataset),
    )


def renamed(page: Page, dataset: str) -> Any:
    """What shows the names of labels."""
    return report_of(page, page.studio.data.get(dataset)), reopened(dataset), reopened(dataset)


def recounted(page: Page, dataset: str | None) -> list[Node] | None:
    """The overview of the rows as they are now."""
    return report_of(page, page.studio.data.get(dataset)) if dataset else None


def report_of(page: Page, card: Dataset) -> list[Node]:
    return overview(page, card, statistics(page.studio.data.pairs(card.id), TASKS[card.task].labelled))


def shown_side(*, adding: bool) -> Any:
    """Either the ways to a new dataset with the way back, or the work on the present one with the way to another."""
    here, there = gr.Column(visible=adding), gr.Column(visible=not adding)
    return here, there, gr.Button(visible=not adding), gr.Button(visible=adding)


def reopened(dataset: str | None) -> dict[str, Any]:
    """The value that makes the card or the table read its rows anew: its script acts on every new value."""
    return {"dataset": dataset, "at": time.time()}


def reread(page: Page, dataset: str, wanted: dict[str, Any]) -> Any:
    """The same upload with the roles that were chosen; a new dataset where annotations would be lost."""
    wish = Wish(
        wanted["task"], wanted["roles"], wanted.get("sheet"), bool(wanted["respell"]),
        encoding=wanted.get("encoding"), fill_merged=bool(wanted.get("fill_merged", True)),
    )  # fmt: skip
    read_again = page.studio.data.reinterpret(dataset, wish)
    if read_again.id != dataset:
        tell(page, "data_tab.kept_old")
    return choose(page, read_again.id)


def fill(page: Page, dataset: str, name: str, maker: str) -> Any:
    """Puts the names where the file has {{name}} and {{author}}. Raises StudioError when one is missing."""
    changed = page.studio.data.fill(dataset, *both_names(name, maker))
    tell(page, "data_tab.filled", rows=changed)
    return show(page, dataset)


def roles_value(card: Dataset) -> dict[str, Any] | None:
    """The columns for `roles.js`, and what else can be read in another way; None for rows never in a file."""
    if not (report := card.report).file:
        return None
    reasons = {entry["reason"] for entry in (*report.repaired, *report.notes)}
    offered = [entry["encoding"] for entry in report.notes if "encoding" in entry]  # in which garbled text is mended
    one_text = report.encoding and "、" not in report.encoding
    filled = True if "data.merged_cell" in reasons else False if "data.merged_left" in reasons else None
    return {
        "dataset": card.id,
        "task": card.task,
        "tasks": [_task_value(name) for name in TASKS],
        "columns": [{"name": name, "role": report.roles.get(name, "ignore")} for name in report.columns],
        "sheets": list(report.sheets),
        "sheet": report.sheet,
        "encodings": [*dict.fromkeys((report.encoding, *offered, *ENCODINGS))] if one_text else [],
        "encoding": report.encoding,
        "merged": filled,
        "respellings": [[old, new, report.labels[old]] for old, new in respell(report.labels).items()],
    }


def _task_value(name: str) -> dict[str, Any]:
    """A task to choose, and what a column can be for in it: first the one that asks, then the one that answers."""
    rules = TASKS[name]
    worse = ("rejected",) if rules.compares else ()
    told = ("system", "history", "paraphrase") if rules.talks else ()
    return {"name": name, "labelled": rules.labelled, "roles": [*rules.roles, *worse, *told, "group", "ignore"]}


def show_split(page: Page, dataset: str | None) -> tuple[Any, ...]:
    """What the dataset teaches, how its rows are divided, and the exam where it teaches facts."""
    nodes = split_nodes(page, dataset)
    lessons = TASKS[page.studio.data.get(dataset).task].lessons if dataset else ()
    if not dataset or len(lessons) < 2 or not page.studio.data.progress(dataset)[0]:
        return gr.Radio(visible=False), nodes, None
    lesson = page.studio.data.lesson(dataset)
    exam = reopened(dataset) if lesson == "facts" else None
    return gr.Radio(value=lesson, visible=True), nodes, exam


def teach(page: Page, dataset: str, lesson: str) -> tuple[Any, ...]:
    page.studio.data.teach(dataset, lesson)
    return show_split(page, dataset)


def split_nodes(page: Page, dataset: str | None) -> list[Node] | None:
    """How the rows are divided, or the sentence that says why they cannot be yet."""
    if not dataset:
        return None
    try:
        version = page.studio.data.freeze(dataset)
    except StudioError as error:
        return [node("p", error.say(page.lang), cls="warning")]
    kept = next(card.kept for card in page.studio.data.versions(dataset) if card.number == version)
    return split_table(page, page.studio.data.splits(dataset, version), kept)


def standing_nodes(page: Page, dataset: str | None) -> Any:
    """How many rows are ready, and the one next step: to fill in names, to label, or to choose a model."""
    if not dataset:
        return None, gr.Button(visible=False), gr.Button(visible=False)
    if page.studio.data.get(dataset).report.placeholders:
        return [node("p", page.say("data_tab.standing_blanks"))], gr.Button(visible=False), gr.Button(visible=False)
    done, total = page.studio.data.progress(dataset)
    return standing(page, done, total), gr.Button(visible=done == 0), gr.Button(visible=done > 0)
