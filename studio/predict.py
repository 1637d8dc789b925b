"""A table in, the same table out: every row answered, in columns added at the right.

Knows no format and no model: the table comes from `data`, the answers from the façade.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from studio.answered import Answered, Sheet
from studio.commit import fsync
from studio.contract import Prediction, Progress, no_progress
from studio.data import asking
from studio.data.adding.adding import Added, Column, Value, Written, add_columns, ending, kept
from studio.data.asking import Columns, Conversation
from studio.data.intake.later import Understood, asking_names, understood
from studio.data.reading.grid import letter
from studio.data.reading.read import read_sheets
from studio.data.schema import Reading, Table
from studio.errors import StudioError
from studio.evaluation.baselines import together
from studio.tasks import TASKS, Task
from studio.words import Lang, say

if TYPE_CHECKING:
    from pandas import DataFrame

    from studio.studio import Studio

Who = Literal["model", "simple", "together"]
ASKED, BLANK = "asked", "blank"  # states of a row; any other is the sentence that says why it was left out
NO_ROWS = ("data.title_row", "data.blank_row", "data.blank_rows")  # what a table leaves out that asks nothing
TOLD = ("data.formula_without_value", "data.error_cell")  # notes on cells that cannot be read


@dataclass(frozen=True)
class Answerer:
    """Who answers: the run's tuned model, the simple method that learned from the same rows, or both with one vote."""

    studio: Studio
    run: str
    who: Who = "model"

    def answers(self, asked: Sequence[Conversation], progress: Progress) -> list[Prediction]:
        simple = []
        if self.who != "model":
            simple = self.studio.answer_simply(self.run, [said[-1].content for said in asked])
        if self.who == "simple":
            return simple
        tuned = self.studio.answer_all(self.run, asked, progress)
        return tuned if self.who == "model" else list(map(together, tuned, simple))


@dataclass(frozen=True)
class Wish:
    """What a person says about a table to be answered; all else is as it was in training, or found out."""

    texts: tuple[str, ...] = ()  # the columns that ask
    system: str | None = None
    reading: Reading = field(default_factory=Reading)


def predict_file(  # noqa: PLR0913  (what a person may say about it, and who watches)
    answerer: Answerer,
    source: Path,
    out: Path,
    progress: Progress = no_progress,
    lang: Lang = "zh",
    wish: Wish | None = None,
) -> Answered:
    """Writes `out`, of the kind that its ending says, when all is answered, and tells what became of the rows.

    Raises StudioError for a file that cannot be read or has no column to answer, and, before anything is answered, for
    an `out` that is `source` or cannot be written.
    """
    wish, out = wish or Wish(), _place(source, out)
    questions, sheets = _questions(answerer, read_sheets(source, wish.reading), wish, (source, out))
    rows = _rows(questions)
    asked = rows[rows["state"] == ASKED].drop_duplicates("asked")  # who asks twice is answered once, and the same
    answers = dict(zip(asked["asked"], answerer.answers([one.said for one in asked["asked"]], progress), strict=True))
    rows["answer"] = rows["asked"].map(answers)
    labelled = TASKS[answerer.studio.run(answerer.run).config.task].labelled
    names = ["answer", "confidence"] if labelled else ["answer"]
    added = [_added(one, rows, [say(f"predict.{name}", lang) for name in names]) for one in questions]
    written = _write(source, out, [one.table for one in questions], added)
    given = rows["answer"].dropna().map(lambda one: one.answer).value_counts()
    told = [_told(one, rows[rows["sheet"] == one.sheet]) for one in questions]
    return Answered(
        rows=len(rows),
        answered=sum(one.answered for one in told),
        blank=sum(one.blank for one in told),
        answers={str(answer): int(count) for answer, count in given.items()},
        sheets=(*told, *sheets),
        lost=written.lost,
        wanted=asking_names(answerer.studio.roles_of(answerer.run), answerer.studio.run(answerer.run).config.task),
    )


@dataclass(frozen=True)
class Offer:
    """The `columns` of a table from which a person may choose those to be answered, and those that would be `asked` if
    nobody chose. Both are empty where there is nothing to choose: a table with the names of training, or one column."""

    columns: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


def offer(answerer: Answerer, source: Path, out: Path) -> Offer:
    """Raises StudioError for a file that cannot be read, or of which no sheet can be answered."""
    found = read_sheets(source)
    columns = dict.fromkeys(name for _, table in found if isinstance(table, Table) for name in table.columns)
    try:
        questions, _ = _questions(answerer, found, Wish(), (source, out))
    except StudioError as error:
        if error.key != "predict.no_column":
            raise
        return Offer(tuple(columns))
    asked = dict.fromkeys(name for one in questions for name in one.understood.asking(one.task))
    by_name = any(not one.understood.guessed for one in questions)
    if by_name or len(columns) == 1 or not columns.keys() >= asked.keys():  # else it was arranged by what it means
        return Offer()
    return Offer(tuple(columns), tuple(asked))


def _place(source: Path, out: Path) -> Path:
    """The whole path of `out`. Raises StudioError where it is the source by whatever name, or cannot be written."""
    ending(out)
    out = out.expanduser().absolute()
    # os.path, for which a name that is too long is not there, as it is not
    if os.path.exists(source) and os.path.exists(out) and os.path.samefile(source, out):
        raise StudioError("predict.onto_itself", path=str(out))
    if not os.path.isdir(out.parent):
        raise StudioError("export.no_folder", path=str(out.parent))
    if os.path.isdir(out):
        raise StudioError("export.exists", path=str(out))
    return out


