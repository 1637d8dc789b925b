"""What the report card says of thirty things of a shop, and again once it was taught to say that it does not know.

Knows the studio by its command line.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import openpyxl
import psutil

from benchmarks.table import Figure
from benchmarks.terminal import xiaozao
from studio.assets import EXAMPLES

THINGS, WAYS, ROWS = 30, 2, 300
SHORT = ("--set", "wordings=4", "--set", "epochs=6")


def figures() -> Iterator[Figure]:
    lines = list(openpyxl.load_workbook(EXAMPLES / "milk_tea_questions.xlsx").worksheets[0].values)[1:]
    things = [list(rows) for _, rows in groupby(lines, key=lambda line: line[1])]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        taught = _written(Path(folder) / "things.csv", [line for thing in things[:THINGS] for line in thing[:WAYS]])
        dataset = xiaozao(home, "import", str(taught))["dataset"]
        run = xiaozao(home, "train", dataset, *SHORT)["run"]
        before = xiaozao(home, "evaluate", run, "--add-unknown")
        after = xiaozao(home, "evaluate", xiaozao(home, "train", dataset, "--from", run, *SHORT)["run"])
        for when, card in (("before", before), ("with the rows against making things up", after)):
            yield from _told(when, card)
        asked = _written(Path(folder) / "asked.csv", lines[:ROWS])
        for when in ("", ", once more"):
            yield Figure(f"a card of {ROWS} rows{when}", f"{_spent(home, 'evaluate', run, asked):.0f} CPU s", "≤ 60 s")


def _written(file: Path, lines: list[Any]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([("问题", "答案"), *lines])
    return file


def _told(when: str, card: dict[str, Any]) -> Iterator[Figure]:
    taught, kept, unknown = card["taught"], card["kept"], card["unknown"]
    yield Figure(f"known as taught, {when}", f"{taught['recalled']} of {taught['count']}", "≥ 98 %")
    for name, said in (("asked in other words", "tuned"), ("the same in five ways", "consistency")):
        yield Figure(f"{name}, {when}", f"{card[said]['correct']} of {card[said]['count']}", "")
    yield Figure(f"everyday questions kept, {when}", f"{kept['correct']} of {kept['count']}", "≥ 95 %")
    made_up = f"{unknown['invented']} of {unknown['count']} (the starter {unknown['before']['invented']})"
    yield Figure(f"made up, {when}", made_up, "")
    yield Figure(f"says that it does not know, {when}", f"{unknown['admitted']} of {unknown['count']}", "")


def _spent(home: Path, command: str, run: str, file: Path) -> float:
    """Seconds of the processor that a command took, those of starting it included."""
    before = psutil.Process().cpu_times()
    xiaozao(home, command, run, "--file", str(file))
    after = psutil.Process().cpu_times()
    return sum(getattr(after, part) - getattr(before, part) for part in ("children_user", "children_system"))
