"""What a sweep around a plan found, as a table: points behind its best with their error, times the shortest as good.

Knows no studio and no model, only marks, steps and seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from studio.intervals import wilson

PLANNED = "as planned"
NEAR = 2.0  # points that the plan may be behind the best
TIMES = 1.5  # as long as the shortest that comes so near
HEADS = (
    "data", "rows", "method", "seeds", "the plan: passes × batch, rate", "its steps", "its score", "best of the sweep",
    "points behind (± error)", "CPU s", "× the shortest that is near", "",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """So many rows of a kind of data, or so many facts of a sheet, by a method, on the starter or a model that is given
    by its name; `seed` draws the rows and is that of the run."""

    data: str
    rows: int
    method: str = "lora"
    model: str = ""
    seed: int = 7

    def __str__(self) -> str:
        return f"{self.data}-{self.rows}-{self.method}-{self.model}-{self.seed}"

    @classmethod
    def of(cls, name: str) -> Row:
        data, rows, method, model, seed = name.split("-")
        return cls(data, int(rows), method, model, int(seed))


@dataclass(frozen=True)
class Found:
    """What one run came to. `planned`, `steps`, `kept`: how many steps were planned and made, and which was the best;
    `seconds` of the processor that training took; `marks`: 0 … 1 for each held-out question; `recalled` of the `taught`
    questions of facts."""

    planned: int
    steps: int
    kept: int
    seconds: float
    marks: tuple[float, ...]
    recalled: int = 0
    taught: int = 0

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Found:
        return cls(**{**values, "marks": tuple(values["marks"])})

    @property
    def share(self) -> float:
        return sum(self.marks) / len(self.marks)

    def beside(self, other: Found) -> Found:
        """Both as one: the marks one after the other, the rest added up."""
        return Found(
            self.planned + other.planned, self.steps + other.steps, self.kept + other.kept,
            self.seconds + other.seconds, (*self.marks, *other.marks), self.recalled + other.recalled,
            self.taught + other.taught,
        )  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A setting of the sweep in words, and what was found with it."""

    numbers: str
    found: Found


Sweep = Mapping[str, Cell]


def behind(plan: Found, best: Found) -> tuple[float, float]:
    """By how many points of a hundred, on the same questions, and the standard error of that."""
    differences = [theirs - ours for ours, theirs in zip(plan.marks, best.marks, strict=True)]
    count = len(differences)
    mean = sum(differences) / count
    spread = sum((one - mean) ** 2 for one in differences) / max(1, count - 1)
    return 100 * mean, 100 * math.sqrt(spread / count)


def together(rows: Mapping[Row, Sweep]) -> dict[Row, tuple[int, Sweep]]:
    """The rows that differ only by their seed as one, how many they are, and the settings that all of them have."""
    found: dict[Row, tuple[int, Sweep]] = {}
    for row, sweep in rows.items():
        if PLANNED not in sweep:
            continue
        of = replace(row, seed=0)
        seeds, before = found.get(of, (0, sweep))
        if seeds:
            both = {name: cell for name, cell in before.items() if name in sweep}
            sweep = {name: Cell(cell.numbers, cell.found.beside(sweep[name].found)) for name, cell in both.items()}
        found[of] = (seeds + 1, sweep)
    return found


def verdict(points: float, error: float, times: float) -> str:
    """Whether the plan holds: near the best, or no further than chance explains, and not much longer than it takes."""
    late = "" if times <= TIMES else "longer than needed"
    if points <= NEAR:
        return late or "holds"
    return ", ".join(one for one in ("behind" if points > 2 * error else "behind, maybe by chance", late) if one)


def line(row: Row, seeds: int, sweep: Sweep) -> tuple[str, ...]:
    """One row of the table; the seconds and steps are those of one seed."""
    plan = sweep[PLANNED].found
    name, best = max(sweep.items(), key=lambda one: one[1].found.share)
    near = [one.found.seconds for one in sweep.values() if one.found.share >= best.found.share - NEAR / 100]
    points, error = behind(plan, best.found)
    times = plan.seconds / min(near)
    low, high = wilson(round(sum(plan.marks)), len(plan.marks))
    known = f"; {plan.recalled} of {plan.taught} as taught" if plan.taught else ""
    score = f"{plan.share:.1%} of {len(plan.marks)} ({100 * low:.0f} … {100 * high:.0f}){known}"
    where = "itself" if name == PLANNED else f"{best.found.share:.1%} {name}"
    short = f" of {len(sweep)}" if len(sweep) < FULL else ""
    return (
        f"{row.data}{f', {row.model}' if row.model else ''}", f"{row.rows:,}", row.method, str(seeds),
        sweep[PLANNED].numbers, f"{plan.steps // seeds} of {plan.planned // seeds}", score, where + short,
        f"{points:.1f} ± {error:.1f}", f"{plan.seconds / seeds:.0f}", f"{times:.2f}",
        verdict(points, error, times) if len(sweep) > 1 else "nothing beside it",
    )  # fmt: skip


FULL = 5  # settings of a whole sweep


def lines(rows: Mapping[Row, Sweep]) -> Iterator[str]:
    """The table in Markdown."""
    found = [line(row, seeds, sweep) for row, (seeds, sweep) in together(rows).items()]
    shown: Sequence[tuple[str, ...]] = [HEADS, ("---",) * len(HEADS), *found]
    return (f"| {' | '.join(one)} |" for one in shown)
