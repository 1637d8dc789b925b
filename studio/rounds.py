"""The weekly round: wrong answers put right, the next version learned from where the last one was, and both compared.

Knows no page: whatever it does it asks of a studio.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from studio.data.correcting import Added, Corrected, Correction
from studio.data.intake.examples import to_rows
from studio.data.intake.later import understood
from studio.data.near import normalise
from studio.data.reading.read import read_table
from studio.data.teaching import templates
from studio.errors import StudioError
from studio.evaluation.comparing import Difference, differences
from studio.evaluation.comparing import compare as compare_reports
from studio.evaluation.report import Answered, Report
from studio.plan import Plan
from studio.runs import Run
from studio.studio import Studio

MOST_WAYS = 5  # in which a question is offered to be asked
LIVE = "live.json"  # in a run's folder, with when it came to be the one that is used


@dataclass(frozen=True)
class Mistake:
    """A question that was answered wrongly. `part`: where its row is in the data now, "" for a question that only the
    exam asks, None where the row is gone or says something else."""

    row: Answered
    part: str | None
    target: str  # the right answer as the data have it now


def mistakes(studio: Studio, run: str) -> list[Mistake]:
    """The wrong rows of a run's report card, as they stand in its dataset now; none without either, and none of a
    cross-check, from which nothing goes on."""
    report, config = studio.report(run), studio.run(run).config
    dataset = config.dataset
    if report is None or config.folds or dataset not in studio.data.names():
        return []
    missed = report.taught.missed if report.taught else ()
    wrong = [*missed, *(row for row in report.rows if not row.correct)]
    return [_as_it_stands(studio, dataset, row) for row in wrong]


def _as_it_stands(studio: Studio, dataset: str, row: Answered) -> Mistake:
    try:
        now = studio.data.row(dataset, row.number)
    except StudioError:
        return Mistake(row, None, row.target)
    if row.origin != "own":
        return Mistake(row, "", now.target)
    return Mistake(row, (now.part or "train") if now.text == row.text else None, now.target)


def correct(studio: Studio, run: str, corrections: Sequence[Correction]) -> Corrected:
    """Lays corrections over the run's dataset. Raises StudioError rounds.data_gone."""
    return studio.data.correcting.correct(dataset_of(studio, run), corrections)


def line_up_like(studio: Studio, run: str, texts: Sequence[str], count: int) -> int:
    """Makes the rows without a label that are most like these the first to be labelled; how many there are.

    Raises StudioError rounds.data_gone, rounds.nothing_alike.
    """
    dataset = dataset_of(studio, run)
    found = studio.data.correcting.like(dataset, texts, count)
    if not found:
        raise StudioError("rounds.nothing_alike")
    return studio.data.labelling.put_first(dataset, found)


def phrasings(studio: Studio, run: str, text: str) -> list[str]:
    """Other ways to ask a question, by rules, that its data do not have yet. Raises StudioError rounds.data_gone."""
    known = studio.data.known_texts(dataset_of(studio, run))
    return list(islice((way for way in templates.ways(text) if normalise(way) not in known), MOST_WAYS))


def add_file(studio: Studio, dataset: str, file: Path) -> Added:
    """This week's rows: those of a file, read by the columns of the dataset's own, added to it but for those that it
    has. Later turns of conversations are left out, which need a file of their own.

    Raises StudioError of data.toml for a file that cannot be read, run.no_rows for one without a row.
    """
    card = studio.data.get(dataset)
    found = understood(read_table(file), card.report.roles, card.task)
    examples, _, _ = to_rows(found.table, found.roles, card.task)
    if not examples:
        raise StudioError("run.no_rows")
    alone = [one for one in examples if not one.context]
    added = studio.data.correcting.add(dataset, alone)
    return replace(added, left_out=len(examples) - len(alone))


def next_plan(studio: Studio, run: str) -> Plan:
    """The plan of a run that goes on from this one with its dataset as it stands now. Raises StudioError."""
    return studio.plan(dataset_of(studio, run), changes={"continues": run})


def dataset_of(studio: Studio, run: str) -> str:
    """Raises StudioError rounds.data_gone where it was deleted."""
    dataset = studio.run(run).config.dataset
    if dataset not in studio.data.names():
        raise StudioError("rounds.data_gone")
    return dataset


