"""Several runs side by side: their curves in one chart each, and the settings in which they differ.

Knows no run but those that it is handed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from studio import charts, views
from studio.config import RunConfig
from studio.differing import differing
from studio.runs import Run
from studio.ui.kit import plots
from studio.ui.kit.nodes import Node, node, panel
from studio.ui.kit.page import Page

CHARTS = ("loss", "accuracy")


@dataclass(frozen=True)
class Comparison:
    column: gr.Column
    settings: gr.HTML
    figures: tuple[gr.HTML, ...]  # of CHARTS

    @property
    def shown(self) -> list[Any]:
        """What `compared` returns, in its order."""
        return [self.column, self.settings, *self.figures]


def build() -> Comparison:
    with gr.Column(visible=False, elem_classes="sheet", elem_id="comparison") as column:
        with gr.Row(elem_classes="compared-charts"):
            figures = tuple(plots.figure(f"compared-{chart}", min_width=280) for chart in CHARTS)
        settings = panel("compared-settings")
    return Comparison(column, settings, figures)


def compared(page: Page, runs: Sequence[Run]) -> tuple[Any, ...]:
    if not runs:
        return gr.Column(visible=False), None, *(None for _ in CHARTS)
    named = [(views.run_title(run, page.lang), run) for run in runs]
    drawn = charts.overlays(named, page.lang)
    figures = [plots.drawn(drawn[chart], page.say(f"train_tab.chart_{chart}")) for chart in CHARTS]
    return gr.Column(visible=True), [_settings(page, runs)], *figures


def _settings(page: Page, runs: Sequence[Run]) -> Node:
    """A row a setting, a column a run."""
    found = differing([run.config for run in runs])
    lines, title = node("p", page.say("train_tab.lines"), cls="soft"), node("h3", page.say("train_tab.differ"))
    if not found:
        key = "differ_one" if len(runs) == 1 else "differ_none"
        return node("div", lines, title, node("p", page.say(f"train_tab.{key}"), cls="soft"))
    if "dataset" in found:
        found = {**found, "dataset": tuple(run.dataset_name for run in runs)}
    head = node("tr", node("th", ""), *(node("th", views.run_title(run, page.lang)) for run in runs))
    rows = [node("tr", node("th", _name(page, name)), *(node("td", _value(page, name, one)) for one in values))
            for name, values in found.items()]  # fmt: skip
    table = node("table", node("thead", head), node("tbody", *rows))
    return node("div", lines, title, node("div", table, cls="wide"))


def _name(page: Page, name: str) -> Node:
    if name not in RunConfig.knobs():
        return node("span", page.say(f"train_tab.setting_{name}"))
    engineers = node("small", name.replace("_", " ")) if page.lang == "zh" else None
    return node("span", page.say(f"knobs.{name}"), " ", engineers)


def _value(page: Page, name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name == "model":
        return views.model_name(value, page.lang)
    if isinstance(value, bool):
        return page.say(f"train_tab.setting_{'on' if value else 'off'}")
    return f"{value:g}" if isinstance(value, float) else str(value)
