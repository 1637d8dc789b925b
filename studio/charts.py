"""Runs and reports as Plotly figures, and what a chart already on a page still lacks; the only file that knows Plotly.

Knows no widget. Names that users gave are HTML-escaped, because Plotly reads a little HTML in every text.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go

from studio.events import Evaluated, Step
from studio.intervals import wilson
from studio.runs import Run
from studio.tasks import TASKS
from studio.verdicts import smooth_losses
from studio.words import Lang, say

MOST_POINTS = 1000  # on one line; more cannot be seen and slow the page down
EMBER, TEA, PLUM, GREY = "#b04f26", "#3b7a6a", "#7a4b8c", "#8d8274"
BAND = "rgba(59, 122, 106, 0.16)"
CONFIG: Mapping[str, Any] = {"displayModeBar": False, "plotlyServerURL": "", "responsive": True}
Points = tuple[list[float], list[float | None]]  # x, y; None where there is no number


@dataclass(frozen=True)
class Seen:
    """How much of a run a page has drawn; `at` is the time of the last step it drew, which tells one attempt from
    the next; `total` is how many steps the axis was made for."""

    steps: int = 0
    evaluations: int = 0
    at: float = 0.0
    total: int = 0


@dataclass(frozen=True)
class Line:
    """One line of a chart: its points from a run, how it looks, and how many of its points are kept on the page."""

    points: Callable[[Run, Seen], Points]
    look: Mapping[str, Any]
    name: str = ""  # key of charts' sentences; "" keeps it out of the legend
    of_facts: str = ""  # its name where facts are taught, if another
    of_pairs: str = ""  # … and where answers are compared
    keep: int | None = None


def seen_of(run: Run) -> Seen:
    """What a page has drawn once it has drawn all of a run."""
    progress = run.progress
    last = progress.steps[-1].at if progress.steps else 0.0
    return Seen(len(progress.steps), len(progress.evaluations), last, progress.total_steps)


def still_valid(run: Run, seen: Seen) -> bool:
    """Whether what was drawn is still the beginning of the run: a resumed run takes back steps."""
    progress = run.progress
    if seen.steps > len(progress.steps) or seen.evaluations > len(progress.evaluations):
        return False
    if seen.total != progress.total_steps:
        return False
    if seen.evaluations == 0 and _teaches_facts(run):  # its lines have other names
        return False
    return seen.steps == 0 or progress.steps[seen.steps - 1].at == seen.at


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


def overlay(runs: Sequence[tuple[str, Run]], lang: Lang) -> go.Figure:
    """The validation accuracy of several runs in one chart, by (name, run)."""
    colours = (TEA, EMBER, PLUM, GREY)
    figure = go.Figure()
    for place, (name, run) in enumerate(runs):
        x, y = _accuracy(run, Seen())
        look = {"mode": "lines+markers", "line": {"color": colours[place % 4]}, "hovertemplate": "%{y:.0%}"}
        figure.add_trace(go.Scatter(x=x, y=y, name=_text(name), showlegend=True, **look))
    return _dress(figure, "accuracy", lang)


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
            colorscale=[[0, "#eef3f0"], [1, TEA]],
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


def thin(x: Sequence[float], y: Sequence[float | None], most: int = MOST_POINTS) -> Points:
    """At most `most` points that keep every spike: the lowest and highest of each stretch, the first and the last."""
    if len(x) <= most:
        return list(x), list(y)
    stretch = math.ceil(len(x) / (most // 2 - 1))
    kept = {0, len(x) - 1}
    for start in range(0, len(x), stretch):
        numbers = [place for place in range(start, min(start + stretch, len(x))) if y[place] is not None]
        if numbers:
            kept |= {min(numbers, key=lambda place: y[place]), max(numbers, key=lambda place: y[place])}  # type: ignore[arg-type,return-value]
    places = sorted(kept)
    return [x[place] for place in places], [y[place] for place in places]


def _teaches_facts(run: Run) -> bool:
    return any(test.taught for test in run.progress.evaluations)


def _figure(run: Run, lines: Sequence[Line], lang: Lang, chart: str) -> go.Figure:
    figure = go.Figure()
    for line in lines:
        x, y = thin(*line.points(run, Seen()))
        key = line.of_facts if line.of_facts and _teaches_facts(run) else line.name
        key = line.of_pairs if line.of_pairs and TASKS[run.config.task].compares else key
        name = say(f"charts.{key}", lang) if key else ""
        figure.add_trace(go.Scatter(x=x, y=y, name=name, showlegend=bool(name), **line.look))
    if run.progress.total_steps:  # the whole way from the start, so that nothing jumps while points come in
        figure.update_xaxes(range=[0, run.progress.total_steps * 1.02])
    return _dress(figure, chart, lang)


def _dress(figure: go.Figure, chart: str, lang: Lang) -> go.Figure:
    """The layout that all training charts share; titles stand on the page, not in the chart."""
    figure.update_layout(
        height=280, margin={"l": 52, "r": 16, "t": 8, "b": 44}, hovermode="x unified", uirevision="kept",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal",
                "font": {"size": 12}}, **_PAPER,
        xaxis={"title": {"text": say("charts.step", lang)}, "rangemode": "tozero", "automargin": True},
        yaxis={"title": {"text": say(f"charts.{chart}_axis", lang)}, "rangemode": "tozero", "automargin": True},
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


def _number(value: float) -> float | None:
    """JSON has no NaN, and a gap in a line says it better."""
    return round(value, 6) if math.isfinite(value) else None


def _of_steps(value: Callable[[Step], float]) -> Callable[[Run, Seen], Points]:
    def points(run: Run, seen: Seen) -> Points:
        steps = run.progress.steps[seen.steps :]
        return [step.step for step in steps], [_number(value(step)) for step in steps]

    return points


def _smooth_loss(run: Run, seen: Seen) -> Points:
    steps = run.progress.steps
    losses = smooth_losses(run.progress)
    return [step.step for step in steps[seen.steps :]], [_number(value) for value in losses[seen.steps :]]


def _of_tests(value: Callable[[Evaluated], float]) -> Callable[[Run, Seen], Points]:
    def points(run: Run, seen: Seen) -> Points:
        tests = run.progress.evaluations[seen.evaluations :]
        return [test.step for test in tests], [_number(value(test)) for test in tests]

    return points


def _share(test: Evaluated) -> float:
    return test.correct / test.count if test.count else math.nan


def _loss(test: Evaluated) -> float:
    """Of the rows that were not learned: of facts that no other words ask for there is none to show."""
    return math.nan if test.taught and not test.count else test.loss


def _end(which: Literal[0, 1]) -> Callable[[Evaluated], float]:
    """One end of the interval of a test's share."""
    return lambda test: wilson(test.correct, test.count)[which] if test.count else math.nan


