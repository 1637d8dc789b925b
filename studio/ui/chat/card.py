"""The report card: one button tests the model on rows it never saw; the verdict, the scores, the wrong rows follow.

Knows no rule of judging: what it says is made in `report_card`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import charts
from studio.report_card import ReportView, Score, Wrong, report_view
from studio.runs import Run
from studio.tasks import TASKS
from studio.ui.kit import fragments, plots
from studio.ui.kit.i18n import t
from studio.ui.kit.long_work import watch, when_over
from studio.ui.kit.nodes import Node, node, panel
from studio.ui.kit.page import QUIET, Page, on

if TYPE_CHECKING:
    from studio.studio import Studio


@dataclass(frozen=True)
class Card:
    test: gr.Button
    stop: gr.Button
    words: gr.HTML
    confusion: gr.HTML
    missed: gr.Dataset  # facts that are not known, to be tried in the chat
    rows: gr.HTML

    @property
    def shown(self) -> list[Any]:
        return [self.test, self.words, self.confusion, self.missed, self.rows]


def build() -> Card:
    with gr.Row(elem_classes="actions"):
        test = gr.Button(t("chat_tab.test"), variant="primary", elem_id="card-test")
        stop = gr.Button(t("chat_tab.stop"), variant="stop", visible=False, elem_id="card-stop")
    words = panel("card-words")
    confusion = plots.figure("card-confusion", visible=False)
    missed = gr.Dataset(
        components=[gr.Textbox(visible=False)], samples=[], label=t("chat_tab.try_missed"), elem_id="card-missed",
        visible=False,
    )  # fmt: skip
    rows = panel("card-rows")
    return Card(test, stop, words, confusion, missed, rows)


def wire(card: Card, studio: Studio, run: gr.Dropdown) -> None:
    buttons = [card.test, card.stop]
    begun = card.test.click(_busy, None, buttons, **QUIET)
    work = begun.then(on(studio, test), run, card.shown, **QUIET)
    when_over(work, _idle, buttons)
    work.failure(on(studio, reshow), run, card.shown, **QUIET)
    card.stop.click(_idle, None, buttons, cancels=[work], **QUIET).then(on(studio, reshow), run, card.shown, **QUIET)


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
    return again, [summary(view)], confusion, missed, wrong_rows(page, view)


def _empty() -> tuple[Any, ...]:
    """Nothing below the words."""
    return gr.HTML(value=None, visible=False), gr.Dataset(samples=[], visible=False), None


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
    tables = (
        (missed, view.missed, ("row_text", "row_target", "row_tuned")),
        (wrong, view.wrong, ("row_text", "row_target", "row_base", "row_tuned")),
    )
    return [
        _table(title, rows, {name: page.say(f"chat_tab.{name}{kind}") for name in names})
        for title, rows, names in tables
        if rows
    ]


def _table(title: str, rows: Sequence[Wrong], names: Mapping[str, str]) -> Node:
    """Each cell names its column again, for narrow screens, where the head is out of sight."""
    head = node("thead", node("tr", *(node("th", called, scope="col") for called in names.values())))
    body = node("tbody", *(node("tr", *(_cell(row, *name) for name in names.items())) for row in rows))
    return node("div", node("h3", title), node("table", head, body, cls="wrong"), cls="card")


def _cell(row: Wrong, name: str, called: str) -> Node:
    text = {"row_text": row.text, "row_target": row.target, "row_base": row.base, "row_tuned": row.tuned}[name]
    return node("td", text, cls=name, **{"data-name": called})


def _busy() -> Any:
    return gr.Button(visible=False), gr.Button(visible=True)


def _idle() -> Any:
    return gr.Button(visible=True), gr.Button(visible=False)
