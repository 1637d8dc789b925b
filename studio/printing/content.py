"""What the report of a run says, in a language, part by part: from its facts to a sheet.

Knows no file format and no measure by its name.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from studio import charts, pictures
from studio.card_lines import Line, card_lines
from studio.config import RunConfig
from studio.data.schema import Splits
from studio.evaluation.report import Report
from studio.findings import Section, sections
from studio.lamp import percent
from studio.plan import duration
from studio.printing.cases import Mended, mended
from studio.printing.sheet import Case, Chart, Facts, Grid, Part, Piece, Scores, Sheet, Text
from studio.report_card import Wrong, report_view, shown
from studio.runs import Run
from studio.views import model_name, run_title
from studio.words import Lang, of_kind, say

MOST_LABELS = 12
MOST_COMPARED = 3  # rows of before and after
MOST_ROWS = 3  # of a measure's examples


@dataclass(frozen=True)
class Told:
    """All that a report is made of. `rows` are those that the run learned, None where they are gone; `before` is an
    earlier run of the same dataset that has a report card."""

    run: Run
    report: Report
    rows: Splits | None = None
    before: Run | None = None
    report_before: Report | None = None
    rows_before: Splits | None = None
    people: tuple[Line, Sequence[str]] | None = None  # what was said of its answers, in a line and in full


def sheet(told: Told, lang: Lang) -> Sheet:
    """The whole report."""
    run, view = told.run, report_view(told.run, told.report, lang)
    lines = [*card_lines(run, told.report, lang), *([told.people[0]] if told.people else [])]
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created))
    parts = [
        Part(say("printing.verdict", lang), tuple(replace(one.lamp, name=one.name) for one in lines)),
        Part(say("printing.data", lang), _data(told, lang)),
        Part(say("printing.settings", lang), (_settings(run, lang),)),
        Part(say("printing.curves", lang), _curves(run, lang)),
        Part(say("printing.scores", lang), (Scores(view.scores), *(Text(one, soft=True) for one in view.remarks))),
        *(_measured(section, lang) for section in sections(told.report, lang)),
        Part(say("printing.compared", lang), _compared(told.report, lang)),
        Part(say("printing.cases", lang), _cases(told, lang)),
        *(Part(line.title, tuple(map(Text, said))) for line, said in ([told.people] if told.people else [])),
        Part(say("printing.next", lang), tuple(Text(one.lamp.action) for one in lines if one.lamp.action)),
    ]
    return Sheet(
        lang,
        file_name(say("printing.title", lang), run.dataset_name),
        say("printing.title", lang),
        say("printing.subtitle", lang, run=run_title(run, lang), when=when),
        tuple(part for part in parts if part.pieces),
        say("printing.foot", lang, run=run.id, printed=time.strftime("%Y-%m-%d")),
    )


def file_name(*names: str) -> str:
    """Names joined, as a file may be called: letters of any script, digits and dashes."""
    return "-".join(filter(None, (re.sub(r"[^\w-]+", "-", Path(name).stem).strip("-")[:60] for name in names)))


def _data(told: Told, lang: Lang) -> tuple[Piece, ...]:
    config, rows = told.run.config, told.rows
    facts = [
        (say("printing.table", lang), told.run.dataset_name),
        (say("printing.version", lang), say("versions.of_run", lang, version=config.dataset_version)),
    ]
    if rows is None:
        return Facts(tuple(facts)), Text(say("printing.rows_gone", lang), soft=True)
    counts = {"train": len(rows.train), "validation": len(rows.validation), "test": len(rows.test)}
    facts += [(say("printing.rows", lang), say("printing.rows_of", lang, **counts))]
    facts += [(say("printing.teaches", lang), say(of_kind(f"printing.lesson_{rows.lesson}", config.opinions), lang))]
    labels = Counter(example.target for example in rows.train) if rows.labels else Counter()
    if labels:
        named = [f"{label} {count}" for label, count in labels.most_common(MOST_LABELS)]
        facts += [(say("printing.labels", lang), " · ".join(named) + (" …" if len(labels) > MOST_LABELS else ""))]
    return (Facts(tuple(facts)),)


def _settings(run: Run, lang: Lang) -> Facts:
    """The model, how it was taught, how long it took, and every setting that decided it and is not as it would be."""
    config, progress = run.config, run.progress
    knobs = RunConfig.knobs()
    changed = {
        name: value for name, value in config.changed.items() if name in knobs and knobs[name].is_for(config.task)
    }
    rows = [(say("knobs.model", lang), model_name(config.model, lang)), (say("knobs.method", lang), config.method)]
    if progress.steps:
        took = say("printing.took", lang, steps=progress.step, time=duration(progress.steps[-1].seconds, lang))
        rows.append((say("printing.time", lang), took))
    if progress.started:
        rows.append((say("printing.device", lang), f"{progress.started.device} · {progress.started.precision}"))
    basic = ["epochs", "batch_size", "learning_rate", *changed]
    named = [name for name in dict.fromkeys(basic) if name not in ("model", "method")]
    rows += [(f"{say(f'knobs.{name}', lang)} ({name})", _value(getattr(config, name))) for name in named]
    return Facts(tuple(rows), brief=True)


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _curves(run: Run, lang: Lang) -> tuple[Piece, ...]:
    shown = [chart for chart in charts.training(run, lang) if chart != "speed"] if run.progress.steps else []
    return tuple(Chart(charts.title(run, chart, lang), partial(_chart, run, chart, lang)) for chart in shown)


def _chart(run: Run, chart: str, lang: Lang, format: Literal["svg", "png"]) -> bytes:
    return pictures.picture(run, chart, format, lang)


def _measured(section: Section, lang: Lang) -> Part:
    """What further measures found: their scores with a sentence each, their tables, and some of their rows."""
    pieces: list[Piece] = []
    for found in section.findings:
        pieces += [Scores((found.score,))] if found.score else [Text(found.title)] * (len(section.findings) > 1)
        pieces += [Text(found.said)] if found.said else []
        pieces += [Text(found.about, soft=True)] if found.about else []
        pieces += [Grid(found.table.heads, found.table.rows)] if found.table else []
        pieces += [_rows(found.rows[:MOST_ROWS], lang)] if found.rows else []
    if section.figures:
        heads = ("", say("printing.before", lang), say("printing.after", lang), "")
        rows = tuple((one.name, one.before, one.after, one.about) for one in section.figures)
        pieces.append(Grid(heads, rows, tight=len(heads) - 1))
    return Part(section.title, tuple(pieces))


def _rows(rows: Sequence[Wrong], lang: Lang, of: str = "") -> Grid:
    """Rows with their answers, in the columns in which any has something. `of`: pairs or thumbs, if they are such."""
    names = ("row_text", "row_target", "row_base", "row_tuned")
    cells = [(row.text, row.target, row.base, row.tuned) for row in rows]
    kept = [at for at in range(len(names)) if any(row[at] for row in cells)]
    heads = tuple(say(of_kind(f"printing.{names[at]}", of), lang) for at in kept)
    return Grid(heads, tuple(tuple(row[at] for at in kept) for row in cells))


def _compared(report: Report, lang: Lang) -> tuple[Piece, ...]:
    """Rows that became right, else any: what both said."""
    of = report.opinions
    if not report.base.count:
        return (Text(say(of_kind("report_card.not_taught", of), lang), soft=True),)
    gained = [row for row in report.rows if row.correct and row.base != row.tuned]
    rows = (gained or [row for row in report.rows if row.base != row.tuned])[:MOST_COMPARED]
    scores = say(
        of_kind("printing.before_after", of),
        lang,
        before=percent(report.base.share),
        after=percent(report.tuned.share),
        count=report.count,
    )
    grid = replace(_rows(shown(rows, MOST_COMPARED), lang, of), good=1)
    return (Text(scores), grid) if rows else (Text(scores),)


def _cases(told: Told, lang: Lang) -> tuple[Piece, ...]:
    found = [] if told.rows is None else mended(told.report, told.rows, told.report_before, told.rows_before)
    of = told.report.opinions
    if not found:
        return (Text(say(of_kind("printing.nothing_wrong", of), lang)),)
    return tuple(_case(number, one, of, lang) for number, one in enumerate(found, 1))


def _case(number: int, one: Mended, of: str, lang: Lang) -> Case:
    said = "said_before" if one.before else "said"
    told = [("row_text", one.text), ("row_target", one.target)]
    if one.liked:
        told.append(("row_liked", say(f"data_tab.liked_{one.liked}", lang)))
    else:
        told += [(said, one.said or "–"), *([] if one.now is None else [("said_now", one.now or "–")])]
    facts = [(say(of_kind(f"printing.{name}", of), lang), value) for name, value in told]
    done = []
    if one.changed:
        done.append(say("printing.changed", lang))
    if one.added:
        done.append(say("printing.added", lang))
        done += [say("printing.added_row", lang, text=text, target=target) for text, target in one.added]
    if one.before:
        outcome = "right_now" if one.right else "gone_now" if one.now is None else "wrong_still"
        done.append(say(f"printing.{outcome}", lang))
    blanks = 0 if one.added or one.changed else 2
    if blanks:
        done.append(say("printing.to_write", lang))
    return Case(say("printing.case", lang, number=number), tuple(facts), tuple(done), blanks)
