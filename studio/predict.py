"""A table in, the same table out: every row answered, in columns added at the right.

Knows no format and no model: the table comes from `data`, the answers from the façade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from studio.contract import Prediction, Progress, no_progress
from studio.data.export import write_table
from studio.data.intake.roles import guess
from studio.data.reading.read import read_table
from studio.data.schema import Table
from studio.errors import StudioError
from studio.evaluation.baselines import together
from studio.tasks import TASKS, Role, Task
from studio.words import Lang, say

if TYPE_CHECKING:
    from studio.studio import Studio


Who = Literal["model", "simple", "together"]


@dataclass(frozen=True)
class Answerer:
    """Who answers: the run's tuned model, the simple method that learned from the same rows, or both with one vote."""

    studio: Studio
    run: str
    who: Who = "model"

    def answers(self, texts: Sequence[str], progress: Progress) -> list[Prediction]:
        simple = [] if self.who == "model" else self.studio.answer_simply(self.run, texts)
        if self.who == "simple":
            return simple
        tuned = self.studio.answer_all(self.run, texts, progress)
        return tuned if self.who == "model" else list(map(together, tuned, simple))


def predict_file(
    answerer: Answerer, source: Path, out: Path, progress: Progress = no_progress, lang: Lang = "zh"
) -> int:
    """Writes `out` (xlsx, csv or tsv, by its ending) and returns the number of rows.

    Raises StudioError for a file that cannot be read or that has no column to answer.
    """
    config = answerer.studio.run(answerer.run).config
    table = read_table(source)
    column = _question_column(answerer.studio.roles_of(answerer.run), config.task, table)
    answers = answerer.answers([row[column] for row in table.rows], progress)
    names = _fresh(table.columns, [say("predict.answer", lang), say("predict.confidence", lang)])
    added = names if TASKS[config.task].labelled else names[:1]
    rows = [(*row, *_cells(answer)) for row, answer in zip(table.rows, answers, strict=True)]
    write_table(out, (*table.columns, *added), rows)
    return len(rows)


def _question_column(taught_as: Mapping[str, Role], task: Task, table: Table) -> int:
    """The column the model was taught on, by name; else what looks like one; else the only one."""
    taught = [name for name, role in taught_as.items() if role in ("text", "prompt")]
    for name in taught:
        if name in table.columns:
            return table.columns.index(name)
    if len(table.columns) == 1:
        return 0
    roles, _ = guess(table, task)
    found = [name for name, role in roles.items() if role in ("text", "prompt")]
    if not found:
        raise StudioError("predict.no_column", columns=", ".join(table.columns), wanted=", ".join(taught))
    return table.columns.index(found[0])


def _cells(answer: Prediction) -> tuple[str, ...]:
    return (answer.answer,) if answer.confidence is None else (answer.answer, f"{answer.confidence:.4f}")


def _fresh(taken: tuple[str, ...], names: list[str]) -> list[str]:
    """The names, numbered when the table already has such a column."""
    fresh = []
    for name in names:
        number, candidate = 2, name
        while candidate in taken:
            candidate, number = f"{name} {number}", number + 1
        fresh.append(candidate)
    return fresh
