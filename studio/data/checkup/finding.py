"""A finding of the check-up: what is wrong, how bad it is, and which rows have it.

Knows no check and no screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """One kind of trouble and the numbers of the rows that have it (none when it is about the whole dataset)."""

    kind: str  # its sentences are KIND_title, KIND_why … in checkup.toml
    severity: Severity
    rows: tuple[int, ...] = ()
    twins: tuple[int, ...] = ()  # beside each of `rows`, the row that it repeats or contradicts
    details: Mapping[str, Any] = field(default_factory=dict)  # what its sentences name: labels, phrases, numbers

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "severity": self.severity, "rows": list(self.rows), **self.details}


def in_order(numbers: Mapping[int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Rows and twins, from row → twin."""
    rows = tuple(sorted(numbers))
    return rows, tuple(numbers[row] for row in rows)
