"""Runs and reports as Plotly figures, and what a chart already on a page still lacks; the only file that knows Plotly.

Knows no widget. Names that users gave are HTML-escaped, because Plotly reads a little HTML in every text.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from studio import curves
from studio.curves import Points, Seen, of_steps, of_tests
from studio.runs import Run
from studio.tasks import TASKS
from studio.words import Lang, of_kind, say

EMBER, TEA, PLUM, GREY = "#b04f26", "#3b7a6a", "#7a4b8c", "#8d8274"
NONE, FULL = "#eef3f0", "#39786a"  # of a matrix; the page has its own NONE, and white figures are read on FULL
BAND = "rgba(59, 122, 106, 0.16)"
CONFIG: Mapping[str, Any] = {"displayModeBar": False, "plotlyServerURL": "", "responsive": True}


@dataclass(frozen=True)
class Line:
    """One line of a chart: its points from a run, how it looks, and how many of its points are kept on the page."""

    points: Callable[[Run, Seen], Points]
    look: Mapping[str, Any]
    name: str = ""  # key of charts' sentences; "" keeps it out of the legend
    of_facts: str = ""  # its name where facts are taught, if another
    keep: int | None = None


def training(run: Run, lang: Lang) -> dict[str, go.Figure]:
    """The charts of a run, `loss`, `accuracy` and `speed`, of pairs `margin`, each line thinned to MOST_POINTS."""
    return {chart: _figure(run, lines, lang, chart) for chart, lines in _lines(run).items()}


def _lines(run: Run) -> Mapping[str, tuple[Line, ...]]:
    return {**LINES, **MARGIN} if TASKS[run.config.task].compares else LINES


def growth(run: Run, seen: Seen) -> dict[str, dict[str, Any]]:
    """What `Plotly.extendTraces` needs to bring the charts of `training` up to date, for those that have grown."""
    grown = {}
    for chart, lines in _lines(run).items():
        new = [line.points(run, seen) for line in lines]
        indices = [place for place, (x, _) in enumerate(new) if x]
        if indices:
            grown[chart] = {
                "x": [new[place][0] for place in indices],
                "y": [new[place][1] for place in indices],
                "lines": indices,
                "keep": [lines[place].keep for place in indices],
            }
    return grown


def overlays(runs: Sequence[tuple[str, Run]], lang: Lang) -> dict[str, go.Figure]:
    """`loss` and `accuracy` of several runs, by (name, run): a colour a run, whole lines for rows that are not learned
    and dotted ones for those that are."""
    figures, kinds = {}, {run.config.opinions for _, run in runs}
    for chart, (unseen, learned) in OVERLAID.items():
        figures[chart] = figure = go.Figure()
        for place, (name, run) in enumerate(runs):
            colour, hover = OF_RUNS[place % len(OF_RUNS)], "%{y:.0%}" if chart == "accuracy" else "%{y:.3f}"
            for points, look in (
                (unseen, _MARKED),
                (learned, {"line": {"color": colour, "dash": "dot", "width": 1.5}}),
            ):
                x, y = curves.thin(*points(run, Seen()))
                of_run = {"name": _text(name), "legendgroup": str(place), "showlegend": points is unseen}
                figure.add_trace(go.Scatter(x=x, y=y, **of_run, **{**_look(colour, hover), **look}))
        _dress(figure, chart, lang, kinds.pop() if len(kinds) == 1 else "")
    return figures


def confusion(labels: Sequence[str], counts: Sequence[Sequence[int]], lang: Lang) -> go.Figure:
    """`counts[i][j]`: how many rows of label i were answered with label j. Shaded by share of the row."""
    places = list(range(len(labels)))
    names = {"tickvals": places, "ticktext": [_text(_short(label)) for label in labels]}
    axis = {**names, "automargin": True, "fixedrange": True, "showgrid": False, "zeroline": False, "ticks": ""}
    truth, answer = say("charts.truth", lang), say("charts.answer", lang)
    figure = go.Figure(
        go.Heatmap(
            z=[[count / max(sum(row), 1) for count in row] for row in counts],
            x=places,
            y=places,
            text=[list(row) for row in counts],
            texttemplate="%{text}",
            customdata=[[[_text(true), _text(said)] for said in labels] for true in labels],
            hovertemplate=f"{truth} %{{customdata[0]}}<br>{answer} %{{customdata[1]}}<br>%{{text}} (%{{z:.0%}})"
            "<extra></extra>",
            colorscale=[[0, NONE], [1, FULL]],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=3,
            ygap=3,
        )
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8}, height=130 + 46 * len(labels), **_PAPER)
    figure.update_xaxes(title={"text": answer}, **axis)
    figure.update_yaxes(title={"text": truth}, autorange="reversed", **axis)
    return figure


def _figure(run: Run, lines: Sequence[Line], lang: Lang, chart: str) -> go.Figure:
    figure = go.Figure()
    for line in lines:
        x, y = curves.thin(*line.points(run, Seen()))
        key = line.of_facts if line.of_facts and curves.teaches_facts(run) else line.name
        name = say(of_kind(f"charts.{key}", run.config.opinions), lang) if key else ""
        shown = bool(name) and (bool(x) or not run.ended)  # a line that never came has no place in the legend
        figure.add_trace(go.Scatter(x=x, y=y, name=name, showlegend=shown, **line.look))
    if run.progress.total_steps:  # the whole way from the start, so that nothing jumps while points come in
        figure.update_xaxes(range=[0, run.progress.total_steps * 1.02])
    return _dress(figure, chart, lang, run.config.opinions)


def title(run: Run, chart: str, lang: Lang) -> str:
    """What a chart of `training` is called, which stands above it."""
    return say(of_kind(f"charts.title_{chart}", run.config.opinions), lang)


def _dress(figure: go.Figure, chart: str, lang: Lang, of: str) -> go.Figure:
    """The layout that all training charts share; titles stand on the page, not in the chart. `of`: pairs or thumbs,
    where these are what is counted."""
    figure.update_layout(
        height=280, margin={"l": 52, "r": 16, "t": 8, "b": 44}, hovermode="x unified", uirevision="kept",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal",
                "font": {"size": 12}}, **_PAPER,
        xaxis={"title": {"text": say("charts.step", lang)}, "rangemode": "tozero", "automargin": True},
        yaxis={"title": {"text": say(of_kind(f"charts.{chart}_axis", of), lang)}, "rangemode": "tozero",
               "automargin": True},
    )  # fmt: skip
    if chart == "margin":
        figure.update_yaxes(rangemode="normal")  # below 0 the worse answer is ahead
    if chart == "accuracy":
        figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    if chart == "speed":
        # plotly.js 4 ties the ticks of an overlaid axis to the first one unless told not to
        figure.update_layout(
            yaxis2={"title": {"text": say("charts.rate_axis", lang)}, "overlaying": "y", "side": "right",
                    "tickmode": "auto", "showgrid": False, "rangemode": "tozero", "automargin": True,
                    "tickformat": ".1e"},
        )  # fmt: skip
    return figure


_PAPER: Mapping[str, Any] = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "template": "none"}


def _text(name: str) -> str:
    return html.escape(name)


def _short(label: str, most: int = 16) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"


def _look(colour: str, hover: str, **more: Any) -> dict[str, Any]:
    return {"mode": "lines", "line": {"color": colour, "width": 2.5}, "hovertemplate": hover, **more}


_MARKED = {"mode": "lines+markers", "marker": {"size": 7}}
_UNSEEN = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
_FAINT = {"mode": "lines", "line": {"color": EMBER, "width": 1}, "opacity": 0.35, "hoverinfo": "skip"}
_STAR = {"mode": "markers", "marker": {"size": 15, "symbol": "star", "color": PLUM}, "hovertemplate": "%{y:.0%}"}
LINES: Mapping[str, tuple[Line, ...]] = {
    "loss": (
        Line(of_steps(lambda step: step.loss), _FAINT),
        Line(curves.smooth_loss, _look(EMBER, "%{y:.3f}"), "train_loss"),
        Line(of_tests(curves.unseen_loss), _look(TEA, "%{y:.3f}", **_MARKED), "validation_loss", "otherwise"),
    ),
    "accuracy": (
        Line(of_tests(curves.end(0)), _UNSEEN),
        Line(of_tests(curves.end(1)), {**_UNSEEN, "fill": "tonexty", "fillcolor": BAND}, "interval"),
        Line(of_tests(curves.share), _look(TEA, "%{y:.0%}", **_MARKED), "accuracy", "otherwise"),
        Line(curves.best, _STAR, "best", keep=1),
        Line(curves.of_learned, _look(EMBER, "%{y:.0%}", **_MARKED), "trained", "recall"),
    ),
    "speed": (
        Line(of_steps(lambda step: step.tokens_per_second), _look(PLUM, "%{y:,.0f}"), "speed"),
        Line(of_steps(lambda step: step.learning_rate), _look(GREY, "%{y:.2e}", yaxis="y2"), "rate"),
    ),
}
OF_RUNS = (TEA, EMBER, PLUM, GREY)
OVERLAID = {  # chart → of rows that are not learned, and of those that are
    "loss": (of_tests(curves.unseen_loss), curves.smooth_loss),
    "accuracy": (of_tests(curves.share), curves.of_learned),
}
MARGIN: Mapping[str, tuple[Line, ...]] = {
    "margin": (
        Line(of_steps(lambda step: step.margin or 0.0), _FAINT, "train_loss"),
        Line(of_tests(lambda test: test.margin or 0.0), _look(TEA, "%{y:.3f}", **_MARKED), "validation_loss"),
    ),
}