# --- what became of it ---


def before(studio: Studio, run: Run) -> Run | None:
    """The run that a run is best compared with: the one that it goes on from, else the last one of its dataset before
    it that has a report card."""
    others = [one for one in studio.runs_of(run.config.dataset) if one.id != run.id]
    parent = next((one for one in others if one.id == run.config.continues), None)
    earlier = (one for one in others if one.created < run.created and not one.config.folds and studio.report(one.id))
    return parent if parent and studio.report(parent.id) else next(earlier, None)


def chain(studio: Studio, run: str) -> list[dict[str, Any]]:
    """The runs that a run goes on from, oldest first, and itself: {"run", "version", "created", "there"}."""
    known, there = studio.run(run), {one.id for one in studio.runs()}
    own = {"run": run, "version": known.config.dataset_version, "created": known.created}
    return [{**one, "there": one["run"] in there} for one in (*studio.came_from(run), own)]


def compare(studio: Studio, runs: Sequence[str]) -> dict[str, Any]:
    """Report cards side by side, and what differed between the jobs; between the first run and each other one, what got
    better and what got worse on the questions that both were asked.

    Raises StudioError rounds.two_runs, rounds.not_tested.
    """
    if len(set(runs)) < 2:
        raise StudioError("rounds.two_runs")
    known = [studio.run(run) for run in dict.fromkeys(runs)]
    reports = {run.id: _tested(studio, run.id) for run in known}
    first, *others = known
    return {
        "runs": [_facts(studio, run, reports[run.id]) for run in known],
        "differences": differences({run.id: run.config.model_dump() for run in known}),
        "changes": [
            {"from": first.id, "to": run.id, **_as_json(compare_reports(reports[first.id], reports[run.id]))}
            for run in others
        ],
    }


def _tested(studio: Studio, run: str) -> Report:
    report = studio.report(run)
    if report is None:
        raise StudioError("rounds.not_tested", run=run)
    return report


def _facts(studio: Studio, run: Run, report: Report) -> dict[str, Any]:
    return {
        "run": run.id,
        "dataset": run.config.dataset,
        "dataset_version": run.config.dataset_version,
        "continues": run.config.continues,
        "chain": chain(studio, run.id),
        "live": live(studio, run.config.dataset) == run.id,
        "tuned": asdict(report.tuned),
        "base": asdict(report.base),
        "interval": list(report.interval),
        "taught": {"recalled": report.taught.recalled, "count": report.taught.count} if report.taught else None,
        "goal": asdict(report.goal) if report.goal else None,
    }


def _as_json(found: Difference) -> dict[str, Any]:
    def rows(changed: Any) -> list[dict[str, Any]]:
        names = ("number", "text", "target", "tuned")
        return [{**{name: getattr(one.row, name) for name in names}, "before": one.before} for one in changed]

    counts = {name: getattr(found, name) for name in ("both", "before", "after", "corrected", "new", "gone", "clear")}
    return {**counts, "worse": rows(found.worse), "better": rows(found.better)}


# --- which one is used ---


def live(studio: Studio, dataset: str) -> str | None:
    """The run of a dataset that is used: the one that was last made so, else the newest that has learned."""
    learned = [run for run in studio.runs_of(dataset) if run.has_adapter and run.ended and not run.config.folds]
    marked = {run.id: at for run in learned if (at := _since(studio, run.id))}
    return max(marked, key=marked.__getitem__) if marked else next((run.id for run in learned), None)


def go_live(studio: Studio, run: str) -> None:
    """Makes a run the one that is used of its dataset. Raises StudioError run.nothing_learned."""
    if not studio.run(run).has_adapter:
        raise StudioError("run.nothing_learned", run=run)
    path = studio.workspace.run_dir(run) / LIVE
    studio.workspace.write(path, json.dumps({"since": time.time()}).encode())


def _since(studio: Studio, run: str) -> float:
    """When it was made so, in seconds since 1970; 0 for never."""
    try:
        found: Mapping[str, Any] = json.loads((studio.workspace.run_dir(run) / LIVE).read_bytes())
        return float(found["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0
