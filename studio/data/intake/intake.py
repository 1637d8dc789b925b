"""From a Table and a person's wishes to Examples and the import report.

Knows no file and no database.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from studio.data.asking import joined
from studio.data.intake.answers_elsewhere import answers_elsewhere
from studio.data.intake.arranged import Arranged
from studio.data.intake.choices import choices
from studio.data.intake.examples import columns_of, count_labels, to_rows
from studio.data.intake.identity import placeholders
from studio.data.intake.judged import is_thumbs, may_judge, thumb
from studio.data.intake.looks import look
from studio.data.intake.one_hot import one_hot
from studio.data.intake.preferred import preferred
from studio.data.intake.roles import guess
from studio.data.intake.side_by_side import side_by_side
from studio.data.reading.headers import role_of
from studio.data.schema import Example, ImportReport, Reading, Table
from studio.data.thoughts import parted
from studio.errors import StudioError
from studio.tasks import TASKS, Role, Task

BETWEEN = " + "  # the names of several files
ARRANGEMENTS = (choices, side_by_side, answers_elsewhere, one_hot, preferred)
# What is said of thumbs that are all alike.
THUMBS = {frozenset({"up"}): "data.only_thumbs_up", frozenset({"down"}): "data.only_thumbs_down"}
ANSWERING = ("reply", "label")
TELLING = 4  # characters on average of a column that says something


@dataclass(frozen=True)
class Wish:
    """What a person said about a file before or after it was read; everything else is guessed."""

    task: Task | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    sheet: str | None = None  # "": all that are one table
    normalise_labels: bool = False
    encoding: str | None = None
    fill_merged: bool = True

    @property
    def reading(self) -> Reading:
        return Reading(self.sheet or None, self.encoding, self.fill_merged)


def table_of(rows: Sequence[tuple[str, ...]], task: Task) -> Table:
    """(text, target) rows, or (text, target, rejected) where the task compares, as a Table whose columns are called by
    their roles."""
    columns = (*TASKS[task].roles, *(("rejected",) if TASKS[task].compares else ()))
    return Table(columns, tuple(rows), tuple(range(1, len(rows) + 1)), format="rows")


def understand(table: Table, wish: Wish, file: str) -> tuple[list[Example], ImportReport]:
    """The table's Examples, and what was understood, repaired and dropped. Raises StudioError data.*."""
    return understand_all([(file, table)], wish)


def understand_all(tables: Sequence[tuple[str, Table]], wish: Wish) -> tuple[list[Example], ImportReport]:
    """Several tables, of files or of a workbook's sheets, one below the other, as one.

    Raises StudioError data.*, data.columns_differ among them.
    """
    names = [name for name, _ in tables]
    if of_one := _of_one_workbook(tables):
        names, tables = names[:1], [(table.sheet, table) for _, table in tables]  # a row is found by its sheet
    arranged = arrange(_stack(tables), wish.roles)
    table = arranged.table
    roles, task = guess(table, wish.task, {**_for_task(arranged.roles, wish.task), **wish.roles})
    file = BETWEEN.join(name.replace(BETWEEN, " ") if len(names) > 1 else name for name in names)
    try:
        examples, repaired, dropped = to_rows(table, roles, task, wish.normalise_labels)
    except StudioError as error:  # that of a file whose rows are all left out names it
        raise StudioError(error.key, **{"file": file, **error.details}) from error
    labels = count_labels([example.target for example in examples]) if TASKS[task].labelled else {}
    places = _places(tables)
    told = {**arranged.roles, **wish.roles}
    report = ImportReport(
        file=file,
        format=table.format,
        encoding="、".join(dict.fromkeys(one.encoding for _, one in tables if one.encoding)),
        sheet=table.sheet if len(tables) == 1 else "",
        sheets=table.sheets if of_one or len(tables) == 1 else (),
        columns=table.columns,
        roles=roles,
        task=task,
        rows=len(examples),
        unlabelled=sum(not example.target for example in examples),
        labels=labels,
        placeholders=placeholders(one.text + one.target + one.rejected for one in examples),
        repaired=(*_entries(tables, "repaired"), *({**entry, **places[entry["row"] - 1]} for entry in repaired)),
        dropped=(
            *_entries(tables, "dropped"),
            *({**entry, **places[entry["row"] - 1]} for entry in (*table.dropped, *dropped)),
        ),
        notes=(
            *_entries(tables, "notes"),
            *table.notes,
            *_of_columns(table, roles, task, told),
            *_thoughts(examples),
        ),
        chosen_encoding=wish.encoding or "",
    )
    return examples, report


