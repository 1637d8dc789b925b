"""A table in, the same table out, every row answered.

Knows no model and no file format.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import gradio as gr
from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from studio.errors import StudioError
from studio.predict import Answered, Answerer, Who, predict_file
from studio.runs import Run
from studio.tasks import TASKS
from studio.ui.kit import fragments
from studio.ui.kit.i18n import t
from studio.ui.kit.long_work import watch
from studio.ui.kit.nodes import Node, node, panel
from studio.ui.kit.page import QUIET, Page, on

if TYPE_CHECKING:
    from studio.studio import Studio

TABLES = [".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".jsonl", ".json", ".parquet"]
WRITTEN = {".xls": ".xlsx", ".ods": ".xlsx"}  # what can only be read comes back as
MOST_ANSWERS = 12  # that are shown


@dataclass(frozen=True)
class WholeTable:
    table: gr.File
    who: gr.Radio
    answer: gr.Button
    stop: gr.Button
    answers: gr.DownloadButton
    progress: gr.HTML

    @property
    def shown(self) -> list[Any]:
        return [self.table, self.who, self.answers, self.progress]


def build() -> WholeTable:
    gr.Markdown(t("chat_tab.table_help"))
    table = gr.File(label=t("chat_tab.table"), file_types=TABLES, elem_id="whole-table", height=150)
    who = gr.Radio(
        [(t(f"chat_tab.by_{who}"), who) for who in get_args(Who)], value="model", label=t("chat_tab.by"),
        info=t("chat_tab.by_help"), visible=False, elem_id="whole-by",
    )  # fmt: skip
    with gr.Row(elem_classes="actions"):
        answer = gr.Button(t("chat_tab.answer_all"), variant="primary", elem_id="whole-go", interactive=False)
        stop = gr.Button(t("chat_tab.stop"), variant="stop", visible=False, elem_id="whole-stop")
        answers = gr.DownloadButton(
            str(t("chat_tab.take_answers")), variant="primary", visible=False, elem_id="whole-out"
        )  # fmt: skip
    return WholeTable(table, who, answer, stop, answers, panel("whole-progress"))


def wire(whole: WholeTable, studio: Studio, run: gr.Dropdown) -> None:
    buttons = [whole.answer, whole.stop]
    whole.table.change(_given, whole.table, [whole.answer, whole.answers, whole.progress], **QUIET)
    begun = whole.answer.click(_busy, None, buttons, **QUIET)
    work = begun.then(on(studio, answer_table), [run, whole.table, whole.who], [whole.progress, whole.answers], **QUIET)
    failed = work.failure(lambda: (*_idle(), None), None, [*buttons, whole.progress], **QUIET)
    done = work.success(lambda: gr.Button(visible=False), None, whole.stop, **QUIET)
    whole.stop.click(lambda: (*_idle(), None), None, [*buttons, whole.progress], cancels=[work, failed, done], **QUIET)


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    classifies = run is not None and TASKS[run.config.task].labelled
    return None, gr.Radio(value="model", visible=classifies), gr.DownloadButton(visible=False), None


def answer_table(page: Page, run: str, table: str | None, who: Who = "model") -> Iterator[tuple[Any, Any]]:
    """Progress, then the answered table to take home, as a file beside which nothing else of it is kept."""
    if not table:
        raise StudioError("chat_tab.no_table")
    source = Path(table)
    answerer = Answerer(page.studio, run, who)
    suffix = WRITTEN.get(source.suffix.casefold(), source.suffix.casefold())
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"{source.stem}-{page.say('chat_tab.answers_file')}{suffix}"
        label = page.say("chat_tab.answering")
        found = yield from watch(
            lambda progress: predict_file(answerer, source, out, progress, page.lang),
            lambda share: ([fragments.under_way(share, label)], gr.DownloadButton(visible=False)),
        )
        kept = save_file_to_cache(out, cache_dir=get_upload_folder())
    yield summary(page, found), gr.DownloadButton(value=kept, visible=True)


def summary(page: Page, found: Answered) -> list[Node]:
    """How many rows, which answers how often, and what else is to be known."""
    said = "chat_tab.answered_some" if found.answered < found.rows else "chat_tab.answered"
    counted = {"rows": f"{found.rows:,}", "answered": f"{found.answered:,}", "blank": f"{found.blank:,}"}
    shown = list(found.answers.items())[:MOST_ANSWERS]
    more = len(found.answers) - len(shown)
    return [
        node(
            "div",
            node("p", page.say(said, **counted)),
            node("table", node("tbody", *(_count(answer, count, found) for answer, count in shown)), cls="bars counts"),
            node("p", page.say("chat_tab.more_answers", count=f"{more:,}")) if more else None,
            node("ul", *(node("li", line) for line in found.remarks(page.lang)), cls="remarks"),
            cls="card",
        )
    ]


def _count(answer: str, count: int, found: Answered) -> Node:
    return node(
        "tr",
        node("th", answer, scope="row"),
        node("td", fragments.bar(count / found.answered, answer), cls="wide"),
        node("td", f"{count:,}", cls="number"),
        cls="chosen",
    )


def _given(table: str | None) -> Any:
    return gr.Button(interactive=bool(table), visible=True), gr.DownloadButton(visible=False), None


def _busy() -> Any:
    return gr.Button(visible=False), gr.Button(visible=True)


def _idle() -> Any:
    return gr.Button(visible=True), gr.Button(visible=False)
