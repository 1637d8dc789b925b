"""What a report card's measures found, in a language: by the part of the card that they belong to.

Knows no widget and no measure by its name: its words are `report_card.score_NAME`, `said_NAME` and `about_NAME`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any, get_args

from studio.evaluation.measures import MEASURES, Part
from studio.evaluation.report import Measured, Report
from studio.lamp import percent
from studio.report_card import Score, Wrong, score_of, shown
from studio.words import Lang, catalogue, say

MOST_ROWS = 10


@dataclass(frozen=True)
class Figure:
    """A number for engineers: before and after, out of 100."""

    name: str
    before: str
    after: str
    about: str


@dataclass(frozen=True)
class Table:
    """Heads, and rows of cells as they are shown."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Finding:
    """`score` is None where nothing could be counted; `remedy` names what would help, "" where nothing has to."""

    name: str
    title: str
    said: str
    about: str
    score: Score | None = None
    rows: tuple[Wrong, ...] = ()
    rows_total: int = 0
    table: Table | None = None
    remedy: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the card; `figures` are those of its measures that are a bare number."""

    part: Part
    title: str
    findings: tuple[Finding, ...]
    figures: tuple[Figure, ...] = ()


def sections(report: Report, lang: Lang) -> tuple[Section, ...]:
    """The parts of the card of which there is something to say, in their order."""
    parts: dict[Part, list[str]] = {part: [] for part in get_args(Part)}
    for name, measure in MEASURES.items():
        if name in report.further:
            parts[measure.part].append(name)
    found = (_section(part, names, report.further, lang) for part, names in parts.items())
    return tuple(one for one in found if one.findings or one.figures)


def lines(report: Report, lang: Lang) -> list[str]:
    """The same for the terminal, a line each."""
    found = []
    for section in sections(report, lang):
        for one in section.findings:
            sure = f" {one.score.percent} ({one.score.sure})" if one.score else ""
            found.append(f"{one.title}{sure}  {one.said}".rstrip())
        found += [f"{one.name} {one.before} → {one.after}".replace("  → ", " ") for one in section.figures]
    return found


def _section(part: Part, names: Sequence[str], further: Mapping[str, Measured], lang: Lang) -> Section:
    told = [(name, further[name]) for name in names]
    return Section(
        part,
        say(f"report_card.part_{part}", lang),
        tuple(_finding(name, one, lang) for name, one in told if one.table or _has_words(name) and one.figure is None),
        tuple(_figure(name, one, lang) for name, one in told if one.figure is not None),
    )


def _has_words(name: str) -> bool:
    return f"report_card.said_{name}" in catalogue("zh")


def _finding(name: str, found: Measured, lang: Lang) -> Finding:
    shares = {name: percent(one) for name, one in found.details.items() if isinstance(one, float)}
    details = {"correct": found.correct, "count": found.count, **found.details, **shares}
    none = f"report_card.none_{name}"
    said = f"report_card.said_{name}" if found.count or found.table or none not in catalogue(lang) else none
    return Finding(
        name=name,
        title=say(f"report_card.score_{name}", lang),
        said=_said(said, lang, details) + _choice(found, lang),
        about=_about(name, lang),
        score=score_of(name, found.metrics, lang) if found.count else None,
        rows=shown(found.rows, MOST_ROWS),
        rows_total=len(found.rows),
        table=_table(found.table, lang) if found.table else None,
        remedy=found.remedy,
    )


def _said(key: str, lang: Lang, details: Mapping[str, Any]) -> str:
    """ "" where there is no such sentence, or the report, of another version, lacks a count that it says."""
    sentence = catalogue(lang).get(key, "")
    named = {name for _, name, _, _ in Formatter().parse(sentence) if name}
    return say(key, lang, **details) if sentence and named <= details.keys() else ""


def _choice(found: Measured, lang: Lang) -> str:
    """What follows from it, where it found one of several things: `report_card.choice_…`."""
    chosen = found.details.get("choice")
    return f" {say(f'report_card.choice_{chosen}', lang)}" if chosen else ""


def _about(name: str, lang: Lang) -> str:
    key = f"report_card.about_{name}"
    return say(key, lang) if key in catalogue(lang) else ""


def _figure(name: str, found: Measured, lang: Lang) -> Figure:
    before, after = ("" if one is None else f"{one:.1f}" for one in (found.figure_before, found.figure))
    return Figure(say(f"report_card.score_{name}", lang), before, after, _about(name, lang))


def _table(rows: Sequence[Mapping[str, Any]], lang: Lang) -> Table:
    """A column is called `report_card.column_NAME`; shares are shown as such, an interval from … to."""
    heads = tuple(say(f"report_card.column_{name}", lang) for name in rows[0])
    return Table(heads, tuple(tuple(_cell(value) for value in row.values()) for row in rows))


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return percent(value)
    if isinstance(value, list | tuple):
        return "–".join(map(percent, value))
    return "" if value is None else str(value)
