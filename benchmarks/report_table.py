"""What the report card says of every example and of public files: learned, kept, honest, what is simple; as a table.

Knows the studio by its façade only. `python -m benchmarks.report_table --home FOLDER [FILE …]` keeps the workspace and
asks nothing twice that lies in it; of a file it takes so many rows and so much time that a table of anything ends.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.assembled import Studio
from studio.config import STARTER
from studio.data.intake import identity
from studio.data.intake.samples import SAMPLES
from studio.data.store.queries import Wanted
from studio.errors import StudioError
from studio.evaluation.report import Measured, Metrics, Report
from studio.verdicts import light

MOST_ROWS = 300  # of a file that is no example, drawn by one seed
MINUTES = 1.0  # that its training is planned for
NAME, MAKER = "小茶", "甜滋滋奶茶"
BASELINES = {"majority": "the commonest", "tfidf": "TF-IDF", "nearest": "nearest taught question"}
HEADS = ("data", "rows learned", "verdict", "learned: base → tuned", "baseline", "kept", "honest", "training")


@dataclass(frozen=True)
class Set:
    """`add` makes its dataset; `minutes`: 0 is the plan as it comes."""

    name: str
    add: Callable[[Studio], str]
    minutes: float = 0.0


def examples() -> Iterator[Set]:
    """The three that come with the studio, each by the default plan."""
    for sample in SAMPLES:
        if sample.path is None:
            rows = identity.pairs(NAME, MAKER)
            yield Set(sample.id, lambda studio, rows=rows: studio.data.add_rows("identity", "chat", rows).id)  # type: ignore[misc]
        else:
            yield Set(sample.id, lambda studio, path=sample.path: studio.data.add(path).id)  # type: ignore[misc]


def of_file(file: Path) -> Set:
    """At most MOST_ROWS rows of somebody's file, its placeholders filled in."""

    def add(studio: Studio) -> str:
        dataset = studio.data.add(file).id
        numbers = studio.data.numbers(dataset, Wanted())
        kept = {*random.Random(7).sample(numbers, min(MOST_ROWS, len(numbers)))}
        studio.data.change(dataset, dict.fromkeys([one for one in numbers if one not in kept]))
        studio.data.fill(dataset, NAME, MAKER)
        studio.data.allow(dataset, "unfilled")  # what a public file leaves blank is meant so
        return dataset

    return Set(file.stem, add, MINUTES)


def line(studio: Studio, wanted: Set, notes: Path) -> tuple[str, ...]:
    """The row of one set. What was trained in this workspace before is only looked at."""
    known = json.loads(notes.read_text()) if notes.exists() else {}
    if wanted.name not in known:
        dataset = wanted.add(studio)
        began = time.process_time()
        run = studio.train(studio.plan(dataset, STARTER, minutes=wanted.minutes).config).id
        trained = time.process_time() - began
        studio.evaluate(run)
        known[wanted.name] = [run, trained, time.process_time() - began - trained]
        notes.write_text(json.dumps(known))
    run, trained, asked = known[wanted.name]
    report = studio.report(run)
    assert report is not None
    seen = light(studio.run(run), report)
    honest = report.further.get("unknown") or report.further.get("strangers")
    took = f"{studio.run(run).progress.step} steps, {trained:.0f} CPU s; card {asked:.0f}"
    rows = f"{len(studio.lessons(run).train)}"
    return (
        wanted.name, rows, f"{seen.colour}: {seen.verdict}", _learned(report), _simple(report.baseline),
        _share(report.further.get("kept")), _share(honest), took,
    )  # fmt: skip


def _learned(report: Report) -> str:
    base = f"{report.base.share:.0%}" if report.base.count else "–"
    otherwise = f"{base} → {_share(report.tuned)}"
    taught = report.taught
    return otherwise if taught is None else f"{taught.recalled} of {taught.count} as taught; otherwise {otherwise}"


def _simple(found: Mapping[str, Metrics]) -> str:
    return "; ".join(f"{BASELINES[name]} {one.share:.0%}" for name, one in found.items())


def _share(found: Measured | Metrics | None) -> str:
    """`91% of 40 (79 … 97)`."""
    if found is None or not found.count:
        return "–"
    low, high = found.interval
    return f"{found.correct / found.count:.0%} of {found.count} ({100 * low:.0f} … {100 * high:.0f})"


def main(words: list[str]) -> None:
    home = Path(words[words.index("--home") + 1])
    files = [Path(one) for one in words if one not in ("--home", str(home))]
    print("\n".join(f"| {' | '.join(row)} |" for row in (HEADS, ("---",) * len(HEADS))), flush=True)
    with Studio(home) as studio:
        for wanted in [*examples(), *map(of_file, files)]:
            try:
                cells: tuple[Any, ...] = line(studio, wanted, home / "report_table.json")
            except StudioError as error:  # a file that cannot be used is told as the page would
                cells = (wanted.name, error.say("en"), *[""] * (len(HEADS) - 2))
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