@dataclass(frozen=True)
class Asked:
    """A question that can be told from others."""

    said: Conversation

    def __hash__(self) -> int:
        return hash(tuple(self.said))


@dataclass(frozen=True)
class Questions:
    """One sheet that asks: its table, which of its columns do, and the text below which rows without one are asked."""

    sheet: str
    table: Table
    understood: Understood
    task: Task
    system: str | None  # for every row, whatever it says
    taught_system: str

    def __iter__(self) -> Iterator[tuple[str, int, str, Asked | None]]:
        """Sheet, place, state and question of each row."""
        table = self.understood.table
        columns = Columns.of(table.columns, self.understood.roles, self.task)
        for place, row in zip(table.numbers, table.rows, strict=True):
            text, context = columns.text(row), columns.context(row)
            if not text:
                yield self.sheet, place, BLANK, None
            elif context is None:
                yield self.sheet, place, "data.bad_history", None
            else:
                yield self.sheet, place, ASKED, Asked(self._below(asking.conversation(text, context), columns))

    def _below(self, said: Conversation, columns: Columns) -> Conversation:
        if self.system is not None:
            return asking.below(self.system, said)
        return said if columns.system else asking.below(self.taught_system, said)


def _questions(
    answerer: Answerer, found: Sequence[tuple[str, Table | StudioError]], wish: Wish, way: tuple[Path, Path]
) -> tuple[list[Questions], list[Sheet]]:
    """The sheets that ask, and those that do not with the reason.

    Where one has the columns of training by their names, only such are asked; else the first in which columns can be
    guessed, and others that have the same. Raises StudioError where there is none.
    """
    studio, task = answerer.studio, answerer.studio.run(answerer.run).config.task
    taught, system = studio.roles_of(answerer.run), studio.system(answerer.run)
    names, refused = wish.texts or asking_names(taught, task), None
    if not any(isinstance(one, Table) and set(names) & set(one.columns) for _, one in found):
        names = ()
    asked: list[Questions] = []
    skipped: list[Sheet] = []
    for sheet, table in found:
        try:
            if isinstance(table, StudioError):
                raise table
            if asked and not kept(asked[0].table, *way):
                raise StudioError("predict.one_sheet_only")
            if names and not set(names) & set(table.columns):
                raise StudioError("predict.not_asked", columns="、".join(names))
            one = Questions(sheet, table, understood(table, taught, task, wish.texts), task, wish.system, system)
        except StudioError as error:
            refused = refused or error
            skipped.append(Sheet(sheet, skipped={"reason": error.key, **error.details}))
            continue
        names = names or one.understood.asking(task)
        asked.append(one)
    if not asked:
        assert refused is not None
        raise refused
    return asked, skipped


def _rows(questions: Sequence[Questions]) -> DataFrame:
    """Every row of every sheet: `sheet, place, state, asked`."""
    from pandas import DataFrame  # slow to import, and only needed here

    return DataFrame([row for one in questions for row in one], columns=["sheet", "place", "state", "asked"])


def _added(one: Questions, rows: DataFrame, names: Sequence[str]) -> Added:
    """The answers of a sheet as columns; of a record that asked several times all of them, in their order."""
    here = rows[(rows["sheet"] == one.sheet) & (rows["state"] == ASKED)]
    columns: list[dict[int, list[Value]]] = [{} for _ in names]
    for place, answer in zip(here["place"], here["answer"], strict=True):
        sure = None if answer.confidence is None else round(answer.confidence, 4)
        for column, value in zip(columns, (answer.answer, sure), strict=False):
            column.setdefault(int(place), []).append(value)
    return Added(one.sheet, one.table.header, [Column(name, held) for name, held in zip(names, columns, strict=True)])


def _told(one: Questions, rows: DataFrame) -> Sheet:
    """What became of a sheet's rows, with those that the reader left out and the cells that it could not read."""
    states = Counter(rows["state"])
    found = one.understood
    blank = set(rows[rows["state"] == BLANK]["place"])
    held = dict(zip(one.table.columns, one.table.places, strict=False))
    at = {letter(held[name]) for name in found.asking(one.task) if name in held}
    entries = [{"reason": state} for state in rows["state"] if state not in (ASKED, BLANK)]
    entries += [dict(entry) for entry in one.table.dropped if entry["reason"] not in NO_ROWS]
    entries += [dict(entry) for entry in one.table.notes if _unread(entry, blank, at)]
    count = Counter(entry["reason"] for entry in entries)
    firsts = {entry["reason"]: entry for entry in reversed(entries)}
    return Sheet(
        sheet=one.sheet,
        columns=found.asking(one.task),
        guessed=found.guessed,
        missing=found.missing,
        rows=len(rows),
        answered=states[ASKED],
        blank=states[BLANK],
        left_out=tuple({**first, "count": count[reason]} for reason, first in firsts.items()),
    )


def _unread(note: Mapping[str, Any], blank: Container[int], letters: Container[str]) -> bool:
    """Whether a question is blank only because its cell could not be read."""
    return note["reason"] in TOLD and note["row"] in blank and note["column"] in letters


def _write(source: Path, out: Path, tables: Sequence[Table], added: Sequence[Added]) -> Written:
    """Aside, then renamed: `out` is whole or as it was. Raises StudioError where that cannot be."""
    try:
        with TemporaryDirectory(prefix=".", suffix=".part", dir=out.parent) as folder:
            draft = Path(folder) / f"answered{out.suffix}"
            written = add_columns(source, draft, tables, added)
            fsync(draft)
            os.replace(draft, out)
    except OSError as error:
        raise StudioError("predict.not_written", path=str(out), problem=error.strerror or "") from error
    return written
