"""The Train tab: one run live, with its traffic light and its charts, what can be done with it, and all runs before it.

Knows no training and keeps nothing: whatever it shows is read from the studio anew, so a reload changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import charts, views
from studio.runs import DamagedRun, Run
from studio.ui.kit import fragments, plots
from studio.ui.kit.assets import read, script
from studio.ui.kit.i18n import t
from studio.ui.kit.nodes import Node, node
from studio.ui.kit.page import QUIET, Page, on, served
from studio.views import TrainView

if TYPE_CHECKING:
    from studio.studio import Studio

MOST_LISTED = 50
MOST_COMPARED = 4
LIVE, STILL = 1000, 4000  # milliseconds between two looks at a run under way, and at one that has ended


@dataclass(frozen=True)
class TrainTab:
    run: gr.Textbox  # id of the run that is shown, out of sight
    stop: gr.Button
    resume: gr.Button
    to_chat: gr.Button
    live: gr.HTML
    history: gr.Radio
    compared: gr.Dropdown
    comparison: gr.HTML
    delete: gr.Button
    sure: gr.Column
    delete_yes: gr.Button
    delete_no: gr.Button


def build(studio: Studio) -> TrainTab:
    run = gr.Textbox(visible="hidden", elem_id="train-run", container=False)
    with gr.Row(elem_classes="train-columns"):
        with gr.Column(scale=3, min_width=320):
            with gr.Row(elem_classes="actions"):
                stop = gr.Button(t("train_tab.stop"), variant="stop", visible=False, elem_id="train-stop")
                resume = gr.Button(t("train_tab.resume"), visible=False, elem_id="train-resume")
                to_chat = gr.Button(t("train_tab.to_chat"), visible=False, elem_id="train-to-chat")
            live = gr.HTML(
                value=None, html_template=read("train/live.html"), head=plots.SCRIPT,
                js_on_load=script("train/live.js"),
                server_functions=[served(studio, live_run)], run="", state="", elem_id="live",
            )  # fmt: skip
            comparison = plots.figure("comparison", visible=False)
        with gr.Column(scale=1, min_width=280):
            history = gr.Radio([], label=t("train_tab.history"), visible=False, elem_id="history", interactive=True)
            delete = gr.Button(t("train_tab.delete"), size="sm", visible=False, elem_id="train-delete")
            with gr.Column(visible=False, elem_classes="confirm") as sure:
                gr.Markdown(t("train_tab.delete_sure"))
                with gr.Row():
                    delete_yes = gr.Button(
                        t("train_tab.delete_yes"), variant="stop", size="sm", elem_id="train-delete-yes", min_width=80
                    )
                    delete_no = gr.Button(t("train_tab.delete_no"), size="sm", elem_id="train-delete-no", min_width=80)
            compared = gr.Dropdown(
                [], label=t("train_tab.compare"), info=t("train_tab.compare_help"), multiselect=True, visible=False,
                max_choices=MOST_COMPARED, elem_id="train-compare", interactive=True,
            )  # fmt: skip
    tab = TrainTab(
        run, stop, resume, to_chat, live, history, compared, comparison, delete, sure, delete_yes, delete_no
    )  # fmt: skip
    wire(tab, studio)
    return tab


def wire(tab: TrainTab, studio: Studio) -> None:
    shown = [tab.live, tab.stop, tab.resume, tab.to_chat, tab.history, tab.delete, tab.sure, tab.compared]
    refreshed = on(studio, refresh)
    # a change that comes while another is being shown must not be lost
    tab.run.change(refreshed, tab.run, shown, trigger_mode="always_last", **QUIET)
    tab.live.changed(refreshed, tab.run, shown, trigger_mode="always_last", **QUIET)
    tab.history.input(lambda run: run, tab.history, tab.run, **QUIET)
    tab.stop.click(on(studio, stop_run), tab.run, shown, **QUIET)
    tab.resume.click(on(studio, resume_run), tab.run, shown, **QUIET)
    tab.delete.click(lambda: gr.Column(visible=True), None, tab.sure, **QUIET)
    tab.delete_no.click(lambda: gr.Column(visible=False), None, tab.sure, **QUIET)
    tab.delete_yes.click(on(studio, delete_run), tab.run, tab.run, **QUIET)
    tab.compared.input(on(studio, compare), tab.compared, tab.comparison, **QUIET)


def choose(page: Page, run: str | None) -> str:
    """The run to show: `run` if it still exists, else the one that trains now, else the newest, else ""."""
    runs, damaged = page.studio.listed()
    ids = [*(known.id for known in runs), *(known.id for known in damaged)]
    if run in ids:
        return str(run)
    active = [known.id for known in runs if known.status in ("running", "stopping")]
    return next(iter([*active, *ids]), "")


def refresh(page: Page, run: str | None) -> Any:
    """Buttons, history and the shown run as they stand now."""
    runs, damaged = page.studio.listed()
    shown = next((known for known in runs if known.id == run), None)
    broken = next((known for known in damaged if known.id == run), None)
    chosen = shown or broken
    allowed, primary = views.actions(shown), views.primary(shown)
    recent = runs[:MOST_LISTED]
    listed = [(views.run_label(known, page.lang, "\n"), known.id) for known in recent]
    listed += [(views.damaged_label(known, page.lang, "\n"), known.id) for known in damaged]
    tested = [(views.run_label(known, page.lang), known.id) for known in recent if known.progress.evaluations]
    return (
        gr.HTML(run=chosen.id if chosen else "", state=state_of(runs, damaged)),
        gr.Button(visible="stop" in allowed),
        gr.Button(visible="resume" in allowed, variant=_variant(primary == "resume")),
        gr.Button(visible="ask" in allowed, variant=_variant(primary == "ask")),
        gr.Radio(choices=listed, value=chosen.id if chosen else None, visible=bool(listed)),
        gr.Button(visible=bool(broken or (shown and shown.ended))),
        gr.Column(visible=False),
        gr.Dropdown(choices=tested, visible=len(tested) > 1),
    )


def state_of(runs: Sequence[Run], damaged: Sequence[DamagedRun]) -> str:
    """What buttons and history are made of: when it differs from what a page shows, they are made anew."""
    states = [f"{run.id} {run.status} {len(run.progress.evaluations)}" for run in runs]
    return "\n".join([*states, *(f"{run.id} {run.status}" for run in damaged)])


def _variant(primary: bool) -> Any:
    return "primary" if primary else "secondary"


def stop_run(page: Page, run: str) -> Any:
    page.studio.stop(run)
    return refresh(page, run)


def resume_run(page: Page, run: str) -> Any:
    page.studio.resume(run)
    return refresh(page, run)


def delete_run(page: Page, run: str) -> str:
    page.studio.delete(run)
    return choose(page, None)


def compare(page: Page, chosen: list[str]) -> Any:
    runs = [page.studio.run(run) for run in chosen]
    named = [(views.run_label(run, page.lang), run) for run in runs]
    value = plots.drawn(charts.overlay(named, page.lang), page.say("train_tab.chart_accuracy")) if runs else None
    return gr.HTML(value=value, visible=bool(runs))


def live_run(page: Page, asked: dict[str, Any]) -> dict[str, Any]:
    """What the live panel lacks: its text whole, of its charts only the points after `asked["seen"]`.

    `charts` replaces them all (at first, for another run, after a resume that took steps back); `growth` adds to them.
    """
    runs, damaged = page.studio.listed()
    run = next((known for known in runs if known.id == asked["run"]), None)
    under_way = any(not known.ended for known in runs)
    answer: dict[str, Any] = {"state": state_of(runs, damaged), "rest": LIVE if under_way else STILL}
    if broken := next((known for known in damaged if known.id == asked["run"]), None):
        return {**answer, "run": "", "nodes": [panel_nodes(views.damaged_view(broken, page.lang))]}
    if run is None:
        return {**answer, "run": "", "nodes": [empty(page)]}
    ahead = sum(not known.ended and known.created < run.created for known in runs)
    view = views.train_view(run, page.lang, ahead, page.studio.report(run.id) if run.ended else None)
    seen = charts.Seen(**asked["seen"]) if asked["seen"] and asked["drawn"] == run.id else None
    answer |= {"run": run.id, "nodes": [panel_nodes(view)], "seen": asdict(charts.seen_of(run))}
    if seen is None or not charts.still_valid(run, seen):
        drawn = charts.training(run, page.lang)
        return {**answer, "charts": {name: chart.to_plotly_json() for name, chart in drawn.items()}}
    return {**answer, "growth": charts.growth(run, seen)}


def empty(page: Page) -> Node:
    return node(
        "div", node("h3", page.say("train_tab.empty_title")), node("p", page.say("train_tab.empty")), cls="empty"
    )  # fmt: skip


def panel_nodes(view: TrainView) -> Node:
    """One run in words: where it stands, four figures, the light, and what went wrong."""
    facts = [fragments.fact(fact.name, fact.value) for fact in view.facts]
    return node(
        "div",
        node("div", node("h2", view.title), node("p", view.headline, cls="headline"), cls="head"),
        fragments.bar(view.share, view.headline) if facts else None,
        fragments.lamp(view.lamp) if view.lamp else None,
        node("div", *facts, cls="facts") if facts else None,
        fragments.problem(view.problem) if view.problem else None,
        node("ul", *(node("li", note) for note in view.notes), cls="notes") if view.notes else None,
        cls="run busy" if view.busy else "run",
    )
