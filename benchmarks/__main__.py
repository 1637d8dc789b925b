"""`make bench`: runs every measurement and prints one table last. `python -m benchmarks NAME …` runs some of them.

Knows no goal but those it prints beside the figures; a figure out of its goal fails nothing here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from benchmarks import (
    cards,
    examining,
    facts,
    flows,
    frozen,
    importing,
    labelling,
    many_runs,
    page,
    rows,
    steps,
    tokens,
    turning,
    viewers,
)
from benchmarks.table import Figure, show

ALL: dict[str, Callable[[], Iterator[Figure]]] = {
    "import": importing.figures,
    "check": examining.figures,
    "table": turning.figures,
    "label": labelling.figures,
    "page": page.figures,
    "viewers": viewers.figures,
    "runs": many_runs.figures,
    "tokens": tokens.figures,
    "rows": rows.figures,
    "reviews": flows.reviews,
    "questions": flows.questions,
    "facts": facts.figures,
    "cards": cards.figures,
    "frozen": frozen.figures,
    "steps": steps.figures,
}


def main() -> None:
    wanted = sys.argv[1:] or list(ALL)
    figures = []
    for name in wanted:
        for figure in ALL[name]():
            print(f"{figure.what}: {figure.value}", file=sys.stderr, flush=True)
            figures.append(figure)
    show(figures)


if __name__ == "__main__":
    main()
