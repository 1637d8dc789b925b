"""The Train tab: one run live, with its traffic light and its charts, what can be done with it, and all runs before it.

Knows no training and keeps nothing: whatever it shows is read from the studio anew, so a reload changes nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import charts, curves, views
from studio.roster import Listed
from studio.runs import Run
from studio.ui.kit import fragments, plots
from studio.ui.kit.assets import read, script
from studio.ui.kit.i18n import t
from studio.ui.kit.nodes import Node, node
from studio.ui.kit.page import QUIET, Page, on, served
from studio.ui.train import about, comparison, disk, history
from studio.ui.train.comparison import Comparison
from studio.views import TrainView
from studio.words import of_kind

if TYPE_CHECKING:
    from studio.studio import Studio

MOST_COMPARED = 4
# Words that stand by the charts, and are not the same for every run.
CHART_WORDS = ("chart_accuracy", "chart_accuracy_help", "chart_margin", "chart_margin_help")
# Milliseconds between two looks: where a run is about to begin or to stop, where one learns, so that any two pages show
# the same within two seconds, and where all have ended.
SOON, LIVE, STILL = 1000, 1800, 4000


@dataclass(frozen=True)
class TrainTab:
    run: gr.Textbox  # id of the run that is shown, out of sight
    pause: gr.Button
    stop: gr.Button
    resume: gr.Button
    to_chat: gr.Button
    again: gr.Button
    live: gr.HTML
    about: gr.HTML
    history: gr.HTML
    compared: gr.Dropdown
    comparison: Comparison
    disk: gr.HTML
    delete: gr.Button
    sure: gr.Column
    delete_yes: gr.Button
    delete_no: gr.Button

    @property
    def shown(self) -> list[Any]:
        """What `refresh` returns, in its order."""
        return [
            self.live, self.about, self.pause, self.stop, self.resume, self.to_chat, self.again, self.history,
            self.delete, self.sure, self.compared, self.disk,
        ]  # fmt: skip


def build(studio: Studio) -> TrainTab:
    run = gr.Textbox(visible="hidden", elem_id="train-run", container=False)
    with gr.Row(elem_classes="train-columns"):
        with gr.Column(scale=3, min_width=320):
            with gr.Row(elem_classes="actions"):
                resume = gr.Button(t("train_tab.resume"), visible=False, elem_id="train-resume")
                to_chat = gr.Button(t("train_tab.to_chat"), visible=False, elem_id="train-to-chat")
                pause = gr.Button(t("train_tab.pause"), visible=False, elem_id="train-pause")
                stop = gr.Button(t("train_tab.stop"), variant="stop", visible=False, elem_id="train-stop")
                again = gr.Button(t("train_tab.again"), visible=False, elem_id="train-again")
            live = gr.HTML(
                value=None, html_template=read("train/live.html"), head=plots.SCRIPT,
                js_on_load=script("train/live.js"),
                server_functions=[served(studio, live_run)], run="", state="", elem_id="live",
            )  # fmt: skip
            about_run = about.about(studio)
            compared = comparison.build()
        with gr.Column(scale=1, min_width=280):
            listed = history.history(studio)
            chosen = gr.Dropdown(
                [], label=t("train_tab.compare"), info=t("train_tab.compare_help"), multiselect=True, visible=False,
                max_choices=MOST_COMPARED, elem_id="train-compare", interactive=True,
            )  # fmt: skip
            used = disk.disk(studio)
            delete, sure, delete_yes, delete_no = _deleting()
    tab = TrainTab(
        run, pause, stop, resume, to_chat, again, live, about_run, listed, chosen, compared, used, delete, sure,
        delete_yes, delete_no,
    )  # fmt: skip
    wire(tab, studio)
    return tab


def _deleting() -> tuple[gr.Button, gr.Column, gr.Button, gr.Button]:
    """The button that deletes the shown run, and what it asks before."""
    delete = gr.Button(t("train_tab.delete"), size="sm", visible=False, elem_id="train-delete")
    with gr.Column(visible=False, elem_classes="confirm") as sure:
        gr.Markdown(t("train_tab.delete_sure"))
        with gr.Row():
            yes = gr.Button(
                t("train_tab.delete_yes"), variant="stop", size="sm", elem_id="train-delete-yes", min_width=80
            )
            no = gr.Button(t("train_tab.delete_no"), size="sm", elem_id="train-delete-no", min_width=80)
    return delete, sure, yes, no


def wire(tab: TrainTab, studio: Studio) -> None:
    refreshed = on(studio, refresh)
    # a change that comes while another is being shown must not be lost
    for changed in (tab.run.change, tab.live.changed, tab.about.changed, tab.history.changed):
        changed(refreshed, tab.run, tab.shown, trigger_mode="always_last", **QUIET)
    tab.history.chosen(lambda value: value["chosen"], tab.history, tab.run, **QUIET)
    for button, handler in ((tab.pause, pause_run), (tab.stop, stop_run), (tab.resume, resume_run)):
        button.click(on(studio, handler), tab.run, tab.shown, **QUIET)
    tab.delete.click(lambda: gr.Column(visible=True), None, tab.sure, **QUIET)
    tab.delete_no.click(lambda: gr.Column(visible=False), None, tab.sure, **QUIET)
    tab.delete_yes.click(on(studio, delete_run), tab.run, tab.run, **QUIET)
    tab.compared.input(on(studio, compare), tab.compared, tab.comparison.shown, **QUIET)


def choose(page: Page, run: str | None) -> str:
    """The run to show: `run` if it still exists, else the one that trains now, else the newest, else ""."""
    runs, damaged = page.studio.listed()
    ids = [*(known.id for known in runs), *(known.id for known in damaged)]
    if run in ids:
        return str(run)
    active = [known.id for known in runs if known.status in ("running", "stopping")]
    return next(iter([*active, *ids]), "")


def refresh(page: Page, run: str | None) -> Any:
    """Buttons, lists and the shown run as they stand now."""
    known = page.studio.listed()
    shown = next((one for one in known.runs if one.id == run), None)
    broken = next((one for one in known.damaged if one.id == run), None)
    chosen = shown or broken
    allowed = views.actions(shown) if shown else frozenset()
    primary = views.primary(shown, page.studio.report(shown.id) if shown and shown.ended else None)
    tested = [one for one in known.runs[: history.MOST_LISTED] if one.progress.evaluations]
    listed = bool(known.runs or known.damaged)
    return (
        gr.HTML(run=chosen.id if chosen else "", state=state_of(page, known)),
        gr.HTML(value=about.of(page, shown), visible=bool(shown)),
        gr.Button(visible="pause" in allowed),
        gr.Button(visible="stop" in allowed),
        gr.Button(visible="resume" in allowed, variant=_variant(primary == "resume")),
        gr.Button(visible="ask" in allowed, variant=_variant(primary == "ask")),
        gr.Button(visible=bool(shown)),
        gr.HTML(value=history.value(page, known, chosen.id if chosen else ""), visible=listed),
        gr.Button(visible=bool(broken or (shown and shown.ended))),
        gr.Column(visible=False),
        gr.Dropdown(choices=[(views.run_when(one, page.lang), one.id) for one in tested], visible=len(tested) > 1),
        gr.HTML(visible=listed),
    )


def state_of(page: Page, known: Listed) -> str:
    """What buttons and lists are made of: when it differs from what a page shows, they are made anew."""
    states = [f"{run.id} {run.status} {len(run.progress.evaluations)} {run.name} {run.note}" for run in known.runs]
    states += [f"{run.id} {run.status}" for run in known.damaged]
    waiting = page.studio.waiting
    return "\n".join([*states, *waiting.order(), str(waiting.rules())])


def _variant(primary: bool) -> Any:
    return "primary" if primary else "secondary"


def pause_run(page: Page, run: str) -> Any:
    page.studio.waiting.pause(run)
    return refresh(page, run)


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
    return comparison.compared(page, [page.studio.run(run) for run in chosen])


def live_run(page: Page, asked: dict[str, Any]) -> dict[str, Any]:
    """What the live panel lacks: its text whole, of its charts only the points after `asked["seen"]`.

    `charts` replaces them all (at first, for another run, after a resume that took steps back); `growth` adds to them.
    """
    listed = page.studio.listed()
    run = next((known for known in listed.runs if known.id == asked["run"]), None)
    answer: dict[str, Any] = {"state": state_of(page, listed), "rest": _rest(run, listed)}
    if broken := next((known for known in listed.damaged if known.id == asked["run"]), None):
        return {**answer, "run": "", "nodes": [panel_nodes(views.damaged_view(broken, page.lang))]}
    if run is None:
        return {**answer, "run": "", "nodes": [empty(page)]}
    view = views.train_view(
        run, page.lang, _ahead(page, run, listed), page.studio.report(run.id) if run.ended else None
    )
    seen = curves.Seen(**asked["seen"]) if asked["seen"] and asked["drawn"] == run.id else None
    answer |= {"run": run.id, "nodes": [panel_nodes(view)], "seen": asdict(curves.seen_of(run))}
    if seen is None or not curves.still_valid(run, seen):
        drawn = charts.training(run, page.lang)
        words = {name: page.say(of_kind(f"train_tab.{name}", run.config.opinions)) for name in CHART_WORDS}
        return {**answer, "words": words, "charts": {name: chart.to_plotly_json() for name, chart in drawn.items()}}
    return {**answer, "growth": charts.growth(run, seen)}


def _rest(run: Run | None, listed: Listed) -> int:
    """Milliseconds until there is something new to be seen."""
    if run and not run.ended and (run.status == "stopping" or not run.progress.steps):
        return SOON
    return STILL if all(known.ended for known in listed.runs) else LIVE


def _ahead(page: Page, run: Run, known: Listed) -> int | None:
    """How many are to be done before a run that waits; None while all that wait are held."""
    if page.studio.waiting.rules().held:
        return None
    queued = (one.queued_at for one in known.runs if one.status == "queued" and one.queued_at is not None)
    active = sum(one.status in ("running", "stopping") for one in known.runs)
    return active + sum(at < (run.queued_at or 0.0) for at in queued)


def empty(page: Page) -> Node:
    return node(
        "div", node("h3", page.say("train_tab.empty_title")), node("p", page.say("train_tab.empty")), cls="empty"
    )  # fmt: skip


def panel_nodes(view: TrainView) -> Node:
    """One run in words: where it stands, four figures, the light, and what went wrong."""
    facts = [fragments.fact(fact.name, fact.value) for fact in view.facts]
    return node(
        "div",
        node(
            "div",
            node("h2", view.title),
            node("p", view.recipe, cls="headline") if view.recipe else None,
            node("p", view.headline, cls="headline"),
            cls="head",
        ),  # fmt: skip
        node("p", view.note, cls="note") if view.note else None,
        fragments.bar(view.share, view.headline) if facts else None,
        fragments.lamp(view.lamp) if view.lamp else None,
        node("div", *facts, cls="facts") if facts else None,
        fragments.problem(view.problem) if view.problem else None,
        node("ul", *(node("li", note) for note in view.notes), cls="notes") if view.notes else None,
        cls="run busy" if view.busy else "run",
    )
