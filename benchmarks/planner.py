"""The plan as it comes beside a small sweep around it, on data that nobody tuned to: how good, and how long it takes.

Knows the studio by its façade, and how answers are marked. `python -m benchmarks.planner KEPT NAME=FILE … [--minutes N]
[ROW …]` takes the rows of ROWS whose files and models are given, goes on where it was stopped, and prints a table; each
run is a line in KEPT/cells.jsonl, told by its settings, so that a plan that was changed asks only for what is new.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import lessons
from benchmarks.lessons import Files, Lesson
from benchmarks.plan_table import Cell, Found, Row, lines
from studio.assembled import Studio
from studio.config import STARTER, RunConfig
from studio.contract import Job, no_progress
from studio.evaluation.evaluate import Asker, Parts
from studio.plan import Plan

# What matters most comes first. A row is named DATA-ROWS-METHOD-MODEL-SEED.
ROWS = (
    *(Row("labels", rows) for rows in (100, 30, 300, 10)), *(Row("trades", rows) for rows in (100, 300)),
    *(Row("english", rows, model="minilm") for rows in (100, 30, 300, 10)),
    *(Row("labels", 100, method) for method in ("full", "freeze")), Row("bakery", 10), Row("labels", 1000),
    Row("english", 1000, model="minilm"), Row("hotel", 30),
    *(Row("labels", 300, method) for method in ("full", "freeze")),
    Row("english", 100, "full", "minilm"), Row("pairs", 60), Row("identity", 60), Row("essays", 100),
    Row("labels", 3000), Row("made", 10_000, "full", "tiny"), Row("made", 50_000, "full", "tiny"),
)  # fmt: skip
ROUNDS = (3, 4, 5)  # how many settings of every row are taken before more of any
LIMITS = {name: RunConfig.limits(name) for name in ("epochs", "learning_rate")}
# What of the plan is multiplied by how much; the costly one comes last.
SWEEP: Mapping[str, Mapping[str, float]] = {
    "as planned": {},
    "half the passes": {"epochs": 0.5},
    "twice the rate": {"learning_rate": 2.0},
    "half the rate": {"learning_rate": 0.5},
    "twice the passes": {"epochs": 2.0},
}


def settings(plan: Plan) -> Iterator[tuple[str, dict[str, Any]]]:
    """The sweep around a plan; without what the limits of the settings leave as it was."""
    for name, times in SWEEP.items():
        changes = {setting: _times(plan.config, setting, factor) for setting, factor in times.items()}
        if not changes or any(getattr(plan.config, setting) != value for setting, value in changes.items()):
            yield name, changes


def _times(config: RunConfig, setting: str, factor: float) -> float:
    """A setting so many times as large, as its limits allow."""
    low, high = LIMITS[setting] or (0, 0)
    found = min(high, max(low, getattr(config, setting) * factor))
    return round(found) if setting == "epochs" else float(f"{found:.3g}")


def measured(studio: Studio, config: RunConfig, lesson: Lesson) -> Found:
    """One run: what it took, and what of the held-out questions is right afterwards."""
    began = time.process_time()
    run = studio.train(config)
    seconds, made = time.process_time() - began, run.progress
    assert made.started is not None and made.best is not None, run.status
    marks, count = marked(studio, run.id, config, lesson), len(lesson.asked)
    studio.delete(run.id)
    return Found(
        made.started.total_steps, made.step, made.best.step, round(seconds, 1),
        tuple(round(float(mark), 3) for mark in marks[:count]), sum(map(bool, marks[count:])), len(lesson.known),
    )  # fmt: skip


def marked(studio: Studio, run: str, config: RunConfig, lesson: Lesson) -> list[float]:
    """How good the tuned model's answers are to what is held out, then to what was taught."""
    place, tokens = studio.workspace.run_dir(run), studio.workspace.tokens_dir(config.dataset)
    job = Job(config, place, studio.lessons(run), studio.engine.fetch(config.model, studio.workspace.models), tokens)
    session, examples = studio.engine.open(job), [*lesson.asked, *lesson.known]
    said = Asker(session, job, Parts(no_progress, (len(examples),))).answers(examples, tuned=True)
    return [lesson.mark(one.answer, example.target) for one, example in zip(said, examples, strict=True)]


