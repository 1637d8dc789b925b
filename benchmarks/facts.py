"""Facts of shops that nobody tuned to: how many are known as they were taught, and how many however they are asked.

Knows the studio by its façade only. The sheets in `benchmarks/sheets/` hold facts with the ways in which an owner asks
for them (`taught`) and ways in which customers would (`unseen`), which nothing is ever taught.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.table import Figure
from studio.assembled import Studio
from studio.config import STARTER
from studio.data.schema import Message
from studio.intervals import wilson
from studio.starter.questions import Question
from studio.starter.taught import general_questions

SHEETS = Path(__file__).with_name("sheets")
# Sheet, facts, phrasings taught. The last ones are of trades that nothing was tuned to.
TRIED = (
    ("bakery", 5, 1), ("bakery", 10, 1), ("bakery", 10, 2), ("bakery", 10, 4), ("gym", 30, 1), ("gym", 30, 2),
    ("florist_en", 12, 2), ("building_materials", 100, 1), ("building_materials", 300, 1),
    ("pet_clinic", 10, 2), ("phone_repair", 10, 2), ("hotel", 30, 1), ("hotel", 30, 2), ("laundry_en", 12, 2),
    ("driving_school_en", 30, 1), ("pharmacy", 300, 1),
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """Rows that are taught, and questions that are not, each with its answer."""

    taught: tuple[tuple[str, str], ...]
    unseen: tuple[tuple[str, str], ...]


def sheet(name: str, facts: int, phrasings: int) -> Sheet:
    """The first `facts` facts of a sheet, each taught in up to `phrasings` ways."""
    found = json.loads((SHEETS / f"{name}.json").read_text(encoding="utf-8"))["facts"][:facts]
    return Sheet(
        tuple((text, fact["answer"]) for fact in found for text in fact["taught"][:phrasings]),
        tuple((text, fact["answer"]) for fact in found for text in fact["unseen"]),
    )


def figures() -> Iterator[Figure]:
    """Every sheet by the default plan, on the starter, or on the model that XIAOZAO_BENCH_MODEL names."""
    model = os.environ.get("XIAOZAO_BENCH_MODEL", STARTER)
    for name, facts, phrasings in TRIED:
        yield from taught(name, sheet(name, facts, phrasings), f"{facts} facts in {phrasings}, {name}", model)


def taught(name: str, rows: Sheet, title: str, model: str = STARTER, **changes: Any) -> Iterator[Figure]:
    """What the default plan makes of a sheet."""
    with tempfile.TemporaryDirectory() as folder, Studio(Path(folder) / "home") as studio:
        dataset = studio.data.add(_write(Path(folder) / f"{name}.csv", rows.taught)).id
        began = time.process_time()
        run = studio.train(studio.plan(dataset, model, changes=changes).config)
        seconds = time.process_time() - began
        recall = studio.evaluate(run.id)["taught"]
        other = studio.evaluate(run.id, file=_write(Path(folder) / "unseen.csv", rows.unseen))["tuned"]
        yield Figure(f"{title}: known as taught", _share(recall["recalled"], recall["count"]), "≥ 98 %")
        yield Figure(f"{title}: asked otherwise", _share(other["correct"], other["count"]), "≥ 75 %")
        if model == STARTER:
            yield Figure(f"{title}: general answers kept", _kept(studio, run.id, general_questions()), "≥ 95 %")
        yield Figure(f"{title}: training", f"{run.progress.step} steps, {seconds:.0f} CPU s")


def _kept(studio: Studio, run: str, questions: Sequence[Question]) -> str:
    """Of what the untouched model has right, what the tuned one still has."""
    talks = [[Message("user", question.ask)] for question in questions]
    before, after = (studio.replies(run, talks, tuned=tuned) for tuned in (False, True))
    right = [question for question, said in zip(questions, before, strict=True) if question.is_answered(said)]
    still = dict(zip(questions, after, strict=True))
    return _share(sum(question.is_answered(still[question]) for question in right), len(right))


def _share(correct: int, count: int) -> str:
    low, high = wilson(correct, count)
    return f"{correct / max(count, 1):.0%} of {count} ({low:.0%} … {high:.0%})"


def _write(file: Path, rows: Sequence[tuple[str, str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([("问题", "答案"), *rows])
    return file
