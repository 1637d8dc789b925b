"""What mending a finding does to its rows, worked out before anything is changed.

Knows no database: a fix is a pure function from rows to changes, row number → new values, or None to take the row away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from studio.data.checkup.finding import Finding
from studio.data.checkup.privacy import customers, masked, masked_replies, over
from studio.data.checkup.repeats import same_text
from studio.data.checkup.wording import (
    tokens,
    without_control,
    without_html,
    without_phrases,
)
from studio.data.near import normalise
from studio.data.reading.invisible import without_invisible
from studio.data.schema import Row
from studio.data.store.edits import from_context
from studio.tasks import TASKS

if TYPE_CHECKING:
    from studio.tasks import Task

Change = Mapping[str, str] | None
Fix = Callable[[Finding, Sequence[Row], "Task"], dict[int, Change]]
SPLIT_AGAIN = "leakage"  # the one kind that changes no row: the rows are divided anew, which keeps copies together


def changes(finding: Finding, rows: Sequence[Row], task: Task) -> dict[int, Change]:
    """Row number → its new `text`, `target`, `rejected` or `context`, or None for a row that goes."""
    return FIXES[finding.kind](finding, rows, task)


def _drop(finding: Finding, rows: Sequence[Row], task: Task) -> dict[int, Change]:
    return dict.fromkeys(finding.rows)


def _settle(finding: Finding, rows: Sequence[Row], task: Task) -> dict[int, Change]:
    """What most rows say stays and the others go. In a draw, labels are taken off for a person to decide, and of
    answers the one furthest down stays: it is the newest. Of two answers each of which is once the better, both go."""
    if TASKS[task].compares:
        return _drop(finding, rows, task)
    torn = {*finding.rows}
    settled: dict[int, Change] = {}
    for group in same_text([row for row in rows if row.number in torn]).values():
        votes = Counter(normalise(row.target) for row in group)
        most = max(votes.values())
        leading = [target for target, count in votes.items() if count == most]
        if len(leading) > 1 and TASKS[task].labelled:
            settled |= {row.number: {"target": ""} for row in group}
            continue
        kept = next(normalise(row.target) for row in reversed(group) if normalise(row.target) in leading)
        settled |= {row.number: None for row in group if normalise(row.target) != kept}
    return settled


def _rewrite(change: Callable[[Row], Row], finding: Finding, rows: Sequence[Row]) -> dict[int, Change]:
    """The values that `change` gives the finding's rows; a row whose text is gone goes."""
    named = {*finding.rows}
    found: dict[int, Change] = {}
    for row in rows:
        if row.number not in named:
            continue
        after = change(row)
        values = {"text": after.text, "target": after.target, "rejected": after.rejected}
        if after.context != row.context:
            values["context"] = from_context(after.context)
        known = {name: value for name, value in values.items() if value != getattr(row, name)}
        if known:
            found[row.number] = known if after.text.strip() else None
    return found


def clean(text_only: Callable[[str], str], row: Row, task: Task) -> Row:
    """The row with every text in it cleaned; a label is left as it is, because it names a class."""
    return over(row, text_only, text_only if TASKS[task].talks else str)


def _cleaned(how: Callable[[str], str]) -> Fix:
    return lambda finding, rows, task: _rewrite(lambda row: clean(how, row, task), finding, rows)


def _mask(finding: Finding, rows: Sequence[Row], task: Task) -> dict[int, Change]:
    theirs = customers(rows)
    return _rewrite(lambda row: masked(row, theirs), finding, rows)


def _mask_replies(finding: Finding, rows: Sequence[Row], task: Task) -> dict[int, Change]:
    return _rewrite(masked_replies, finding, rows)


def _strip(finding: Finding, rows: Sequence[Row], task: Task) -> dict[int, Change]:
    without = partial(without_phrases, phrases=finding.details["phrases"])
    return _rewrite(lambda row: replace(row, text=without(row.text)), finding, rows)


def _strip_replies(finding: Finding, rows: Sequence[Row], task: Task) -> dict[int, Change]:
    without = partial(without_phrases, phrases=finding.details["phrases"])
    return _rewrite(lambda row: replace(row, target=without(row.target) or row.target), finding, rows)


def _shorten(finding: Finding, rows: Sequence[Row], task: Task) -> dict[int, Change]:
    """A text to classify keeps its beginning; of a conversation nothing can be cut without changing what it says."""
    if not TASKS[task].labelled:
        return _drop(finding, rows, task)
    room = int(finding.details["limit"])
    return _rewrite(lambda row: replace(row, text=_beginning(row.text, room - tokens(row.target))), finding, rows)


def _beginning(text: str, room: int) -> str:
    """As much of the text as takes at most `room` tokens."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if tokens(text[:middle]) <= room else (low, middle - 1)
    return text[:low].rstrip()


FIXES: Mapping[str, Fix] = {
    "contradiction": _settle,
    "duplicate": _drop,
    "near_duplicate": _drop,
    "default_text": _drop,
    "unfilled": _drop,
    "no_pair": _drop,
    "too_short": _drop,
    "too_long": _shorten,
    "wrong_language": _drop,
    "garbled": _drop,
    "boilerplate": _strip,
    "boilerplate_reply": _strip_replies,
    "personal_data": _mask,
    "contact_in_reply": _mask_replies,
    "control_tokens": _cleaned(without_control),
    "invisible": _cleaned(without_invisible),
    "html": _cleaned(without_html),
}
FIXABLE = frozenset({*FIXES, SPLIT_AGAIN})
