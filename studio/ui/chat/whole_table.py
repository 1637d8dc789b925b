"""A table in, the same table out, every row answered.

Knows no model and no file format.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import gradio as gr
from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from studio.errors import StudioError
from studio.predict import Answered, Answerer, Who, Wish, offer, predict_file
from studio.runs import Run
from studio.tasks import TASKS
from studio.ui.kit import fragments
from studio.ui.kit.i18n import t
from studio.ui.kit.long_work import watch
from studio.ui.kit.nodes import Node, node, panel
from studio.ui.kit.page import QUIET, Page, on

if TYPE_CHECKING:
    from gradio.events import Dependency

    from studio.studio import Studio

TABLES = [".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".jsonl", ".json", ".parquet"]
WRITTEN = {".xls": ".xlsx", ".ods": ".xlsx"}  # what can only be read comes back as
MOST_ANSWERS = 12  # that are shown


@dataclass(frozen=True)
class WholeTable:
    table: gr.File
    columns: gr.Dropdown  # to be answered, where the table does not have those of training
    who: gr.Radio
    answer: gr.Button
    stop: gr.Button
    answers: gr.DownloadButton
    progress: gr.HTML

    @property
    def shown(self) -> list[Any]:
        return [self.table, self.columns, self.who, self.answers, self.progress]


def build() -> WholeTable:
    gr.Markdown(t("chat_tab.table_help"))
    table = gr.File(label=t("chat_tab.table"), file_types=TABLES, elem_id="whole-table", height=150)
    columns = gr.Dropdown(
        [], multiselect=True, label=t("chat_tab.columns"), info=t("chat_tab.columns_help"), visible=False,
        interactive=True, elem_id="whole-columns",
    )  # fmt: skip
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
    return WholeTable(table, columns, who, answer, stop, answers, panel("whole-progress"))


def wire(whole: WholeTable, studio: Studio, run: gr.Dropdown, changed: Dependency) -> None:
    buttons = [whole.answer, whole.stop]
    given = whole.table.change(
        _given, whole.table, [whole.answer, whole.columns, whole.answers, whole.progress], **QUIET
    )  # fmt: skip
    for asked in (given.then, changed.success):
        asked(on(studio, columns_of), [run, whole.table], whole.columns, **QUIET)
    again = [whole.answer, whole.answers, whole.progress]
    gr.on([whole.columns.input, whole.who.input], _otherwise, None, again, **QUIET)
    begun = whole.answer.click(_busy, None, buttons, **QUIET)
    wanted = [run, whole.table, whole.who, whole.columns]
    work = begun.then(on(studio, answer_table), wanted, [whole.progress, whole.answers], **QUIET)
    failed = work.failure(lambda: (*_idle(), None), None, [*buttons, whole.progress], **QUIET)
    done = work.success(lambda: gr.Button(visible=False), None, whole.stop, **QUIET)
    whole.stop.click(lambda: (*_idle(), None), None, [*buttons, whole.progress], cancels=[work, failed, done], **QUIET)


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    """Another run with the table that was given, which it may be asked, too; not with what the former one answered."""
    classifies = run is not None and TASKS[run.config.task].labelled
    who = gr.Radio(value="model", visible=classifies)
    return gr.skip(), _asked(), who, gr.DownloadButton(visible=False), None


def columns_of(page: Page, run: str, table: str | None) -> Any:
    """Which columns are to be answered, for a person to say where their names do not; what would be taken is chosen.

    Raises StudioError for a table that cannot be answered.
    """
    if not table:
        return _asked()
    source = Path(table)
    found = offer(Answerer(page.studio, run), source, source.with_name(_out(page, source)))
    return _asked(found.columns, found.asked)


def answer_table(  # noqa: PLR0913  (the widgets, as they are listed)
    page: Page, run: str, table: str | None, who: Who = "model", columns: Sequence[str] | None = None
) -> Iterator[tuple[Any, Any]]:
    """Progress, then the answered table to take home, as a file beside which nothing else of it is kept."""
    if not table:
        raise StudioError("chat_tab.no_table")
    source = Path(table)
    answerer, wish = Answerer(page.studio, run, who), Wish(tuple(columns or ()))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / _out(page, source)
        label = page.say("chat_tab.answering")
        found = yield from watch(
            lambda progress: predict_file(answerer, source, out, progress, page.lang, wish),
            lambda share: ([fragments.under_way(share, label)], gr.DownloadButton(visible=False)),
        )
        kept = save_file_to_cache(out, cache_dir=get_upload_folder())
    yield summary(page, found), gr.DownloadButton(value=kept, visible=True)


def _out(page: Page, source: Path) -> str:
    """What the answered table is called."""
    suffix = source.suffix.casefold()
    return f"{source.stem}-{page.say('chat_tab.answers_file')}{WRITTEN.get(suffix, suffix)}"


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
    return gr.Button(interactive=bool(table), visible=True), _asked(), gr.DownloadButton(visible=False), None


def _otherwise() -> Any:
    """What was answered is not what is now wished for."""
    return gr.Button(visible=True), gr.DownloadButton(visible=False), None


def _asked(columns: Sequence[str] = (), chosen: Sequence[str] = ()) -> Any:
    return gr.Dropdown(choices=list(columns), value=list(chosen), multiselect=True, visible=bool(columns))


def _busy() -> Any:
    return gr.Button(visible=False), gr.Button(visible=True)


def _idle() -> Any:
    return gr.Button(visible=True), gr.Button(visible=False)
