"""What a dataset comes to in numbers: how long its texts are, how often each label stands, how it asks and answers.

Knows no store and no screen: it is given pairs of text and target, and counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

EDGES = (0, 10, 20, 50, 100, 200, 500, 1_000, 2_000)  # characters; what is longer than the last is one more kind
MANY = 5  # answers of a question, or ways to ask for an answer, that are counted as one number


@dataclass(frozen=True)
class Statistics:
    """`rows`: how many there are, `unanswered`: of them without a target. `lengths`: how many texts have up to so many
    characters, 0 for still more. `answers`: how many questions have one answer, two …; `ways`: how many answers are
    asked for in one way, two …; MANY stands for all from there."""

    rows: int
    unanswered: int
    lengths: Mapping[int, int]
    middle: int  # characters that half of the texts do not pass
    longest: int
    labels: Mapping[str, int]  # most frequent first; empty for questions and answers
    answers: Mapping[int, int]  # these two empty for labels
    ways: Mapping[int, int]


def statistics(pairs: Sequence[tuple[str, str]], labelled: bool) -> Statistics:
    """Of (text, target) pairs, where a target may be missing. `labelled`: the targets are labels."""
    import pandas  # slow to import, and only needed here

    frame = pandas.DataFrame(pairs, columns=["text", "target"], dtype="str")
    lengths = frame["text"].str.len()
    known = frame[frame["target"] != ""]
    counted = known["target"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    answers, ways = (known.groupby(by)[of].nunique() for by, of in (("text", "target"), ("target", "text")))
    return Statistics(
        rows=len(frame),
        unanswered=len(frame) - len(known),
        lengths=_binned(lengths),
        middle=int(lengths.median()) if len(frame) else 0,
        longest=int(lengths.max()) if len(frame) else 0,
        labels={str(label): int(rows) for label, rows in counted.items()} if labelled else {},
        answers={} if labelled else _tallied(answers),
        ways={} if labelled else _tallied(ways),
    )


def _binned(lengths: pandas.Series) -> dict[int, int]:
    """Rows by the edge that their length does not pass, without the empty kinds at both ends."""
    import pandas

    kinds = pandas.cut(lengths, [*EDGES, float("inf")], labels=[*EDGES[1:], 0], include_lowest=True)
    rows = [(int(edge), int(count)) for edge, count in kinds.value_counts(sort=False).items()]
    full = [place for place, (_, count) in enumerate(rows) if count]
    return dict(rows[full[0] : full[-1] + 1]) if full else {}


def _tallied(counts: pandas.Series) -> dict[int, int]:
    found = counts.clip(upper=MANY).value_counts().sort_index()
    return {int(number): int(times) for number, times in found.items()}
