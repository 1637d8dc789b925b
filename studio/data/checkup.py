"""A look at the rows before time is spent on them: what would teach the wrong thing, or give somebody away.

Knows no database and changes nothing: findings name rows, whoever reads them decides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from studio.data.schema import Row
from studio.data.split import normalise

if TYPE_CHECKING:
    from studio.config import Task

Severity = Literal["info", "warning", "error"]
ENOUGH_ROWS = 100  # fewer teach little
FEWEST_OF_A_CLASS = 10
LARGEST_SHARE = 0.8  # of one class; beyond it always guessing that class looks good
SHORTEST, LONGEST = 2, 2000  # characters of a text that is likely to mean something, and to be read whole

PERSONAL = {
    "mobile": re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"),
    "identity": re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[A-Za-z]{2,}"),
    "wechat": re.compile(r"(?:微信|[Vv]信|wechat|WeChat|vx|VX)[号:：\s]{0,3}([A-Za-z][-\w]{5,19})"),
}


@dataclass(frozen=True)
class Finding:
    """One kind of trouble and the numbers of the rows that have it (none when it is about the whole dataset)."""

    kind: str
    severity: Severity
    rows: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "rows": list(self.rows)}


def checkup(rows: Sequence[Row], task: Task) -> list[Finding]:
    """Everything that is worth a look, the gravest first."""
    answered = [row for row in rows if row.target]
    checks: list[Callable[[], Iterator[Finding]]] = [
        lambda: _repeated(answered),
        lambda: _unanswered(rows, answered),
        lambda: _lengths(rows),
        lambda: _personal(rows),
        *([lambda: _balance(answered)] if task == "classify" else []),
    ]
    gravity = {"error": 0, "warning": 1, "info": 2}
    return sorted((finding for check in checks for finding in check()), key=lambda finding: gravity[finding.severity])


def _repeated(rows: Sequence[Row]) -> Iterator[Finding]:
    """The same text twice: harmless with the same target, a contradiction with another one."""
    alike: dict[tuple[str, tuple[object, ...]], list[Row]] = defaultdict(list)
    for row in rows:
        alike[normalise(row.text), row.context].append(row)
    groups = [group for group in alike.values() if len(group) > 1]
    torn = [row.number for group in groups if len({row.target for row in group}) > 1 for row in group]
    same = [row.number for group in groups if len({row.target for row in group}) == 1 for row in group[1:]]
    if torn:
        yield Finding("contradiction", "error", tuple(sorted(torn)))
    if same:
        yield Finding("duplicate", "warning", tuple(sorted(same)))


def _unanswered(rows: Sequence[Row], answered: Sequence[Row]) -> Iterator[Finding]:
    if len(answered) < len(rows):
        yield Finding("unlabelled", "info", tuple(row.number for row in rows if not row.target))
    if len(answered) < ENOUGH_ROWS:
        yield Finding("few_rows", "warning" if answered else "error")


def _lengths(rows: Sequence[Row]) -> Iterator[Finding]:
    short = tuple(row.number for row in rows if len(normalise(row.text)) < SHORTEST)
    long = tuple(row.number for row in rows if len(row.text) > LONGEST)
    if short:
        yield Finding("too_short", "info", short)
    if long:
        yield Finding("too_long", "warning", long)


def _personal(rows: Sequence[Row]) -> Iterator[Finding]:
    found = tuple(
        row.number for row in rows if any(seen.search(f"{row.text}\n{row.target}") for seen in PERSONAL.values())
    )
    if found:
        yield Finding("personal_data", "warning", found)


def _balance(rows: Sequence[Row]) -> Iterator[Finding]:
    """One class only, one that crowds out the rest, or classes with too few rows to learn from."""
    sizes = Counter(row.target for row in rows)
    if len(sizes) == 1:
        yield Finding("one_class", "error")
    elif sizes and max(sizes.values()) > LARGEST_SHARE * len(rows):
        yield Finding("imbalance", "warning")
    rare = {label for label, size in sizes.items() if size < FEWEST_OF_A_CLASS}
    if rare and len(sizes) > 1:
        yield Finding("rare_class", "warning", tuple(row.number for row in rows if row.target in rare))