def _for_task(roles: Mapping[str, Role], task: Task | None) -> dict[str, Role]:
    """What an arrangement tells, as far as the task that a person named knows it: a bank's questions may be sorted."""
    if task is None:
        return dict(roles)
    source, target = TASKS[task].roles
    asked: dict[Role, Role] = {"prompt": source, "text": source}
    return {name: asked.get(role, role) for name, role in roles.items() if role == target or role not in ANSWERING}


def _of_one_workbook(tables: Sequence[tuple[str, Table]]) -> bool:
    """Whether the tables are different sheets of the same file."""
    sheets = {table.sheet for _, table in tables}
    return len(tables) > 1 and len(sheets) == len(tables) and len({(name, table.sheets) for name, table in tables}) == 1


def _thoughts(examples: Sequence[Example]) -> Iterator[dict[str, Any]]:
    """A note where answers come with what was thought before them: not every model learns that, too."""
    if times := sum("</think" in example.target and bool(parted(example.target)[0]) for example in examples):
        yield {"reason": "data.thoughts", "n": times}


def arrange(table: Table, given: Mapping[str, Role]) -> Arranged:
    """The table as its arrangement is meant; as it stands where a person names a column that is then no more."""
    found, roles = table, dict[str, Role]()
    for arrangement in ARRANGEMENTS:
        if arranged := arrangement(found):
            found = arranged.table
            roles |= arranged.roles
    if not given.keys() <= set(found.columns):
        return Arranged(table)
    return Arranged(found, {name: "ignore" if role in given.values() else role for name, role in roles.items()})


def _of_columns(
    table: Table, roles: Mapping[str, Role], task: Task, told: Mapping[str, Role]
) -> Iterator[dict[str, Any]]:
    """What the columns came to that nobody told of: read together, as further ways to ask, or not at all."""
    if TASKS[task].roles[0] not in told.values():
        asking = [table.columns[j] for j in columns_of(table, roles, TASKS[task].roles[0])]
        if len(asking) > 1:
            yield {"reason": "data.read_together", "columns": " + ".join(asking)[:300]}
    if further := columns_of(table, roles, "paraphrase"):
        yield {"reason": "data.further_ways", "columns": "、".join(table.columns[j] for j in further)[:300]}
    yield from _guessed_label(table, roles, task, told)
    yield from _worse_left_out(table, roles, task)
    yield from _thumbs(table, roles, task)
    for_nothing = [j for j, name in enumerate(table.columns) if roles[name] == "ignore" and name not in told]
    if left := [table.columns[j] for j in for_nothing if _telling(table, j, task)]:
        yield {"reason": "data.unused_columns", "columns": "、".join(left)[:300]}


def _guessed_label(
    table: Table, roles: Mapping[str, Role], task: Task, told: Mapping[str, Role]
) -> Iterator[dict[str, Any]]:
    """A note where the label was taken from several columns that could be it, because no name said which."""

    label = next((name for name, role in roles.items() if role == "label" and name not in told), None)
    if label is None or not TASKS[task].labelled or _called(label) == "label":
        return
    left = [name for name, role in roles.items() if role == "ignore" and name not in told and _called(name) != "ignore"]
    if others := [name for name in left if look(table, table.columns.index(name)).labels]:
        yield {"reason": "data.label_guessed", "column": label, "columns": "、".join(others)[:300]}


