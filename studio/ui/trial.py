"""Trying a classifier: one text with its probabilities, before and after; and a table in, the same table answered out.

Knows no model and no file format.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from studio.contract import Prediction
from studio.errors import StudioError
from studio.predict import predict_file
from studio.runs import Run
from studio.ui import fragments
from studio.ui.examples import examples_of
from studio.ui.i18n import t
from studio.ui.long_work import watch
from studio.ui.nodes import Node, node, panel
from studio.ui.page import QUIET, Page, on
from studio.views import percent

if TYPE_CHECKING:
    from studio.studio import Studio

TABLES = [".xlsx", ".xls", ".csv", ".tsv"]
MOST_LABELS = 8


@dataclass(frozen=True)
class Trial:
    one: gr.Column  # one text at a time, for classifiers
    text: gr.Textbox
    go: gr.Button
    examples: gr.Dataset
    result: gr.HTML
    many: gr.Column  # a whole table
    table: gr.File
    answer: gr.Button
    stop: gr.Button
    progress: gr.HTML
    answers: gr.DownloadButton

    @property
    def shown(self) -> list[Any]:
        return [self.one, self.text, self.examples, self.result, self.many, self.table, self.progress, self.answers]


def build() -> Trial:
    with gr.Column(visible=False, elem_id="try-one") as one:
        text = gr.Textbox(
            label=t("chat_tab.text"), placeholder=t("chat_tab.text_example"), lines=3, max_lines=8, elem_id="try-text",
            interactive=True, max_length=4000,
        )  # fmt: skip
        go = gr.Button(t("chat_tab.classify"), variant="primary", elem_id="try-go")
        examples = gr.Dataset(
            components=[gr.Textbox(visible=False)], samples=[], label=t("chat_tab.examples"), elem_id="try-examples",
            visible=False,
        )  # fmt: skip
        result = panel("try-result")
    with gr.Column(visible=False, elem_id="try-many") as many:
        gr.Markdown(t("chat_tab.table_help"))
        table = gr.File(label=t("chat_tab.table"), file_types=TABLES, elem_id="try-table", height=140)
        with gr.Row(elem_classes="train-actions"):
            answer = gr.Button(t("chat_tab.answer_all"), elem_id="try-all", interactive=False)
            stop = gr.Button(t("chat_tab.stop"), variant="stop", visible=False, elem_id="try-stop")
            answers = gr.DownloadButton(t("chat_tab.take_answers"), variant="primary", visible=False, elem_id="try-out")
        progress = panel("try-progress")
    return Trial(one, text, go, examples, result, many, table, answer, stop, progress, answers)


def wire(trial: Trial, studio: Studio, run: gr.Dropdown) -> None:
    for begin in (trial.go.click, trial.text.submit):
        begin(on(studio, classify), [run, trial.text], trial.result, **QUIET)
    trial.examples.click(lambda sample: sample[0], trial.examples, trial.text, **QUIET).then(
        on(studio, classify), [run, trial.text], trial.result, **QUIET
    )
    buttons = [trial.answer, trial.stop]
    trial.table.change(_given, trial.table, [trial.answer, trial.answers, trial.progress], **QUIET)
    started = trial.answer.click(_busy, None, buttons, **QUIET)
    work = started.then(on(studio, answer_table), [run, trial.table], [trial.progress, trial.answers], **QUIET)
    work.then(_idle, None, buttons, **QUIET)
    trial.stop.click(lambda: (*_idle(), None), None, [*buttons, trial.progress], cancels=[work], **QUIET)


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    labels = run is not None and run.config.task == "classify"
    examples = examples_of(page, run) if run is not None and labels else []
    return (
        gr.Column(visible=labels),
        "",
        gr.Dataset(samples=[[text] for text in examples], visible=bool(examples)),
        None,
        gr.Column(visible=run is not None),
        None,
        None,
        gr.DownloadButton(visible=False),
    )


def classify(page: Page, run: str, text: str) -> list[Node]:
    """The text's class with all probabilities, after learning beside before. Raises StudioError for an empty text."""
    if not text.strip():
        raise StudioError("chat_tab.no_text")
    before, after = (page.studio.classify(run, [text.strip()], tuned=tuned)[0] for tuned in (False, True))
    return [node("div", _answer(page, "base", before), _answer(page, "tuned", after), cls="lanes answers")]


def _answer(page: Page, lane: str, prediction: Prediction) -> Node:
    likeliest = sorted(prediction.probabilities.items(), key=lambda item: -item[1])[:MOST_LABELS]
    lines = [
        node(
            "tr",
            node("th", label, scope="row"),
            node("td", fragments.bar(share, label), cls="wide"),
            node("td", percent(share), cls="number"),
            cls="chosen" if label == prediction.answer else "",
        )
        for label, share in likeliest
    ]
    return node(
        "div",
        node("p", page.say(f"chat_tab.{lane}"), cls="lane-name"),
        node("h3", prediction.answer),
        node("table", node("tbody", *lines), cls="bars"),
        cls=f"answer {lane}",
    )


def answer_table(page: Page, run: str, table: str | None) -> Iterator[tuple[Any, Any]]:
    """Progress, then the answered table to take home, as a file beside which nothing else of it is kept."""
    if not table:
        raise StudioError("chat_tab.no_table")
    source = Path(table)
    suffix = ".xlsx" if source.suffix.lower() == ".xls" else source.suffix.lower()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"{source.stem}-{page.say('chat_tab.answers_file')}{suffix}"
        label = page.say("chat_tab.answering")
        rows = yield from watch(
            lambda progress: predict_file(page.studio, run, source, out, progress, page.lang),
            lambda share: ([fragments.under_way(share, label)], gr.DownloadButton(visible=False)),
        )
        kept = save_file_to_cache(out, cache_dir=get_upload_folder())
    yield [node("p", page.say("chat_tab.answered", rows=rows))], gr.DownloadButton(value=kept, visible=True)


def _given(table: str | None) -> Any:
    return gr.Button(interactive=bool(table)), gr.DownloadButton(visible=False), None


def _busy() -> Any:
    return gr.Button(visible=False), gr.Button(visible=True)


def _idle() -> Any:
    return gr.Button(visible=True), gr.Button(visible=False)