_accuracy = _of_tests(_share)


def _recall(run: Run, seen: Seen) -> Points:
    """How many of the taught facts are known; no point for a test that did not ask."""
    tests = [test for test in run.progress.evaluations[seen.evaluations :] if test.taught]
    return [test.step for test in tests], [_number(test.recalled / test.taught) for test in tests]


def _best(run: Run, seen: Seen) -> Points:
    """The best test, once, whenever there is a new test."""
    best = run.progress.best
    if best is None or seen.evaluations >= len(run.progress.evaluations):
        return [], []
    alone = best.taught and not best.count  # facts that only the taught questions ask for
    return [best.step], [_number(best.recalled / best.taught if alone else _share(best))]


def _text(name: str) -> str:
    return html.escape(name)


def _short(label: str, most: int = 16) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"


def _look(colour: str, hover: str, **more: Any) -> dict[str, Any]:
    return {"mode": "lines", "line": {"color": colour, "width": 2.5}, "hovertemplate": hover, **more}


_MARKED = {"mode": "lines+markers", "marker": {"size": 7}}
_UNSEEN = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
_FAINT = {"mode": "lines", "line": {"color": EMBER, "width": 1}, "opacity": 0.35, "hoverinfo": "skip"}
_STAR = {"mode": "markers", "marker": {"size": 15, "symbol": "star", "color": EMBER}, "hovertemplate": "%{y:.0%}"}
LINES: Mapping[str, tuple[Line, ...]] = {
    "loss": (
        Line(_of_steps(lambda step: step.loss), _FAINT),
        Line(_smooth_loss, _look(EMBER, "%{y:.3f}"), "train_loss"),
        Line(_of_tests(_loss), _look(TEA, "%{y:.3f}", **_MARKED), "validation_loss", "otherwise"),
    ),
    "accuracy": (
        Line(_of_tests(_end(0)), _UNSEEN),
        Line(
            _of_tests(_end(1)),
            {**_UNSEEN, "fill": "tonexty", "fillcolor": BAND},
            "interval",
        ),
        Line(_accuracy, _look(TEA, "%{y:.0%}", **_MARKED), "accuracy", "otherwise", "preferred"),
        Line(_best, _STAR, "best", keep=1),
        Line(_recall, _look(PLUM, "%{y:.0%}", **_MARKED), "recall"),
    ),
    "speed": (
        Line(_of_steps(lambda step: step.tokens_per_second), _look(PLUM, "%{y:,.0f}"), "speed"),
        Line(_of_steps(lambda step: step.learning_rate), _look(GREY, "%{y:.2e}", yaxis="y2"), "rate"),
    ),
}
MARGIN: Mapping[str, tuple[Line, ...]] = {
    "margin": (
        Line(_of_steps(lambda step: step.margin or 0.0), _FAINT, "train_loss"),
        Line(_of_tests(lambda test: test.margin or 0.0), _look(TEA, "%{y:.3f}", **_MARKED), "validation_loss"),
    ),
}
