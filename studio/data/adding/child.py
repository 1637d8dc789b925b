"""The process that adds columns to a file, so that a hostile or huge one ends this process and not the studio.

Knows no workspace: it reads one file and a job from its input, writes one file, and prints what was lost.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from studio.data.reading.child import limit, print_answer

MEMORY = 6 * 2**30  # bytes of address space: openpyxl takes some fifty times the size of a file
CPU_SECONDS = 600
LARGEST = 2**31  # bytes of what is written


def main() -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # else each would take its share of the limit
    job: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    room = import_module(f"studio.data.adding.{sys.argv[1]}")
    limit(MEMORY, CPU_SECONDS, LARGEST)
    print_answer(lambda: {"lost": room.add(job)})


def fresh(names: list[str], taken: set[str]) -> list[str]:
    """The names, numbered where the file has such a column already."""
    found: list[str] = []
    for name in names:
        number, candidate = 2, name
        while candidate in taken or candidate in found:
            candidate, number = f"{name} {number}", number + 1
        found.append(candidate)
    return found


def together(values: Sequence[Any]) -> Any:
    """The one cell of a row that asked several times: its texts below each other, of its shares the least."""
    given = [value for value in values if value is not None]
    if len(given) < 2:
        return given[0] if given else None
    return "\n".join(given) if isinstance(given[0], str) else min(given)


if __name__ == "__main__":
    main()
