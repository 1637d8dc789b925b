"""The Chat tab: one finished run, tried beside its base, tested, and taken home.

Knows no run's inside: each of its parts lives in a file of its own, this one chooses the run they all show.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import views
from studio.ui.chat import (
    card,
    compared,
    drafting,
    folds,
    handbook,
    judge,
    mistakes,
    print_out,
    side_by_side,
    take_home,
    trial,
    whole_table,
)
from studio.ui.chat.card import Card
from studio.ui.chat.compared import Compared
from studio.ui.chat.drafting import Drafting
from studio.ui.chat.folds import Folds
from studio.ui.chat.handbook import AtHand
from studio.ui.chat.side_by_side import SideBySide
from studio.ui.chat.take_home import Offer, TakeHome
from studio.ui.chat.trial import Trial
from studio.ui.chat.whole_table import WholeTable
from studio.ui.kit.i18n import t
from studio.ui.kit.page import QUIET, Page, on

if TYPE_CHECKING:
    from studio.studio import Studio


@dataclass(frozen=True)
class ChatTab:
    run: gr.Dropdown
    parts: gr.Tabs
    lanes: SideBySide
    hand: AtHand
    drafting: Drafting
    trial: Trial
    judge: gr.HTML
    table: WholeTable
    card: Card
    folds: Folds
    mistakes: gr.HTML
    compared: Compared
    print_out: gr.HTML
    home: TakeHome
    lined_up: Any  # the event after which rows stand first in the labelling queue


def build(studio: Studio, offer: Offer) -> ChatTab:
    run = gr.Dropdown([], label=t("chat_tab.run"), elem_id="chat-run", interactive=True, filterable=False)
    with gr.Tabs(elem_id="chat-parts", overflow_behavior="wrap") as parts:
        with gr.Tab(t("chat_tab.part_try"), id="try", elem_id="part-try"):
            lanes = side_by_side.build(studio)
            hand = handbook.build()
            drafts = drafting.build()
            trying = trial.build()
            judging = judge.card(studio)
        with gr.Tab(t("chat_tab.part_table"), id="table", elem_id="part-table", render_children=True):
            table = whole_table.build()
        with gr.Tab(t("chat_tab.part_card"), id="card", elem_id="part-card", render_children=True):
            whole = folds.build()
            report = card.build()
            wrong = mistakes.build(studio)
            beside = compared.build()
            paper = print_out.build(studio)
        with gr.Tab(t("chat_tab.part_home"), id="home", elem_id="part-home", render_children=True):
            home = take_home.build()
    lined_up = folds.wire(whole, studio, run)
    tab = ChatTab(
        run, parts, lanes, hand, drafts, trying, judging, table, report, whole, wrong, beside, paper, home, lined_up
    )  # fmt: skip
    wire(tab, studio, offer)
    return tab


def wire(tab: ChatTab, studio: Studio, offer: Offer) -> None:
    later = [tab.mistakes, *tab.compared.shown]
    shown = [*tab.lanes.shown, *tab.trial.shown, tab.judge, *tab.table.shown, *tab.card.shown, *tab.folds.shown]
    shown += [tab.home.job, *later, *tab.hand.shown, *tab.drafting.shown, tab.print_out]
    changed = tab.run.change(on(studio, show), tab.run, shown, trigger_mode="always_last", **QUIET)
    side_by_side.wire(tab.lanes, studio, tab.run)
    handbook.wire(tab.hand, studio, tab.run)
    drafting.wire(tab.drafting, studio, tab.run)
    tab.hand.told.change(on(studio, drafting.reshow), tab.run, tab.drafting.shown, **QUIET)
    trial.wire(tab.trial, studio, tab.run)
    tab.lanes.rate.judged(lambda run: {"run": run, "at": time.time()}, tab.run, tab.judge, **QUIET)  # it counts anew
    whole_table.wire(tab.table, studio, tab.run, changed)
    card.wire(tab.card, studio, tab.run)
    tab.card.shows.words.change(on(studio, printable), tab.run, tab.print_out, **QUIET)
    to_try = [tab.parts, tab.lanes.question]
    tab.card.shows.missed.click(
        lambda sample: (gr.Tabs(selected="try"), sample[0]), tab.card.shows.missed, to_try, **QUIET
    )
    again = on(studio, lambda page, run: (mistakes.reshow(page, run), *compared.reshow(page, run)))
    tab.card.shows.words.change(again, tab.run, later, trigger_mode="always_last", **QUIET)  # it was tested
    compared.wire(tab.compared, studio, tab.run)
    take_home.wire(tab.home, studio, tab.run, offer)


def choose(page: Page, run: str | None) -> Any:
    """The list of runs that have learned something, with `run` selected if it is among them, else the newest."""
    learned = [known for known in page.studio.runs() if known.has_adapter and known.ended]
    ids = [known.id for known in learned]
    chosen = run if run in ids else (ids[0] if ids else None)
    return gr.Dropdown(choices=[(views.run_label(known, page.lang), known.id) for known in learned], value=chosen)


def show(page: Page, run: str | None) -> tuple[Any, ...]:
    """Every part for a newly chosen run."""
    chosen = page.studio.run(run) if run else None
    return (
        *side_by_side.show(page, chosen),
        *trial.show(page, chosen),
        judge.show(chosen),
        *whole_table.show(page, chosen),
        *card.show(page, chosen),
        *folds.show(page, chosen),
        *take_home.show(page, chosen),
        mistakes.show(page, chosen),
        *compared.show(page, chosen),
        *handbook.show(page, chosen),
        *drafting.show(page, chosen),
        print_out.show(page, chosen),
    )


def printable(page: Page, run: str | None) -> str | None:
    """The run, once it has a report to print."""
    return print_out.show(page, page.studio.run(run)) if run else None
