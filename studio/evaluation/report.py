"""A report card as it lies on the disk, read into frozen values with names, whichever version wrote it.

Knows no folder, no engine and no screen. What an older version did not write has a default; what only a newer one
writes is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, TypeAdapter
from pydantic_core import from_json

from studio.data.schema import Origin, Thumb
from studio.evaluation.goal import Goal
from studio.evaluation.measures import MEASURES
from studio.preferences import Of
from studio.tasks import TASKS, Task

Kind = TypeVar("Kind")
PLAIN = int | float | str
UNSURE = (0.0, 1.0)  # an interval that says nothing


@dataclass(frozen=True)
class Metrics:
    """How many answers were right, of how many, and how sure that is. `clearly_better`: than the tuned model's, row by
    row; None where that was not compared."""

    correct: int
    count: int
    interval: tuple[float, float] = UNSURE
    macro_f1: float = 0.0
    exact: float = 0.0
    clearly_better: bool | None = None

    @property
    def share(self) -> float:
        """The share of rows right, 0 … 1; 0 when there are none."""
        return self.correct / self.count if self.count else 0.0


@dataclass(frozen=True)
class Answered:
    """A row with what was answered; `base` is empty where it was not asked. `liked`: what people made of its answer,
    where that is what was taught."""

    number: int
    text: str
    target: str
    tuned: str
    base: str = ""
    correct: bool = False
    origin: Origin = "own"
    confidence: float | None = None
    liked: Thumb = ""


@dataclass(frozen=True)
class Recall:
    """How many facts are known as they were taught, and one question of each of the others."""

    recalled: int
    count: int
    interval: tuple[float, float] = UNSURE
    missed: tuple[Answered, ...] = ()


def _measured(found: Any) -> Any:
    """Those methods that were measured as the model was; the first version kept bare shares beside them."""
    return {name: one for name, one in found.items() if isinstance(one, Mapping)} if isinstance(found, Mapping) else {}


@dataclass(frozen=True)
class Measured:
    """What a measure found that has no field of its own: a share of rows, or a `figure`, 0 … 100.

    `before`: the base's. `rows` are those to be looked at, `table` is one of any columns, `remedy` what would help;
    `details` are further counts, by the names that its sentence says them by.
    """

    correct: int = 0
    count: int = 0
    interval: tuple[float, float] = UNSURE
    figure: float | None = None
    figure_before: float | None = None
    before: Metrics | None = None
    rows: tuple[Answered, ...] = ()
    table: tuple[Mapping[str, Any], ...] = ()
    remedy: str = ""
    details: Mapping[str, int | float | str] = field(default_factory=dict)

    @property
    def metrics(self) -> Metrics:
        return Metrics(self.correct, self.count, self.interval)


def _found(value: Any, before: Any) -> Any:
    """A measure's value in a report as `Measured` has it; a figure stands alone, the base's elsewhere."""
    if isinstance(value, int | float):
        return {"figure": value, "figure_before": before}
    if isinstance(value, list):
        return {"table": value}
    own = {one.name for one in fields(Measured)}
    base = {f"before_{name}": one for name, one in (value.get("before") or {}).items()}
    details = {name: one for name, one in (value | base).items() if name not in own and isinstance(one, PLAIN)}
    return {**value, "details": details}


@dataclass(frozen=True)
class Report:
    """The tuned model and the base on rows that neither learned, the tuned one on `trained` rows; simple methods."""

    task: Task
    base: Metrics
    tuned: Metrics
    trained: Metrics
    interval: tuple[float, float]
    count: int
    rows: tuple[Answered, ...]
    baseline: Annotated[Mapping[str, Metrics], BeforeValidator(_measured)] = field(default_factory=dict)
    together: Metrics | None = None
    taught: Recall | None = None
    goal: Goal | None = None
    part: str = "test"
    of_thumbs: bool = False
    labels: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    further: Mapping[str, Measured] = field(default_factory=dict)  # measures that have no field of their own

    @property
    def opinions(self) -> Of | Literal[""]:
        """What its rows are where answers are compared: pairs or thumbs; else nothing of the kind."""
        return ("thumbs" if self.of_thumbs else "pairs") if TASKS[self.task].compares else ""


@cache
def _reader(kind: type[Kind]) -> TypeAdapter[Kind]:
    return TypeAdapter(kind)


def of(values: Mapping[str, Any]) -> Report:
    """A report card as it was made, with names. Raises ValueError where that is no report."""
    own = {one.name for one in fields(Report)}
    names = [name for name in MEASURES if name in values and name not in own]
    further = {name: found for name in names if (found := _further(values, name))}
    return _reader(Report).validate_python({**values, "further": further})


def _further(values: Mapping[str, Any], name: str) -> Measured | None:
    """A measure without a field of its own; None where it is of another shape, for the rest can be read without it."""
    before = values.get("before")
    try:
        found = _found(values[name], before.get(name) if isinstance(before, Mapping) else None)
        return _reader(Measured).validate_python(found)
    except (ValueError, AttributeError):
        return None


def read(content: bytes) -> Report | None:
    """The report in a file; None where it is damaged or foreign."""
    try:
        found = from_json(content)
        return of(found) if isinstance(found, Mapping) else None
    except ValueError:
        return None