class Kept:
    """What was found, a line each, and the sweeps that the plans of now ask for."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file, self._sweeps = folder / "cells.jsonl", folder / "sweeps.json"
        text = self._file.read_text(encoding="utf-8") if self._file.exists() else ""
        self.found = {one["of"]: Found.of(one["found"]) for one in map(json.loads, text.splitlines())}
        self.sweeps: dict[str, dict[str, list[Any]]] = (
            json.loads(self._sweeps.read_text(encoding="utf-8")) if self._sweeps.exists() else {}
        )

    def add(self, of: str, found: Found) -> None:
        self.found[of] = found
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"of": of, "at": time.strftime("%F %T"), "found": asdict(found)}) + "\n")

    def plan(self, row: Row, sweep: Mapping[str, tuple[str, str]]) -> None:
        """`sweep`: by the names of SWEEP where a run is kept, and its numbers in words."""
        self.sweeps[str(row)] = {name: list(one) for name, one in sweep.items()}
        self._sweeps.write_text(json.dumps(self.sweeps, indent=1), encoding="utf-8")

    def cells(self, row: Row) -> dict[str, Cell]:
        sweep = self.sweeps.get(str(row), {})
        return {name: Cell(said, self.found[of]) for name, (of, said) in sweep.items() if of in self.found}


def take(row: Row, files: Files, kept: Kept, ends: float, most: int = len(SWEEP)) -> None:
    """The runs of one row that are not kept yet, of the first `most` settings, until no more may begin."""
    lesson = lessons.of(row, files)
    with TemporaryDirectory() as home, Studio(Path(home)) as studio:
        studio.engine.warm()
        dataset = studio.data.add_rows(row.data, lesson.task, lesson.taught).id
        if lesson.teaches:
            studio.data.teach(dataset, lesson.teaches)
        model = str(files[row.model]) if row.model else STARTER
        first = {"method": row.method, "seed": row.seed}
        plan = studio.plan(dataset, model, changes=first)
        configs = {name: plan.config.with_changes(changes) for name, changes in settings(plan)}
        kept.plan(row, {name: (_key(row, config), _numbers(config)) for name, config in configs.items()})
        for name, config in list(configs.items())[:most]:
            if (of := _key(row, config)) in kept.found or time.monotonic() > ends:
                continue
            found = measured(studio, config, lesson)
            kept.add(of, found)
            told = f"{found.share:.3f} of {len(found.marks)}, {found.steps} steps, {found.seconds:.0f} CPU s"
            print(f"{row}, {name} ({_numbers(config)}): {told}", file=sys.stderr, flush=True)


def _key(row: Row, config: RunConfig) -> str:
    """A run by its row and by all that decides what is learned."""
    deciding = {name: value for name, value in config.deciding.items() if name not in ("dataset", "model")}
    return f"{row} {json.dumps(deciding, sort_keys=True)}"


def _numbers(config: RunConfig) -> str:
    return f"{config.epochs} × {config.batch_size}, {config.learning_rate:g}"


def main(words: Sequence[str]) -> None:
    minutes = float(words[words.index("--minutes") + 1]) if "--minutes" in words else 1e6
    kept = Kept(Path(words[0]))
    files: Files = {name: Path(file) for name, _, file in (one.partition("=") for one in words[1:]) if file}
    ends = time.monotonic() + 60 * minutes
    named = [one for one in words[1:] if "-" in one and "=" not in one and not one.startswith("--")]
    wanted = [Row.of(one) for one in named] if named else [row for row in ROWS if lessons.there(row, files)]
    for most in ROUNDS:
        for row in wanted:
            if time.monotonic() < ends and (most == ROUNDS[0] or len(kept.cells(row)) < most):
                take(row, files, kept, ends, most)
    rows = [Row.of(name) for name in kept.sweeps]
    print("\n".join(lines({row: kept.cells(row) for row in rows})), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
