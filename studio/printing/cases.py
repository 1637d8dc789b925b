"""Two examples that were answered wrong, and what was done about them: told from the run before to this one.

Knows no language and no file: reports and rows come in, values go out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import WRatio, token_set_ratio

from studio.data.near import normalise
from studio.data.schema import Example, Splits, Thumb
from studio.evaluation.report import Answered, Report

MOST = 2  # examples
MOST_ADDED = 3  # rows that are named
LIKE = 55.0  # of 100: a row that was added is like a question


@dataclass(frozen=True)
class Mended:
    """A question that was answered wrong, by the run `before` this one or by this one. `added`: rows like it that are
    taught since; `changed`: whether its own answer is taught otherwise; `now` is None where it is asked no more;
    `liked`: what people made of the answer, where that is what is taught."""

    text: str
    target: str
    said: str
    before: bool = False
    now: str | None = None
    right: bool = False
    added: tuple[tuple[str, str], ...] = ()
    changed: bool = False
    liked: Thumb = ""


def mended(
    report: Report, rows: Splits, before: Report | None = None, rows_before: Splits | None = None
) -> list[Mended]:
    """Those that are right now come first; without an earlier run, or none that it had wrong, those of this one."""
    if before is not None and rows_before is not None:
        found = [_since(row, report, rows, rows_before) for row in _wrong(before)]
        if found:
            return sorted(found, key=lambda one: (not one.right, not one.added, one.now is None))[:MOST]
    return [Mended(row.text, row.target, row.tuned, liked=row.liked) for row in _wrong(report)[:MOST]]


def _wrong(report: Report) -> list[Answered]:
    """A person's own questions before those that a rule made; then facts that are not known."""
    rows = sorted((row for row in report.rows if not row.correct), key=lambda row: row.origin == "rule")
    missed = report.taught.missed if report.taught else ()
    asked = {normalise(row.text) for row in rows}
    return [*rows, *(row for row in missed if normalise(row.text) not in asked)]


def _since(row: Answered, report: Report, rows: Splits, rows_before: Splits) -> Mended:
    again = next((one for one in report.rows if _same(one, row)), None)
    missed = report.taught.missed if report.taught else ()
    still = next((one for one in missed if normalise(one.text) == normalise(row.text)), None)
    known_before = {(normalise(one.text), one.target) for one in rows_before.train}
    taught_before = {text for text, _ in known_before}
    new = [one for one in rows.train if normalise(one.text) not in taught_before]
    own = [one for one in rows.train if normalise(one.text) == normalise(row.text)]
    return Mended(
        row.text,
        again.target if again else own[0].target if own else row.target,
        row.tuned,
        before=True,
        now=again.tuned if again else still.tuned if still else None,
        right=again.correct if again else bool(own) and still is None,
        liked=row.liked,
        added=tuple((one.text, one.target) for one in _like(row.text, new)),
        changed=any(
            (normalise(one.text), one.target) not in known_before for one in own if normalise(one.text) in taught_before
        ),
    )


def _same(one: Answered, other: Answered) -> bool:
    """Whether two rows ask the same, and where people judged an answer, about the same one."""
    return normalise(one.text) == normalise(other.text) and (not other.liked or one.target == other.target)


def _like(text: str, rows: Sequence[Example]) -> list[Example]:
    """The rows most like a question."""
    scored = [(max(WRatio(text, row.text), token_set_ratio(text, row.text)), row) for row in rows]
    best = sorted((one for one in scored if one[0] >= LIKE), key=lambda one: -one[0])
    return [row for _, row in best[:MOST_ADDED]]
