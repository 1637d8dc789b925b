"""The report card: a button tests the model on rows it never saw; four lines say how it did, and open to all the rest.

Knows no rule of judging: what it says is made in `card_lines`, `report_card` and `findings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import charts
from studio.card_lines import card_lines, judged_line
from studio.evaluation.report import Report
from studio.findings import Section, sections
from studio.own_questions import OwnQuestions
from studio.remedies import REMEDIES
from studio.report_card import ReportView, Score, report_view
from studio.runs import Run
from studio.tasks import TASKS
from studio.ui.chat import lines
from studio.ui.chat.measured import rows_table, section
from studio.ui.kit import fragments, plots
from studio.ui.kit.i18n import t
from studio.ui.kit.long_work import watch, when_over
from studio.ui.kit.nodes import Node, node, panel
from studio.ui.kit.page import QUIET, Page, on, tell

if TYPE_CHECKING:
    from studio.studio import Studio

LINES = ("learned", "kept", "honest", "manner", "judged")


@dataclass(frozen=True)
class Shown:
    """What the card shows of a run: components where they are built, their values where they are shown. Above the
    lines `told` says what there is to say without any."""

    test: Any
    told: Any
    learned: Any  # the heads of the lines
    kept: Any
    honest: Any
    manner: Any
    judged: Any
    words: Any  # below the first: its scores
    measured: Any
    confusion: Any
    missed: Any  # facts that are not known, to be tried in the chat
    rows: Any
    figures: Any  # for engineers
    before: Any  # below the second: what was kept
    made_up: Any  # below the third
    remedy: Any
    spoken: Any  # below the fourth
    votes: Any  # below the fifth

    @property
    def all(self) -> list[Any]:
        return [getattr(self, one.name) for one in fields(self)]


@dataclass(frozen=True)
class Card:
    stop: gr.Button
    own: gr.Textbox  # everyday questions of the person's own: while they are typed, no answer may lay itself over them
    keep: gr.Button
    shows: Shown

    @property
    def shown(self) -> list[Any]:
        return self.shows.all


def build() -> Card:
    with gr.Row(elem_classes="actions"):
        test = gr.Button(t("chat_tab.test"), variant="primary", elem_id="card-test")
        stop = gr.Button(t("chat_tab.stop"), variant="stop", visible=False, elem_id="card-stop")
    told = panel("card-told")
    with lines.opening("learned") as learned:
        words = panel("card-words")
        measured = panel("card-measured")
        confusion = plots.figure("card-confusion", visible=False)
        missed = gr.Dataset(
            components=[gr.Textbox(visible=False)], samples=[], label=t("chat_tab.try_missed"), elem_id="card-missed",
            visible=False,
        )  # fmt: skip
        rows = panel("card-rows")
        figures = panel("card-figures")
    with lines.opening("kept") as kept:
        before = panel("card-kept")
        with gr.Accordion(t("chat_tab.own_questions"), open=False, elem_id="card-own"):
            own = gr.Textbox(label=t("chat_tab.own_questions_label"), info=t("chat_tab.own_questions_help"), lines=4)
            keep = gr.Button(t("chat_tab.keep_questions"), elem_id="card-keep")
    with lines.opening("honest") as honest:
        made_up = panel("card-honest")
        remedy = gr.Button(visible=False, elem_id="card-remedy")
    with lines.opening("manner") as manner:
        spoken = panel("card-manner")
    with lines.opening("judged") as judged:
        votes = panel("card-judged")
    return Card(stop, own, keep, Shown(
        test, told, learned, kept, honest, manner, judged, words, measured, confusion, missed, rows, figures, before,
        made_up, remedy, spoken, votes,
    ))  # fmt: skip


def wire(card: Card, studio: Studio, run: gr.Dropdown) -> None:
    shows = card.shows
    buttons = [shows.test, card.stop]
    begun = shows.test.click(_busy, None, buttons, **QUIET)
    work = begun.then(on(studio, test), run, card.shown, **QUIET)
    when_over(work, _idle, buttons)
    work.failure(on(studio, reshow), run, card.shown, **QUIET)
    card.stop.click(_idle, None, buttons, cancels=[work], **QUIET).then(on(studio, reshow), run, card.shown, **QUIET)
    shows.remedy.click(on(studio, mend), run, shows.remedy, **QUIET)
    gr.on(None, on(studio, kept), None, card.own, **QUIET)  # when the page is opened
    card.keep.click(on(studio, keep), card.own, card.own, **QUIET)


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
    return kept(page)


def kept(page: Page) -> str:
    return OwnQuestions(page.studio.workspace).text()


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    """The last report of a run, or what a report is good for."""
    report = page.studio.report(run.id) if run is not None else None
    if run is None or report is None:
        explained = node("div", node("p", page.say("chat_tab.no_report")), cls="empty-card")
        return gr.Button(value=page.say("chat_tab.test")), [explained], *_empty()
    return tuple(_filled(page, run, report).all)


def _filled(page: Page, run: Run, report: Report) -> Shown:
    view = report_view(run, report, page.lang)
    heads = {line.part: line for line in card_lines(run, report, page.lang)}
    known = {one.part: one for one in sections(report, page.lang)}
    said = judged_line(page.studio, run, page.lang)
    offered = _remedy(page, run.id)
    below = {part: [section(page, known[part], titled=False)] for part in ("kept", "honest", "manner") if part in known}
    told = [one for part, one in known.items() if part in ("learned", "handbook")]
    return Shown(
        test=gr.Button(value=page.say("chat_tab.test_again"), variant="secondary"),
        told=None,
        learned=lines.shown(heads["learned"], True),
        kept=lines.shown(heads["kept"], below.get("kept")),
        honest=lines.shown(heads["honest"], below.get("honest")),
        manner=lines.shown(heads["manner"], below.get("manner")),
        judged=lines.shown(said[0], True) if said else None,
        words=[summary(view)],
        measured=_sections(page, told),
        confusion=_confusion(page, report),
        missed=gr.Dataset(samples=[[row.text] for row in view.missed], visible=bool(view.missed)),
        rows=wrong_rows(page, view),
        figures=_sections(page, [known["texts"]] if "texts" in known else []),
        before=below.get("kept"),
        made_up=below.get("honest"),
        remedy=gr.Button(value=page.say(f"chat_tab.{offered}"), visible=True) if offered else gr.Button(visible=False),
        spoken=below.get("manner"),
        votes=[node("ul", *(node("li", one) for one in said[1]), cls="said-of")] if said else None,
    )


def _sections(page: Page, shown: Sequence[Section]) -> list[Node]:
    return [section(page, one) for one in shown]


def _confusion(page: Page, report: Report) -> gr.HTML:
    if not TASKS[report.task].labelled:
        return gr.HTML(value=None, visible=False)
    figure = charts.confusion(report.labels, report.confusion, page.lang)
    return gr.HTML(value=plots.drawn(figure, page.say("chat_tab.confusion")), visible=True)


def _empty() -> tuple[Any, ...]:
    """No line, and nothing below any."""
    nothing = dict.fromkeys(one.name for one in fields(Shown))
    hidden = {"confusion": gr.HTML(value=None, visible=False), "missed": gr.Dataset(samples=[], visible=False)}
    return tuple(Shown(**{**nothing, **hidden, "remedy": gr.Button(visible=False)}).all[2:])


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
    """Every score as a bar with its count and its interval."""
    return node(
        "div",
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
    kind = f"_{view.compared}" if view.compared else ""
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
