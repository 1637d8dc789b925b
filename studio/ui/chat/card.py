"""The report card: one button tests the model on rows it never saw; the verdict, the scores, the wrong rows follow.

Knows no rule of judging: what it says is made in `report_card`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import charts
from studio.findings import sections
from studio.own_questions import OwnQuestions
from studio.remedies import REMEDIES
from studio.report_card import ReportView, Score, report_view
from studio.runs import Run
from studio.tasks import TASKS
from studio.ui.chat.measured import rows_table, section
from studio.ui.kit import fragments, plots
from studio.ui.kit.i18n import t
from studio.ui.kit.long_work import watch, when_over
from studio.ui.kit.nodes import Node, node, panel
from studio.ui.kit.page import QUIET, Page, on, tell

if TYPE_CHECKING:
    from studio.studio import Studio


@dataclass(frozen=True)
class Card:
    test: gr.Button
    stop: gr.Button
    words: gr.HTML
    measured: gr.HTML  # what was kept, made up, said in which manner
    remedy: gr.Button
    confusion: gr.HTML
    missed: gr.Dataset  # facts that are not known, to be tried in the chat
    rows: gr.HTML
    figures: gr.HTML  # for engineers
    everyday: gr.Accordion  # where answers are said, questions of the person's own
    own: gr.Textbox
    keep: gr.Button

    @property
    def shown(self) -> list[Any]:
        return [
            self.test,
            self.words,
            self.measured,
            self.remedy,
            self.confusion,
            self.missed,
            self.rows,
            self.figures,
            self.own,
        ]


def build() -> Card:
    with gr.Row(elem_classes="actions"):
        test = gr.Button(t("chat_tab.test"), variant="primary", elem_id="card-test")
        stop = gr.Button(t("chat_tab.stop"), variant="stop", visible=False, elem_id="card-stop")
    words = panel("card-words")
    measured = panel("card-measured")
    remedy = gr.Button(visible=False, elem_id="card-remedy")
    confusion = plots.figure("card-confusion", visible=False)
    missed = gr.Dataset(
        components=[gr.Textbox(visible=False)], samples=[], label=t("chat_tab.try_missed"), elem_id="card-missed",
        visible=False,
    )  # fmt: skip
    rows = panel("card-rows")
    figures = panel("card-figures")
    with gr.Accordion(t("chat_tab.own_questions"), open=False, elem_id="card-own") as everyday:
        own = gr.Textbox(label=t("chat_tab.own_questions_label"), info=t("chat_tab.own_questions_help"), lines=4)
        keep = gr.Button(t("chat_tab.keep_questions"), elem_id="card-keep")
    return Card(test, stop, words, measured, remedy, confusion, missed, rows, figures, everyday, own, keep)


def wire(card: Card, studio: Studio, run: gr.Dropdown) -> None:
    buttons = [card.test, card.stop]
    begun = card.test.click(_busy, None, buttons, **QUIET)
    work = begun.then(on(studio, test), run, card.shown, **QUIET)
    when_over(work, _idle, buttons)
    work.failure(on(studio, reshow), run, card.shown, **QUIET)
    card.stop.click(_idle, None, buttons, cancels=[work], **QUIET).then(on(studio, reshow), run, card.shown, **QUIET)
    card.remedy.click(on(studio, mend), run, card.remedy, **QUIET)
    card.keep.click(on(studio, keep), card.own, card.own, **QUIET)
    run.change(on(studio, asks_everyday), run, card.everyday, trigger_mode="always_last", **QUIET)


def asks_everyday(page: Page, run: str | None) -> Any:
    """Only a model that answers in words of its own is asked everyday questions."""
    rules = TASKS[page.studio.run(run).config.task] if run else None
    return gr.Accordion(visible=rules is None or (rules.talks and not rules.compares))


def mend(page: Page, run: str) -> Any:
    """Takes the step that the report offers, once."""
    added = REMEDIES[_remedy(page, run)](page.studio, run)
    tell(page, "chat_tab.rows_added", count=added)
    return gr.Button(visible=False)


def _remedy(page: Page, run: str) -> str:
    report = page.studio.report(run)
    offered = [found.remedy for found in report.further.values() if found.remedy in REMEDIES] if report else []
    return offered[0] if offered else ""


def keep(page: Page, text: str) -> str:
    """The everyday questions as they are kept."""
    count = len(OwnQuestions(page.studio.workspace).write(text))
    tell(page, "chat_tab.questions_kept", count=count)
    return OwnQuestions(page.studio.workspace).text()


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    """The last report of a run, or what a report is good for."""
    report = page.studio.report(run.id) if run is not None else None
    if run is None or report is None:
        explained = node("div", node("p", page.say("chat_tab.no_report")), cls="empty-card")
        return gr.Button(value=page.say("chat_tab.test")), [explained], *_empty()
    view = report_view(run, report, page.lang)
    confusion = gr.HTML(value=None, visible=False)
    if TASKS[report.task].labelled:
        figure = charts.confusion(report.labels, report.confusion, page.lang)
        confusion = gr.HTML(value=plots.drawn(figure, page.say("chat_tab.confusion")), visible=True)
    again = gr.Button(value=page.say("chat_tab.test_again"), variant="secondary")
    missed = gr.Dataset(samples=[[row.text] for row in view.missed], visible=bool(view.missed))
    parts = sections(report, page.lang)
    measured, figures = ([section(page, one) for one in parts if bool(one.findings) is told] for told in (True, False))
    offered = _remedy(page, run.id)
    remedy = gr.Button(value=page.say(f"chat_tab.{offered}"), visible=True) if offered else gr.Button(visible=False)
    own = OwnQuestions(page.studio.workspace).text()
    return again, [summary(view)], measured, remedy, confusion, missed, wrong_rows(page, view), figures, own


def _empty() -> tuple[Any, ...]:
    """Nothing below the words, but for the person's own questions."""
    return None, gr.Button(visible=False), gr.HTML(value=None, visible=False), _none_missed(), None, None, gr.skip()


