"""A table whose arrangement has been understood: with a row for each thing to learn, and a column for each part of it.

Knows no arrangement: each is a file of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.data.schema import Table
from studio.tasks import Role


@dataclass(frozen=True)
class Arranged:
    """`roles`: of the columns whose role the arrangement tells."""

    table: Table
    roles: Mapping[str, Role] = field(default_factory=dict)
