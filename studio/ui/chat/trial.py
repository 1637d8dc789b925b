"""Trying a classifier: one text with its probabilities, before learning and after.

Knows no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.contract import Prediction
from studio.errors import StudioError
from studio.lamp import percent
from studio.runs import Run
from studio.tasks import TASKS
from studio.ui.chat.examples import examples_of
from studio.ui.kit import fragments
from studio.ui.kit.i18n import t
from studio.ui.kit.nodes import Node, node, panel
from studio.ui.kit.page import QUIET, Page, on

if TYPE_CHECKING:
    from studio.studio import Studio

MOST_LABELS = 8


@dataclass(frozen=True)
class Trial:
    area: gr.Column
    text: gr.Textbox
    go: gr.Button
    examples: gr.Dataset
    result: gr.HTML

    @property
    def shown(self) -> list[Any]:
        """All but what is being typed, which a run that is chosen meanwhile leaves as it is."""
        return [self.area, self.examples, self.result]


def build() -> Trial:
    with gr.Column(visible=False, elem_id="trial") as area:
        text = gr.Textbox(
            label=t("chat_tab.text"), placeholder=t("chat_tab.text_example"), lines=3, max_lines=8, elem_id="try-text",
            interactive=True, max_length=4000,
        )  # fmt: skip
        with gr.Row(elem_classes="actions"):
            go = gr.Button(t("chat_tab.classify"), variant="primary", elem_id="try-go")
        result = panel("try-result")
        examples = gr.Dataset(
            components=[gr.Textbox(visible=False)], samples=[], label=t("chat_tab.examples"), elem_id="try-examples",
            visible=False,
        )  # fmt: skip
    return Trial(area, text, go, examples, result)


def wire(trial: Trial, studio: Studio, run: gr.Dropdown) -> None:
    for begin in (trial.go.click, trial.text.submit):
        begin(on(studio, classify), [run, trial.text], trial.result, **QUIET)
    chosen = trial.examples.click(lambda sample: sample[0], trial.examples, trial.text, **QUIET)
    chosen.then(on(studio, classify), [run, trial.text], trial.result, **QUIET)


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    if run is None or not TASKS[run.config.task].labelled:
        return gr.Column(visible=False), gr.Dataset(samples=[], visible=False), None
    examples = examples_of(page, run)
    samples = gr.Dataset(samples=[[text] for text in examples], visible=bool(examples))
    return gr.Column(visible=True), samples, None


def classify(page: Page, run: str, text: str) -> list[Node]:
    """The text's class with all probabilities, after learning beside before. Raises StudioError for an empty text."""
    if not text.strip():
        raise StudioError("chat_tab.no_text")
    before, after = (page.studio.classify(run, [text.strip()], tuned=tuned)[0] for tuned in (False, True))
    return [node("div", _answer(page, "base", before), _answer(page, "tuned", after), cls="lanes answers")]


def _answer(page: Page, lane: str, prediction: Prediction) -> Node:
    likeliest = sorted(prediction.probabilities.items(), key=lambda item: (-item[1], item[0] != prediction.answer))
    lines = [
        node(
            "tr",
            node("th", label, scope="row"),
            node("td", fragments.bar(share, label), cls="wide"),
            node("td", percent(share), cls="number"),
            cls="chosen" if label == prediction.answer else "",
        )
        for label, share in likeliest[:MOST_LABELS]
    ]
    return node(
        "div",
        node("p", page.say(f"chat_tab.{lane}"), cls="lane-name"),
        node("h3", prediction.answer or page.say("chat_tab.not_taught")),
        node("table", node("tbody", *lines), cls="bars"),
        cls=f"answer {lane}",
    )