def _none_missed() -> Any:
    return gr.Dataset(samples=[], visible=False)


def reshow(page: Page, run: str) -> tuple[Any, ...]:
    return show(page, page.studio.run(run))


def test(page: Page, run: str) -> Iterator[tuple[Any, ...]]:
    """Progress, then the fresh report."""
    label = page.say("chat_tab.testing")
    yield from watch(
        lambda progress: page.studio.evaluate(run, progress=progress),
        lambda share: (gr.skip(), [fragments.under_way(share, label)], *_empty()),
    )
    yield reshow(page, run)


def summary(view: ReportView) -> Node:
    """The verdict, then every score as a bar with its count and its interval."""
    return node(
        "div",
        fragments.lamp(view.lamp),
        node("table", node("tbody", *(_score(score) for score in view.scores)), cls="scores"),
        node("ul", *(node("li", remark) for remark in view.remarks), cls="remarks"),
        cls="card",
    )


def _score(score: Score) -> Node:
    return node(
        "tr",
        node("th", score.name, scope="row"),
        node("td", fragments.bar(score.share, score.name), cls="wide"),
        node("td", score.percent, cls="number"),
        node("td", node("span", score.counted), node("small", score.sure), cls="sure"),
        cls="main" if score.main else "",
    )


def wrong_rows(page: Page, view: ReportView) -> list[Node]:
    """The facts it does not know and the rows it got wrong, with what it should have said."""
    kind = "_pair" if view.compared else ""
    if not view.wrong and not view.missed:
        return [node("p", page.say(f"chat_tab.nothing_wrong{kind}"), cls="all-right")]
    missed = page.say("chat_tab.missed", shown=len(view.missed), total=view.missed_total)
    wrong = page.say(f"chat_tab.wrong{kind}", shown=len(view.wrong), total=view.wrong_total)
    tables = ((missed, view.missed), (wrong, view.wrong))
    return [node("div", node("h3", title), rows_table(page, rows, kind), cls="card") for title, rows in tables if rows]


def _busy() -> Any:
    return gr.Button(visible=False), gr.Button(visible=True)


def _idle() -> Any:
    return gr.Button(visible=True), gr.Button(visible=False)
