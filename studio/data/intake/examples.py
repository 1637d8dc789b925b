"""The rows of a table as a model learns from them, by what each column is for.

Knows no file and no database, and guesses no role.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from studio.data.asking import Columns, joined
from studio.data.intake.compared import no_pair
from studio.data.intake.judged import bad, thumb
from studio.data.intake.labels import respell
from studio.data.intake.looks import look
from studio.data.intake.marks import Mark, listed, read_marks
from studio.data.intake.phrasings import split_phrasings
from studio.data.intake.together import ABOUT
from studio.data.reading.headers import plain
from studio.data.reading.nothing_left import all_left_out
from studio.data.reading.shapes.turns import MEDIA_MARK
from studio.data.schema import Example, Table, Thumb
from studio.data.thoughts import written
from studio.data.unsaid import says_nothing
from studio.errors import StudioError
from studio.tasks import TASKS, Role, Task

# What tells good answers from bad ones: a worse one beside each, else a thumb.
COMPARED: tuple[Role, ...] = ("rejected", "approved")
THUMBS_IN_ORDER: tuple[Thumb, ...] = ("down", "up")
NO_TEXT = "data.no_text"
Entries = list[dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """What a row asks and what is wanted of it. `ways`: the question first, then the other ways to ask it."""

    ways: tuple[str, ...]
    wanted: Mark
    group: str = ""
    rejected: str = ""
    liked: Thumb = ""
    said: str = ""  # a sentence's key, where something was mended


def to_rows(
    table: Table, roles: Mapping[str, Role], task: Task, normalise_labels: bool = False
) -> tuple[list[Example], Entries, Entries]:
    """The table's rows as Examples numbered 1, 2, 3 …, with what was repaired and what was dropped, row by row.

    Cells of several columns with one role are joined by newlines, a text after the question that is about it. A row
    without a target is kept, to be labelled; one without a text is dropped, as is one without two answers to compare,
    or without a thumb where answers stand alone.
    Each further way to ask is a row of its own, in one group with the question. Cells are trimmed; labels are respelled
    only if asked.
    """
    columns, compared = Columns.of(table.columns, roles, task), _compared(table, roles, task)
    approved = [] if "approved" in compared else columns_of(table, roles, "approved")
    told = (*TASKS[task].roles, *compared, "history")
    said = [j for role in told for j in columns_of(table, roles, cast("Role", role))]
    words = [j for j in said if roles[table.columns[j]] not in ("label", "history", "rejected", "approved")]
    worded = [j for j in words if table.columns[j] in table.nested and not look(table, j).structured]
    repaired: Entries = []
    dropped: Entries = []
    asked = list(_asked(table, roles, task))
    spelling: dict[str, str] = {}
    if normalise_labels and TASKS[task].labelled:
        spelling = respell(count_labels([one.wanted.label for one in asked]))
    examples: list[Example] = []
    for place, row, one in zip(table.numbers, table.rows, asked, strict=True):
        wanted = spelling.get(one.wanted.label, one.wanted.label)
        alone = no_pair(wanted, one.rejected, one.liked) if compared else ""
        if alone and "approved" in compared:
            alone = "data.no_thumb"
        if reason := (_unfit(row, said, approved, worded) or _unsaid(one.ways[0]) or alone) if one.ways else NO_TEXT:
            dropped.append({"row": place, "reason": reason})
            continue
        if one.said:
            repaired.append({"row": place, "reason": one.said, "text": one.ways[0][:40]})
        if one.wanted.said:
            repaired.append({"row": place, **one.wanted.said})
        if wanted != one.wanted.label:
            entry = {"reason": "data.respelled", "before": one.wanted.label, "after": wanted}
            repaired.append({"row": place, **entry})
        context = columns.context(row)
        if context is None:
            dropped.append({"row": place, "reason": "data.bad_history"})
            continue
        first = len(examples) + 1
        examples += [
            Example(number, way, wanted, context, one.group, rejected=one.rejected, liked=one.liked)
            for number, way in enumerate(one.ways, first)
        ]
    if not examples:
        empty = all(entry["reason"] == NO_TEXT for entry in dropped)
        listed = "、".join(table.columns)[:300]
        raise StudioError("data.no_text_at_all", columns=listed) if empty else all_left_out(dropped)
    return examples, repaired, dropped


def _compared(table: Table, roles: Mapping[str, Role], task: Task) -> tuple[Role, ...]:
    """The role of what answers are compared with, or judged by, if they are. Raises StudioError
    data.no_worse_answers."""
    if not TASKS[task].compares:
        return ()
    for role in COMPARED:
        if role in roles.values():
            return (role,)
    raise StudioError("data.no_worse_answers", columns="、".join(table.columns)[:300])


def _unfit(row: Sequence[str], said: Sequence[int], approved: Sequence[int], worded: Sequence[int]) -> str:
    """Why no model should learn the row, whatever its task; empty where it may."""
    for j in approved:
        if bad(row[j]):
            return "data.rejected_answer"
    for j in said:
        if "<" in row[j] and MEDIA_MARK.search(row[j]):
            return "data.has_media"
    for j in worded:
        if listed(row[j]) is not None:
            return "data.not_words"
    return ""


def _unsaid(text: str) -> str:
    return "data.by_platform" if says_nothing(text) else ""


def columns_of(table: Table, roles: Mapping[str, Role], role: Role) -> list[int]:
    """The places of the columns with a role, what a question is about after the question."""
    places = [j for j, name in enumerate(table.columns) if roles.get(name) == role]
    return sorted(places, key=lambda j: plain(table.columns[j]) in ABOUT)


def _asked(table: Table, roles: Mapping[str, Role], task: Task) -> Iterator[Asked]:
    columns, target = Columns.of(table.columns, roles, task), columns_of(table, roles, TASKS[task].roles[1])
    group = columns_of(table, roles, "group")
    compared = {role: columns_of(table, roles, role) for role in _compared(table, roles, task)}
    worse, judged = compared.get("rejected", []), compared.get("approved", [])
    answers = [joined(row, target) for row in table.rows]
    thought = columns_of(table, roles, "thought") if TASKS[task].talks else []
    if thought:
        answers = [
            answer and written(joined(row, thought), answer) for row, answer in zip(table.rows, answers, strict=True)
        ]
    marks = [Mark(answer) for answer in answers]
    if TASKS[task].labelled and target:
        single = len(target) == 1
        marks = read_marks([row[target[0]] for row in table.rows] if single else answers)
    rows = [
        Asked((text,) if text else (), mark, joined(row, group), joined(row, worse), _thumb(row, judged))
        for row, mark in zip(table.rows, marks, strict=True)
        for text in [columns.text(row)]
    ]
    further = columns_of(table, roles, "paraphrase") if TASKS[task].talks else []
    return _with_further_ways(rows, _further(table, further)) if further else iter(rows)


def _thumb(row: Sequence[str], judged: Sequence[int]) -> Thumb:
    """What the columns that judge an answer come to: one that finds it bad decides."""
    said = {thumb(row[j]) for j in judged}
    return next((one for one in THUMBS_IN_ORDER if one in said), "")


def _further(table: Table, columns: Sequence[int]) -> list[tuple[str, ...]]:
    """Row by row the phrasings in these columns."""
    split = [split_phrasings([row[j] for row in table.rows]) for j in columns]
    return [tuple(way for cell in cells for way in cell) for cells in zip(*split, strict=True)]


def _with_further_ways(rows: Sequence[Asked], further: Sequence[tuple[str, ...]]) -> Iterator[Asked]:
    """Each row with its further ways to ask. One that has only these goes on with the question above it; a question
    that stands beside each of its ways, as merged cells make it, is asked once."""
    above = Asked((), Mark(""))
    told: set[tuple[str, str]] = set()
    for row, ways in zip(rows, further, strict=True):
        goes_on = bool(ways) and not row.ways and not row.wanted.label and bool(above.ways)
        main = above if goes_on else row
        question = main.ways[:1] or ways[:1]
        all_ways = tuple(dict.fromkeys((*(() if goes_on else question), *ways)))
        if ways and (told & {(way, main.wanted.label) for way in question}):
            all_ways = tuple(way for way in all_ways if way not in question) or all_ways
        told |= {(way, main.wanted.label) for way in question}
        said = "data.further_ways_of" if goes_on else ""
        yield replace(main, ways=all_ways, group=main.group or next(iter(question), ""), said=said)
        above = replace(main, ways=question, said="")


def count_labels(targets: Sequence[str]) -> dict[str, int]:
    """Label → rows, most frequent first; rows without a label are not counted."""
    return dict(Counter(target for target in targets if target).most_common())
