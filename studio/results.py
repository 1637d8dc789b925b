"""What came of a run: its report card and its exports, made once and kept in the run's folder.

Knows no list of runs and no page: the run's job, and a model to ask, are handed in.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from studio import commit
from studio.answering import GREEDY
from studio.contract import Engine, Exported, Job, Progress
from studio.data import asking
from studio.data.intake.examples import to_rows
from studio.data.intake.later import understood
from studio.data.reading.read import read_table
from studio.data.schema import Example
from studio.data.store.split import normalise
from studio.errors import StudioError
from studio.evaluation import report as reports
from studio.evaluation.evaluate import evaluate
from studio.evaluation.remembered import Remembered
from studio.evaluation.report import Report
from studio.evaluation.sitting import Schema, Wish
from studio.formats import FORMATS
from studio.handbook.finding import Finder
from studio.handbook.prompt import inform
from studio.own_questions import OwnQuestions
from studio.sessions import Sessions
from studio.tasks import Role
from studio.workspace import Workspace

ANSWERS = "answers.jsonl"  # in the run's folder: what its model answered to the questions of its report cards
EXPORTED = TypeAdapter(Exported)  # what only a newer version tells is passed over


class Results:
    """Of the runs of one workspace."""

    def __init__(
        self,
        engine: Engine,
        workspace: Workspace,
        sessions: Sessions,
        job_of: Callable[[str], Job],
        roles_of: Callable[[str], Mapping[str, Role]],
    ) -> None:
        self._engine = engine
        self._workspace = workspace
        self._sessions = sessions
        self._job_of = job_of
        self._roles_of = roles_of

    def evaluate(
        self, run: str, file: Path | None, schema: Schema, handbook: Finder | None, progress: Progress
    ) -> dict[str, Any]:
        """The report card on the test split, kept; or on the rows of `file`, only returned, with `seen`: how many of
        them it was trained on, which prove nothing, and the `columns` that asked. Answers are kept beside it, and only
        what is new is asked."""
        job = self._job_of(run)
        seen: dict[str, Any] = {}
        if file is not None:
            examples, columns = _examples_of(file, job, self._roles_of(run))
            asked = [normalise(example.text) for example in examples]
            known = set(asked).intersection(normalise(example.text) for example in job.splits.train)
            seen = {"seen": sum(text in known for text in asked), "columns": columns}
            job = replace(job, splits=replace(job.splits, test=examples))
        with self._sessions.open(run) as session:
            look_up = partial(inform, session, finder=handbook, sampling=GREEDY) if handbook else None
            wish = Wish(OwnQuestions(self._workspace).listed(), schema, look_up)
            remembered = Remembered(session, self._workspace.run_dir(run) / ANSWERS, _whose(job))
            report = {**evaluate(remembered, job, progress, wish), **seen}
        if file is None:
            self._write_json(self._workspace.run_dir(run) / "report.json", report)
        return report

    def report(self, run: str) -> Report | None:
        """The report card that was kept last; None without one, or where it cannot be read."""
        try:
            return reports.read((self._workspace.run_dir(run) / "report.json").read_bytes())
        except OSError:
            return None

    def export(self, run: str, format: str, out: Path | None, progress: Progress) -> Exported:
        """A verified folder: `out`, which must not exist, or one in the run's folder, made once."""
        kept = self._workspace.run_dir(run) / "export" / format
        facts = kept.with_suffix(".json")
        if out is None and (made := _exported(facts)):
            return replace(made, path=str(kept))  # the workspace may have moved since
        job = self._job_of(run)  # first: nothing is made of a run that somebody else has just deleted
        commit.make(kept.parent)
        if out is None:
            shutil.rmtree(kept, ignore_errors=True)  # made, but the power went before it was noted down
        with self._sessions.room(run):
            result = self._engine.export(job, format, out or kept, progress)
        if out is None:
            self._write_json(facts, asdict(result))
        return result

    def exported(self, run: str) -> dict[str, Exported]:
        """What was exported into the run's folder and is still there, by format."""
        found = {}
        for format in FORMATS:
            kept = self._workspace.run_dir(run) / "export" / format
            if kept.is_dir() and (made := _exported(kept.with_suffix(".json"))):
                found[format] = replace(made, path=str(kept))
        return found

    def forget(self, run: str) -> None:
        """What was tested and exported is of the weights before; they are about to change."""
        shutil.rmtree(self._workspace.run_dir(run) / "export", ignore_errors=True)
        for name in ("report.json", ANSWERS):
            (self._workspace.run_dir(run) / name).unlink(missing_ok=True)

    def _write_json(self, path: Path, data: Mapping[str, Any]) -> None:
        self._workspace.write(path, json.dumps(data, ensure_ascii=False, indent=1).encode())


def _examples_of(file: Path, job: Job, taught: Mapping[str, Role]) -> tuple[tuple[Example, ...], list[str]]:
    """The rows of a file that have an answer, asked as in training, and the columns that ask.

    Raises StudioError for a file that cannot be read or has none.
    """
    task = job.config.task
    found = understood(read_table(file), taught, task)
    examples, _, _ = to_rows(found.table, found.roles, task)
    if "system" not in found.roles.values():
        system = asking.system_text(job.splits)
        examples = [replace(one, context=tuple(asking.below(system, one.context))) for one in examples]
    answered = tuple(example for example in examples if example.target)
    if not answered:
        raise StudioError("run.no_answers", file=file.name)
    return answered, list(found.asking(task))


def _whose(job: Job) -> str:
    """What tells a run's model and its classes from any other: its base, and the sum of what it learned."""
    learned = job.run_dir / "adapter" / commit.MANIFEST
    adapter = commit.sha256(learned) if learned.exists() else ""
    return "\n".join((job.config.model, adapter, str(job.splits.asked_in), *job.splits.labels))


def _exported(path: Path) -> Exported | None:
    """What was noted down of an export; None where there is nothing, or the file is damaged or foreign."""
    try:
        return EXPORTED.validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None
