"""A look at the rows before time is spent on them: what would teach the wrong thing, or give somebody away.

Knows no database and changes nothing: findings name rows, `changes` says what mending one would do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from studio.data.checkup.amounts import amounts, useful
from studio.data.checkup.blanks import unfilled
from studio.data.checkup.finding import Finding, Severity
from studio.data.checkup.fixes import FIXABLE, SPLIT_AGAIN, Change, changes, clean
from studio.data.checkup.pairs import pairs
from studio.data.checkup.privacy import privacy
from studio.data.checkup.repeats import repeats
from studio.data.checkup.score import Advice, Counts, advise, score
from studio.data.checkup.wording import (
    TOKENS,
    boilerplate,
    default_texts,
    garbled,
    languages,
    lengths,
    without_control,
    without_html,
)
from studio.data.reading.invisible import without_invisible
from studio.data.schema import Row

if TYPE_CHECKING:
    from studio.tasks import Task

__all__ = [
    "FIXABLE",
    "KINDS",
    "SPLIT_AGAIN",
    "STOPPING",
    "Advice",
    "Change",
    "Checkup",
    "Finding",
    "changes",
    "checkup",
    "look_for",
]
Check = Callable[[Sequence[Row], "Task"], Iterator[Finding]]
GRAVITY: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class Checkup:
    """What was found, the gravest first, and what it comes to."""

    findings: tuple[Finding, ...]
    score: int  # 0 … 100
    advice: Advice | None  # None when there is nothing to gain


def _unclean(kind: str, severity: Severity, how: Callable[[str], str]) -> Check:
    """Finds the rows that `how` would change."""

    def look(rows: Sequence[Row], task: Task) -> Iterator[Finding]:
        found = tuple(row.number for row in rows if clean(how, row, task) != row)
        if found:
            yield Finding(kind, severity, found)

    return look


def checks(longest: int = TOKENS) -> tuple[tuple[frozenset[str], Check], ...]:
    """Which kinds a check finds, and the check, for a model that reads `longest` tokens of a row."""
    return (
        (frozenset({"contradiction", "duplicate", "near_duplicate", "leakage"}), repeats),
        (frozenset({"personal_data", "contact_in_reply"}), privacy),
        (frozenset({"unfilled"}), unfilled),
        (frozenset({"no_pair"}), pairs),
        (frozenset({"default_text"}), default_texts),
        (frozenset({"boilerplate", "boilerplate_reply"}), boilerplate),
        (frozenset({"wrong_language"}), languages),
        (frozenset({"too_short", "too_long"}), lengths(longest)),
        (frozenset({"garbled"}), garbled),
        (frozenset({"control_tokens"}), _unclean("control_tokens", "warning", without_control)),
        (frozenset({"html"}), _unclean("html", "info", without_html)),
        (frozenset({"invisible"}), _unclean("invisible", "info", without_invisible)),
    )


KINDS = frozenset[str]().union(*(kinds for kinds, _ in checks()))  # of trouble with rows, all but how many there are
STOPPING = frozenset({"unfilled"})  # what is not learned until it is mended or a person lets it pass


def checkup(
    rows: Sequence[Row],
    task: Task,
    progress: Callable[[float], None] = lambda share: None,
    longest: int = TOKENS,
    allowed: Collection[str] = (),
) -> Checkup:
    """Everything that is worth a look, for a model that reads `longest` tokens; `progress` hears the share done. The
    kinds `allowed` are no trouble."""
    findings: list[Finding] = []
    all_checks = checks(longest)
    for place, (_, check) in enumerate(all_checks):
        progress(place / len(all_checks))
        findings += check(rows, task)
    findings = [replace(one, severity="info") if one.kind in allowed else one for one in findings]
    learned = useful(rows, findings, task)
    troubled = {finding.kind: len(finding.rows) for finding in findings if finding.kind not in allowed}
    counts = Counts(task, learned, troubled)
    waiting = sum(not row.target for row in rows)
    findings += amounts(rows, learned, task)
    findings.sort(key=lambda finding: GRAVITY[finding.severity])
    return Checkup(tuple(findings), score(counts), advise(counts, waiting))


def look_for(kind: str, rows: Sequence[Row], task: Task, longest: int = TOKENS) -> Finding | None:
    """One kind of finding, without looking for the others."""
    check = next(check for kinds, check in checks(longest) if kind in kinds)
    return next((finding for finding in check(rows, task) if finding.kind == kind), None)
