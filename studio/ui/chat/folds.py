"""A cross-check as a whole: the score of all its runs together, and the labels that are likely wrong.

Knows no fold's inside: the figures are `studio.crosscheck`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import crosscheck
from studio.crosscheck import Joint
from studio.lamp import goal_words, interval_words, percent
from studio.runs import Run
from studio.ui.kit import fragments
from studio.ui.kit.i18n import t
from studio.ui.kit.long_work import watch
from studio.ui.kit.nodes import Node, node, panel
from studio.ui.kit.page import QUIET, Page, on

if TYPE_CHECKING:
    from studio.studio import Studio

MOST_ROWS = 12


@dataclass(frozen=True)
class Folds:
    area: gr.Column
    total: gr.Button
    view: gr.HTML
    first: gr.Button  # puts what is likely wrong first in the labelling queue

    @property
    def shown(self) -> list[Any]:
        return [self.area, self.total, self.view, self.first]


def build() -> Folds:
    with gr.Column(visible=False, elem_id="folds-area") as area:
        with gr.Row(elem_classes="actions"):
            total = gr.Button(t("rounds.total"), variant="primary", elem_id="folds-total")
        view = panel("folds")
        with gr.Row(elem_classes="actions"):
            first = gr.Button(t("rounds.look_at"), elem_id="folds-first", visible=False)
    return Folds(area, total, view, first)


def wire(folds: Folds, studio: Studio, run: gr.Dropdown) -> Any:
    """The event after which the rows are first in the queue."""
    folds.total.click(on(studio, total), run, folds.shown, **QUIET)
    return folds.first.click(on(studio, line_up), run, None, **QUIET)


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    if run is None or not run.config.folds:
        return gr.Column(visible=False), gr.Button(visible=False), None, gr.Button(visible=False)
    runs = crosscheck.of(page.studio, run)
    left = crosscheck.missing(runs)
    if not left and all(page.studio.report(one.id) for one in runs):
        return _whole(page, crosscheck.joint(page.studio, run.id))
    said = page.say("rounds.fold", fold=run.config.fold, folds=run.config.folds)
    wait = page.say("rounds.fold_wait", left=left) if left else page.say("rounds.fold_ready")
    told = [node("div", node("p", said), node("p", wait, cls="soft"), cls="card")]
    return gr.Column(visible=True), gr.Button(visible=not left), told, gr.Button(visible=False)


def total(page: Page, run: str) -> Iterator[tuple[Any, ...]]:
    """Tests what was not tested yet, then the score of all."""
    label = page.say("chat_tab.testing")
    found = yield from watch(
        lambda progress: crosscheck.joint(page.studio, run, progress),
        lambda share: (gr.skip(), gr.skip(), [fragments.under_way(share, label)], gr.skip()),
    )
    yield _whole(page, found)


def line_up(page: Page, run: str) -> None:
    crosscheck.line_up(page.studio, crosscheck.joint(page.studio, run))


def _whole(page: Page, found: Joint) -> tuple[Any, ...]:
    doubted = gr.Button(value=page.say("rounds.look_at_n", n=len(found.doubted)), visible=bool(found.doubted))
    return gr.Column(visible=True), gr.Button(visible=False), [_nodes(page, found)], doubted


def _nodes(page: Page, found: Joint) -> Node:
    share = percent(found.correct / max(found.count, 1))
    sure = interval_words(found.interval, found.count, page.lang)
    said = page.say(
        "rounds.joint", count=found.count, correct=found.correct, share=share, interval=sure, folds=len(found.runs)
    )
    each = "、".join(f"{right}/{asked}" for right, asked in found.each)
    notes = [page.say("rounds.joint_each", each=each)]
    notes += [goal_words(found.goal, found.count, page.lang)] if found.goal else []
    rows = found.doubted[:MOST_ROWS]
    names = [page.say(key) for key in ("chat_tab.row_text", "rounds.labelled_as", "rounds.doubted_as", "rounds.sure")]
    head = node("tr", *(node("th", name, scope="col") for name in names))
    body = [
        node("tr", *(
            node("td", text, **{"data-name": name})
            for name, text in zip(names, (row.text, row.target, row.tuned, percent(row.confidence or 0)), strict=True)
        ))
        for row in rows
    ]  # fmt: skip
    table = node("table", node("thead", head), node("tbody", *body), cls="wrong") if rows else None
    title = page.say("rounds.doubted", n=len(found.doubted)) if rows else ""
    return node(
        "div",
        node("p", said, cls="verdict-line"),
        *(node("p", note, cls="soft") for note in notes),
        node("p", title, cls="rows-title got-worse") if title else None,
        table,
        cls="card",
    )
