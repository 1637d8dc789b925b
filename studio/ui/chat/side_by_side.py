"""The model before and after, side by side: one question, both answers growing together.

Knows no model: the conversation goes to the studio as plain messages and both answers come back as text.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.contract import Lane, Sampling
from studio.data import asking
from studio.data.schema import Message
from studio.errors import StudioError
from studio.runs import Run
from studio.tasks import TASKS
from studio.ui.chat import handbook, rate
from studio.ui.chat.examples import examples_of
from studio.ui.kit.assets import read, script
from studio.ui.kit.i18n import t
from studio.ui.kit.nodes import panel
from studio.ui.kit.page import QUIET, Page, on

if TYPE_CHECKING:
    from studio.studio import Studio

Turn = tuple[str, str, str]  # a question, the base's answer, the tuned model's answer
LONGEST_QUESTION = 4000
TELL_SECONDS = 0.1  # at least, between two states of an answer on its way: nobody reads faster, and each costs the page


@dataclass(frozen=True)
class SideBySide:
    area: gr.Column
    turns: gr.State  # what was said so far, as Turns
    talk: gr.HTML
    sources: gr.HTML  # what a handbook says of the last question
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    clear: gr.Button
    examples: gr.Dataset
    rate: gr.HTML
    system: gr.Textbox
    temperature: gr.Slider
    top_p: gr.Slider
    max_new_tokens: gr.Slider

    @property
    def shown(self) -> list[Any]:
        """All but what is being typed, which a run that is chosen meanwhile leaves as it is."""
        return [self.area, self.turns, self.talk, self.sources, self.examples, self.rate, self.system]


def build(studio: Studio) -> SideBySide:
    with gr.Column(visible=False, elem_id="side-by-side") as area:
        turns = gr.State([])
        talk = gr.HTML(
            value=None, html_template=read("chat/talk.html"), js_on_load=script("chat/talk.js"), elem_id="talk"
        )  # fmt: skip
        sources = panel("sources")
        rating = rate.bar(studio)
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
        system = gr.Textbox(
            label=t("chat_tab.system"), info=t("chat_tab.system_help"), lines=1, max_lines=6, elem_id="system",
            max_length=LONGEST_QUESTION, interactive=True,
        )  # fmt: skip
        with gr.Accordion(t("chat_tab.sampling"), open=False, elem_id="sampling"):
            gr.Markdown(t("chat_tab.sampling_help"))
            with gr.Row():
                temperature = _slider("temperature", 0.0, 1.5, 0.05, Sampling().temperature)
                top_p = _slider("top_p", 0.05, 1.0, 0.05, Sampling().top_p)
                max_new_tokens = _slider("max_new_tokens", 16, 1024, 16, Sampling().max_new_tokens)
    return SideBySide(
        area, turns, talk, sources, question, send, stop, clear, examples, rating, system, temperature, top_p,
        max_new_tokens,
    )  # fmt: skip


def _slider(name: str, low: float, high: float, step: float, value: float) -> gr.Slider:
    return gr.Slider(
        low, high, value, step=step, label=t(f"chat_tab.{name}"), info=t(f"chat_tab.{name}_help"), elem_id=name,
        interactive=True,
    )  # fmt: skip


def wire(lanes: SideBySide, studio: Studio, run: gr.Dropdown) -> None:
    buttons = [lanes.send, lanes.stop]
    said = [lanes.turns, lanes.talk, lanes.question, lanes.sources]
    sampling = [lanes.temperature, lanes.top_p, lanes.max_new_tokens]
    answers = []
    for begin in (lanes.question.submit, lanes.send.click):
        asked = begin(on(studio, ask), [lanes.question, lanes.turns], [*said, lanes.rate, *buttons], **QUIET)
        answering = asked.success(on(studio, answer), [run, lanes.turns, lanes.system, *sampling], said, **QUIET)
        # in one go: two events after an answer hold the page for more than 100 ms
        over = answering.success(on(studio, rated), [run, lanes.turns, lanes.system], [lanes.rate, *buttons], **QUIET)
        for event in (answering, over):
            event.failure(_idle, None, buttons, **QUIET)
        answers.append(answering)
    lanes.stop.click(_idle, None, buttons, cancels=answers, **QUIET)
    lanes.clear.click(on(studio, clear), None, [*said, lanes.rate, *buttons], cancels=answers, **QUIET)
    lanes.examples.click(lambda sample: sample[0], lanes.examples, lanes.question, **QUIET)


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    """An empty conversation with a run that chats; nothing at all for one that does not."""
    if run is None or not TASKS[run.config.task].talks:
        return gr.Column(visible=False), [], None, None, gr.Dataset(samples=[], visible=False), None, ""
    examples = examples_of(page, run)
    samples = gr.Dataset(samples=[[text] for text in examples], visible=bool(examples))
    return gr.Column(visible=True), [], [], None, samples, None, _system(page, run)


def _system(page: Page, run: Run) -> str:
    """What the run was taught below; nothing where its rows are gone."""
    try:
        return page.studio.system(run.id)
    except StudioError:
        return ""


def ask(_: Page, question: str, turns: Sequence[Turn]) -> Any:
    """The question as the last turn, without answers yet. Raises StudioError when there is none."""
    if not question.strip():
        raise StudioError("chat_tab.nothing_asked")
    said = [*answered(turns), (question.strip(), "", "")]
    return said, said, "", None, None, gr.Button(visible=False), gr.Button(visible=True)


def answer(
    page: Page, run: str, turns: Sequence[Turn], system: str, *sampling: float
) -> Iterator[tuple[list[Turn], list[Turn], Any, Any]]:
    """The conversation, below a system text, with both answers so far, and at first what was looked up for them. Where
    they cannot be had whole, the question goes back to where it was typed, and the conversation is as before."""
    temperature, top_p, max_new_tokens = sampling
    how = Sampling(float(temperature), float(top_p), int(max_new_tokens))
    past, (question, _, _) = list(turns[:-1]), turns[-1]
    whole = [asking.below(system, messages(turns, lane)) for lane in (1, 2)]
    stop = threading.Event()
    try:
        before, after = page.studio.looking_up.with_beside(run, whole, how)
        looked_up: Any = handbook.sources(page, run, after)
        lanes = [Lane(before.said, tuned=False), Lane(after.said, tuned=True)]
        with closing(page.studio.chat(run, lanes, how, stop.is_set)) as answers:
            for base, tuned in _now_and_then(answers):
                said = [*past, (question, base, tuned)]
                yield said, said, gr.skip(), looked_up
                looked_up = gr.skip()
    except Exception:
        yield past, past, question, None
        raise
    finally:
        stop.set()


def _now_and_then(answers: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The first state of the answers, the last, and between them one in TELL_SECONDS."""
    state: tuple[str, ...] | None = None
    told, due = state, 0.0
    for state in answers:
        if time.monotonic() >= due:
            yield state
            told, due = state, time.monotonic() + TELL_SECONDS
    if state is not None and state != told:
        yield state


def rated(page: Page, run: str, turns: Sequence[Turn], system: str) -> Any:
    """The last round, for a person to say which answer is better, None where there is none; and the buttons."""
    if not turns:
        return None, *_idle()
    before, after = (asking.below(system, messages(turns, lane))[:-1] for lane in (1, 2))
    return rate.of_round(page, run, (before, after), turns[-1]), *_idle()


def clear(_: Page) -> Any:
    return [], [], "", None, None, *_idle()


def _idle() -> Any:
    return gr.Button(visible=True), gr.Button(visible=False)


def answered(turns: Sequence[Turn]) -> list[Turn]:
    """Without questions that were stopped before they got an answer."""
    return [(question, base, tuned) for question, base, tuned in turns if base or tuned]


def messages(turns: Sequence[Turn], lane: int) -> list[Message]:
    """What a model is given: all turns with its own answers (`lane` 1: base, 2: tuned), then the question."""
    said = []
    for turn in turns[:-1]:
        said += [Message("user", turn[0]), Message("assistant", turn[lane])]
    return [*said, Message("user", turns[-1][0])]
