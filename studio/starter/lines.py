"""The lines of the starter's score table.

It knows nothing of what is measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    value: str
    wanted: str = ""


def share(what: str, right: Sequence[bool], wanted: str = "") -> Line:
    """How many of how many were right."""
    return Line(what, f"{100 * sum(right) / len(right):.1f} % of {len(right)}", wanted)


def show(line: Line) -> None:
    """The line, on stdout, as soon as it is known."""
    print(f"{line.what:<52} {line.value:>34}  {line.wanted}".rstrip(), flush=True)