def _worse_left_out(table: Table, roles: Mapping[str, Role], task: Task) -> Iterator[dict[str, Any]]:
    """A note of how many worse answers are not learned from, because the task learns from the better ones alone."""
    if TASKS[task].compares:
        return
    answers, worse = (columns_of(table, roles, role) for role in (TASKS[task].roles[1], "rejected"))
    if times := sum(bool(joined(row, answers) and joined(row, worse)) for row in table.rows):
        yield {"reason": "data.rejected_left_out", "n": times}


def _thumbs(table: Table, roles: Mapping[str, Role], task: Task) -> Iterator[dict[str, Any]]:
    """A note of how many answers people liked and did not like, where answers stand alone: of what is missing where
    they are all alike, and, where the task learns from the liked ones alone, of the way to learn from both."""
    compared = TASKS[task].compares
    judged = [j for j in columns_of(table, roles, "approved") if compared or is_thumbs(table.columns[j])]
    if not judged or "rejected" in roles.values():
        return
    said = Counter(thumb(row[judged[0]]) for row in table.rows)
    kinds = frozenset(kind for kind in ("up", "down") if said[kind])
    reason = THUMBS.get(kinds, "data.thumbs") if compared else "data.thumbs_left_out"
    yield {"reason": reason, "up": said["up"], "down": said["down"]}


def _called(column: str) -> str:
    return (role_of(column) or ("",))[0]


def _telling(table: Table, j: int, task: Task) -> bool:
    """Whether a column holds words or another judgement, and is not set aside by its name, as a date is."""
    found, seen = role_of(table.columns[j]), look(table, j)
    if any(entry["reason"] == "data.no_header" for entry in table.repaired):
        return seen.filled > 0  # no name says what it is
    called = found[0] if found else ""
    judged = called == "label" or (called == "text" and seen.labels)
    if (TASKS[task].labelled and judged) or (TASKS[task].talks and may_judge(table.columns[j])):
        return seen.filled > 0
    if seen.structured:
        return any(row[j].strip() not in ("", "[]", "{}") for row in table.rows)
    return called != "ignore" and seen.prose and seen.distinct > 1 and seen.length >= TELLING


def _stack(tables: Sequence[tuple[str, Table]]) -> Table:
    """One table, its rows numbered 1, 2, 3 … Raises StudioError data.columns_differ."""
    name, first = tables[0]
    rows = list(first.rows)
    for other, table in tables[1:]:
        if odd := set(table.columns) ^ set(first.columns):
            column = next(one for one in (*table.columns, *first.columns) if one in odd)
            listed = "、".join(first.columns)[:300]
            raise StudioError("data.columns_differ", other=other, column=column[:80], first=name, columns=listed)
        order = [table.columns.index(column) for column in first.columns]
        rows += [tuple([row[j] for j in order]) for row in table.rows]
    return replace(first, rows=tuple(rows), numbers=tuple(range(1, len(rows) + 1)), notes=(), dropped=())


def _places(tables: Sequence[tuple[str, Table]]) -> list[dict[str, Any]]:
    """Where each row of the stack stands: its number in its file, and which file where there are several."""
    several = len(tables) > 1
    return [{"row": n, **({"file": name} if several else {})} for name, table in tables for n in table.numbers]


def _entries(tables: Sequence[tuple[str, Table]], kind: str) -> Iterator[dict[str, Any]]:
    for name, table in tables:
        for entry in getattr(table, kind):
            yield {**entry, **({"file": name} if len(tables) > 1 and "sheets" not in entry else {})}


def report_to_json(report: ImportReport) -> str:
    return json.dumps(asdict(report), ensure_ascii=False)


def report_from_json(text: str) -> ImportReport:
    """What only a newer version tells of it is passed over."""
    values: dict[str, Any] = json.loads(text)
    for note in values.get("notes", ()):
        if note["reason"].endswith(".chosen_only"):  # as it was said before such rows were counted: it was all of them
            note |= {"reason": "data.rejected_left_out", "n": values["rows"]}
    known = {one.name: values[one.name] for one in fields(ImportReport) if one.name in values}
    frozen: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
    return ImportReport(**frozen)
