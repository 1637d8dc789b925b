"""The model before and after, side by side: one question, both answers growing together.

Knows no model: the conversation goes to the studio as plain messages and both answers come back as text.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.contract import Sampling
from studio.data.schema import Message
from studio.errors import StudioError
from studio.runs import Run
from studio.ui.examples import examples_of
from studio.ui.i18n import t
from studio.ui.page import QUIET, Page, on

if TYPE_CHECKING:
    from studio.studio import Studio

Turn = Mapping[str, Any]
LONGEST_QUESTION = 4000


@dataclass(frozen=True)
class SideBySide:
    area: gr.Column
    base: gr.Chatbot
    tuned: gr.Chatbot
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    clear: gr.Button
    examples: gr.Dataset
    temperature: gr.Slider
    top_p: gr.Slider
    max_new_tokens: gr.Slider

    @property
    def shown(self) -> list[Any]:
        return [self.area, self.base, self.tuned, self.question, self.examples]


def build() -> SideBySide:
    with gr.Column(visible=False, elem_id="side-by-side") as area:
        with gr.Row(elem_classes="lanes"):
            base, tuned = _lane("base"), _lane("tuned")
        with gr.Row(elem_classes="ask-row"):
            question = gr.Textbox(
                show_label=False, placeholder=t("chat_tab.question"), lines=1, max_lines=6, scale=5, container=False,
                max_length=LONGEST_QUESTION, elem_id="question", interactive=True, label=t("chat_tab.question"),
            )  # fmt: skip
            send = gr.Button(t("chat_tab.send"), variant="primary", min_width=110, scale=0, elem_id="send")
            stop = gr.Button(t("chat_tab.stop"), variant="stop", min_width=110, scale=0, visible=False, elem_id="stop")
            clear = gr.Button(t("chat_tab.clear"), min_width=110, scale=0, elem_id="clear")
        examples = gr.Dataset(
            components=[gr.Textbox(visible=False)], samples=[], label=t("chat_tab.examples"), elem_id="examples",
            visible=False,
        )  # fmt: skip
        with gr.Accordion(t("chat_tab.sampling"), open=False, elem_id="sampling"):
            gr.Markdown(t("chat_tab.sampling_help"))
            with gr.Row():
                temperature = _slider("temperature", 0.0, 1.5, 0.05, Sampling().temperature)
                top_p = _slider("top_p", 0.05, 1.0, 0.05, Sampling().top_p)
                max_new_tokens = _slider("max_new_tokens", 16, 1024, 16, Sampling().max_new_tokens)
    return SideBySide(
        area, base, tuned, question, send, stop, clear, examples, temperature, top_p, max_new_tokens
    )  # fmt: skip


def _lane(name: str) -> gr.Chatbot:
    """One of the two conversations. What is said in it is shown as plain text, never as Markdown or HTML."""
    return gr.Chatbot(
        label=t(f"chat_tab.{name}"), placeholder=t(f"chat_tab.{name}_empty"), height=420, buttons=["copy"],
        render_markdown=False, group_consecutive_messages=False, layout="bubble", elem_id=f"chat-{name}",
        elem_classes="lane",
    )  # fmt: skip


def _slider(name: str, low: float, high: float, step: float, value: float) -> gr.Slider:
    return gr.Slider(
        low, high, value, step=step, label=t(f"chat_tab.{name}"), info=t(f"chat_tab.{name}_help"), elem_id=name,
        interactive=True,
    )  # fmt: skip


def wire(lanes: SideBySide, studio: Studio, run: gr.Dropdown) -> None:
    talk = [lanes.base, lanes.tuned]
    buttons = [lanes.send, lanes.stop]
    asking = [lanes.question, *talk]
    sampling = [lanes.temperature, lanes.top_p, lanes.max_new_tokens]
    answers = []
    for begin in (lanes.question.submit, lanes.send.click):
        asked = begin(on(studio, ask), asking, [*asking, *buttons], **QUIET)
        answering = asked.success(on(studio, answer), [run, *talk, *sampling], asking, **QUIET)
        answering.then(_idle, None, buttons, **QUIET)
        answers.append(answering)
    lanes.stop.click(_idle, None, buttons, cancels=answers, **QUIET)
    lanes.clear.click(_cleared, None, [*asking, *buttons], cancels=answers, **QUIET)
    lanes.examples.click(lambda sample: sample[0], lanes.examples, lanes.question, **QUIET)


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    """Empty conversations with a run that chats; nothing at all for one that does not."""
    if run is None or run.config.task != "chat":
        return gr.Column(visible=False), [], [], "", gr.Dataset(samples=[], visible=False)
    examples = examples_of(page, run)
    samples = gr.Dataset(samples=[[text] for text in examples], visible=bool(examples))
    return gr.Column(visible=True), [], [], "", samples


def ask(page: Page, question: str, base: Sequence[Turn], tuned: Sequence[Turn]) -> Any:
    """The question put into both conversations. Raises StudioError when there is none."""
    if not question.strip():
        raise StudioError("chat_tab.nothing_asked")
    turn = {"role": "user", "content": question.strip()}
    return "", [*answered(base), turn], [*answered(tuned), turn], gr.Button(visible=False), gr.Button(visible=True)


def answer(
    page: Page, run: str, base: Sequence[Turn], tuned: Sequence[Turn], *sampling: float
) -> Iterator[tuple[Any, list[Turn], list[Turn]]]:
    """Both conversations with their answers so far. When it cannot begin, the question goes back where it was typed."""
    stop = threading.Event()
    past = plain(base), plain(tuned)
    temperature, top_p, max_new_tokens = sampling
    how = Sampling(float(temperature), float(top_p), int(max_new_tokens))
    lanes = page.studio.chat(run, messages(past[0]), messages(past[1]), how, stop)
    try:
        for said in lanes:
            first, second = (
                [*turns, {"role": "assistant", "content": text}] for turns, text in zip(past, said, strict=True)
            )
            yield gr.skip(), first, second
    except StudioError:
        yield past[0][-1]["content"], answered(past[0]), answered(past[1])
        raise
    finally:
        stop.set()
        lanes.close()


def _idle() -> Any:
    return gr.Button(visible=True), gr.Button(visible=False)


def _cleared() -> Any:
    return "", [], [], *_idle()


def plain(turns: Sequence[Turn]) -> list[Turn]:
    """Turns with their content as one text; Gradio hands it back in parts."""
    return [{"role": turn["role"], "content": _text(turn["content"])} for turn in turns]


def answered(turns: Sequence[Turn]) -> list[Turn]:
    """Without a last question that never got an answer."""
    kept = plain(turns)
    while kept and kept[-1]["role"] == "user":
        kept.pop()
    return kept


def messages(turns: Sequence[Turn]) -> list[Message]:
    return [Message(turn["role"], turn["content"]) for turn in turns]


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if part["type"] == "text")
