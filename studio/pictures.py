"""A run's curves as a file to keep or to send: csv, png, svg or html, by the ending of its name.

Knows no page and no terminal. Pictures are drawn by Matplotlib from the figures of `charts`, because Plotly's own way
starts a browser, which a server or a rented GPU does not have.
"""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from studio import charts, curves
from studio.errors import StudioError
from studio.runs import Run
from studio.views import run_title
from studio.words import Lang

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from plotly.graph_objects import Figure

WIDTH, HEIGHT, DOTS = 9.0, 3.4, 144  # inches, of one chart; dots an inch
Format = Literal["png", "svg"]
DASHES: Mapping[str, Any] = {"dot": ":", "solid": "-"}
MARKS: Mapping[str, str] = {"circle": "o", "star": "*"}
CHINESE = (  # families that have the characters, where a machine has any of them
    "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "SimHei", "Noto Sans CJK SC", "Noto Sans CJK JP",
    "Source Han Sans SC", "WenQuanYi Micro Hei", "Arial Unicode MS", "Noto Serif CJK SC", "Noto Serif CJK JP",
)  # fmt: skip
STYLE = "body { font: 16px/1.6 sans-serif; max-width: 960px; margin: 32px auto; color: #2b2622 } h2 { font-size: 17px }"


def made(run: Run, ending: str, lang: Lang) -> bytes:
    """The file's content. Raises StudioError curves.unknown_ending, curves.none_yet."""
    if ending not in FILES:
        raise StudioError("curves.unknown_ending", ending=ending[:20], known=", ".join(FILES))
    if not run.progress.steps:
        raise StudioError("curves.none_yet", run=run.id)
    return FILES[ending](run, lang)


def _csv(run: Run, lang: Lang) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(curves.COLUMNS)
    writer.writerows(curves.table(run))
    return text.getvalue().encode()


def _html(run: Run, lang: Lang) -> bytes:
    """A page that needs nothing else, Plotly's script included."""
    parts: list[str] = []
    for chart, figure in charts.training(run, lang).items():
        drawn = figure.to_html(full_html=False, include_plotlyjs=not parts, config=dict(charts.CONFIG))
        parts.append(f"<h2>{html.escape(charts.title(run, chart, lang))}</h2>\n{drawn}")
    name = html.escape(run_title(run, lang))
    head = (
        f'<!doctype html>\n<html lang="{lang}">\n<meta charset="utf-8">\n<title>{name}</title>\n<style>{STYLE}</style>'
    )
    return "\n".join([head, f"<h1>{name}</h1>", *parts, "</html>\n"]).encode()


def picture(run: Run, chart: str, format: Format, lang: Lang) -> bytes:
    """One chart of a run alone, for a page of paper that says above it which."""
    return _drawn({chart: charts.training(run, _written(lang))[chart]}, format)


def _all(format: Format) -> Callable[[Run, Lang], bytes]:
    return lambda run, lang: _together(run, format, _written(lang))


def _together(run: Run, format: Format, lang: Lang) -> bytes:
    figures = charts.training(run, lang)
    return _drawn(figures, format, run_title(run, lang), {chart: charts.title(run, chart, lang) for chart in figures})


def _written(lang: Lang) -> Lang:
    """English where no font has Chinese: a box in place of each character says nothing."""
    return lang if families()[0] in CHINESE else "en"


def _drawn(
    figures: Mapping[str, Figure], format: Format, title: str = "", names: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """Figures below each other, each below its name, if it has any, and all below the `title`."""
    from matplotlib.figure import Figure as Sheet

    family = families()
    sheet = Sheet(figsize=(WIDTH, HEIGHT * len(figures)), dpi=DOTS, layout="constrained", facecolor="white")
    places = sheet.subplots(len(figures), squeeze=False)[:, 0]
    for place, (chart, figure) in zip(places, figures.items(), strict=True):
        _draw(place, figure, family)
        if chart in names:
            place.set_title(names[chart], family=family, fontsize=11, loc="left")
    if title:
        sheet.suptitle(title, family=family, fontsize=13, parse_math=False)
    file = io.BytesIO()
    sheet.savefig(file, format=format, metadata={"Date": None} if format == "svg" else None)
    return file.getvalue()


FILES: Mapping[str, Callable[[Run, Lang], bytes]] = {
    "csv": _csv, "png": _all("png"), "svg": _all("svg"), "html": _html,
}  # fmt: skip


@cache
def families() -> list[str]:
    """Of the fonts of this machine those that have Chinese, then Matplotlib's own."""
    from matplotlib import font_manager

    here = set(font_manager.get_font_names())
    return [*(name for name in CHINESE if name in here), "DejaVu Sans"]


def _draw(axes: Axes, figure: Figure, family: list[str]) -> None:
    """A figure's lines, as Plotly would draw them."""
    layout, second, below = figure.layout, None, None
    for trace in figure.data:
        if trace.yaxis == "y2" and second is None:
            second = axes.twinx()
            second.set_ylabel(layout.yaxis2.title.text, family=family)
        y = [float("nan") if value is None else value for value in trace.y]
        if trace.fill == "tonexty" and below is not None:
            axes.fill_between(trace.x, below, y, color="#3b7a6a", alpha=0.16, linewidth=0, label=_label(trace))
        elif trace.line.width != 0:
            _line(second if trace.yaxis == "y2" and second is not None else axes, trace, y)
        below = y
    axes.set_xlabel(layout.xaxis.title.text, family=family)
    axes.set_ylabel(layout.yaxis.title.text, family=family)
    axes.grid(visible=True, color="#e2d9cb", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(second is not None)
    if layout.xaxis.range:
        axes.set_xlim(*layout.xaxis.range)
    if layout.yaxis.range:
        axes.set_ylim(*layout.yaxis.range)
    if layout.yaxis.tickformat == ".0%":
        axes.yaxis.set_major_formatter("{x:.0%}")
    _legend(axes, second, family)


def _line(axes: Axes, trace: Any, y: list[float]) -> None:
    marked = "markers" in trace.mode
    axes.plot(
        trace.x,
        y,
        color=trace.line.color or trace.marker.color,
        linewidth=(trace.line.width or 2) * 0.75,
        linestyle=DASHES[trace.line.dash or "solid"] if "lines" in trace.mode else "none",
        marker=MARKS[trace.marker.symbol or "circle"] if marked else None,
        markersize=(trace.marker.size or 6) * 0.7,
        alpha=trace.opacity,
        label=_label(trace),
    )


def _label(trace: Any) -> str:
    """Of the legend; Matplotlib leaves out what begins with a line below."""
    return html.unescape(trace.name) if trace.showlegend else "_"


def _legend(axes: Axes, second: Axes | None, family: list[str]) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if second is not None:
        more = second.get_legend_handles_labels()
        handles, labels = [*handles, *more[0]], [*labels, *more[1]]
    if handles:
        look: dict[str, Any] = {"prop": {"family": family, "size": 9}, "frameon": False, "ncols": len(handles)}
        axes.legend(handles, labels, loc="lower right", bbox_to_anchor=(1.0, 1.0), **look)
