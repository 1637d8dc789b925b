"""How far the wordings reach that a sheet is learned in: how many customers' questions the simple method leads to the
right fact when it learns nothing else.

Knows no model: counting letters takes seconds where training takes minutes, and what no wording comes near to, no model
of the starter's size answers either. `python -m benchmarks.wordings FILE …` with the sheets of `benchmarks.facts`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.facts import Sheet, read
from studio import plan
from studio.data.schema import Example, Splits
from studio.data.teaching.wordings import learned
from studio.evaluation.baselines import letters

MOST, PHRASINGS = 12, 2  # facts of a sheet, ways in which each is taught


def found(rows: Sheet) -> int:
    """How many of the unseen questions lead to their own answer."""
    taught = tuple(Example(number, text, answer) for number, (text, answer) in enumerate(rows.taught, 1))
    splits = Splits("sheet", 1, "chat", (), taught, (), (), lesson="facts")
    rows_learned = learned(splits, plan.further_wordings("facts", len(taught)))
    simple = letters([(row.text, row.target) for row in rows_learned])
    assert simple is not None, "a sheet has more than one fact"
    answers = simple([text for text, _ in rows.unseen])
    return sum(said.answer == answer for said, (_, answer) in zip(answers, rows.unseen, strict=True))


def main(files: Sequence[str]) -> None:
    for file in map(Path, files):
        rows = read(file, MOST, PHRASINGS)
        print(f"{file.stem}: {found(rows)} of {len(rows.unseen)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
