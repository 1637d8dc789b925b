"""Marks added up: what each side got for each criterion, how sure the difference is, how well the judges agree.

Knows no database and no page: marks in, numbers out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, stdev
from typing import Any

from studio.data.labelling.agreement import ENOUGH
from studio.judging.opinions import Mark, Side

CRITERIA = ("accurate", "professional", "useful")
LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True)
class Agreed:
    """Of `rows` marks that two judges gave to the same answers: equal ones, those at most one apart, and the mean of
    every two judges' quadratically weighted kappa (Cohen 1968; Light 1971), weighed by their rows."""

    rows: int
    same: int
    near: int
    kappa: float

    @property
    def sure(self) -> bool:
        return self.rows >= ENOUGH


@dataclass(frozen=True)
class Marked:
    """Of one criterion: the mean marks of the run and of its rival, and of the questions where both have some by how
    much the run's are higher, with the 95 % interval (Student's t); None for fewer than two such."""

    run: float | None
    against: float | None
    questions: int
    higher: float | None
    interval: tuple[float, float] | None
    agreed: Agreed | None


@dataclass(frozen=True)
class Summary:
    judges: tuple[str, ...]
    answers: int
    criteria: Mapping[str, Marked]

    def facts(self) -> dict[str, Any]:
        """As plain JSON, for a report card."""
        return {
            "judges": list(self.judges),
            "answers": self.answers,
            "criteria": {name: _facts(one) for name, one in self.criteria.items()},
        }


def summary(marks: Sequence[Mark]) -> Summary:
    """Those criteria that somebody marked, in their order."""
    of: dict[str, list[Mark]] = defaultdict(list)
    for one in marks:
        of[one.criterion].append(one)
    return Summary(
        judges=tuple(dict.fromkeys(one.judge for one in marks)),
        answers=len({(one.match, one.of) for one in marks}),
        criteria={name: _marked(of[name]) for name in CRITERIA if name in of},
    )


def _marked(marks: Sequence[Mark]) -> Marked:
    means = {side: _by_match(marks, side) for side in ("run", "against")}
    both = sorted(means["run"].keys() & means["against"].keys())
    gaps = [means["run"][match] - means["against"][match] for match in both]
    return Marked(
        run=fmean(means["run"].values()) if means["run"] else None,
        against=fmean(means["against"].values()) if means["against"] else None,
        questions=len(gaps),
        higher=fmean(gaps) if gaps else None,
        interval=_interval(gaps),
        agreed=_agreed(marks),
    )


def _by_match(marks: Iterable[Mark], side: str) -> dict[int, float]:
    """The mean mark of each answer of one side, over its judges."""
    found: dict[int, list[int]] = defaultdict(list)
    for one in marks:
        if one.of == side:
            found[one.match].append(one.mark)
    return {match: fmean(given) for match, given in found.items()}


def _interval(gaps: Sequence[float]) -> tuple[float, float] | None:
    if len(gaps) < 2:
        return None
    from scipy.stats import t  # slow to import, and only needed here

    middle, spread = fmean(gaps), float(t.ppf(0.975, len(gaps) - 1)) * stdev(gaps) / math.sqrt(len(gaps))
    return middle - spread, middle + spread


def _agreed(marks: Iterable[Mark]) -> Agreed | None:
    by_judge: dict[str, dict[tuple[int, Side], int]] = defaultdict(dict)
    for one in marks:
        by_judge[one.judge][one.match, one.of] = one.mark
    met = []
    for first, second in combinations(by_judge.values(), 2):
        if both := sorted(first.keys() & second.keys()):
            met.append([(first[place], second[place]) for place in both])
    if not met:
        return None
    pairs = [pair for one in met for pair in one]
    kappa = sum(weighted_kappa(one) * len(one) for one in met) / len(pairs)
    same, near = (sum(abs(a - b) <= apart for a, b in pairs) for apart in (0, 1))
    return Agreed(len(pairs), same, near, kappa)


def weighted_kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Agreement beyond chance in which being far apart counts more, as scikit-learn has it; 1.0 where both gave one and
    the same mark throughout."""
    from sklearn.metrics import cohen_kappa_score

    first, second = zip(*pairs, strict=True)
    if len({*first, *second}) == 1:
        return 1.0
    return float(cohen_kappa_score(first, second, weights="quadratic", labels=list(range(LOWEST, HIGHEST + 1))))


def _facts(one: Marked) -> dict[str, Any]:
    agreed = one.agreed
    return {
        "tuned": one.run,
        "against": one.against,
        "questions": one.questions,
        "higher": one.higher,
        "interval": one.interval and list(one.interval),
        "agreement": agreed
        and {"rows": agreed.rows, "same": agreed.same, "near": agreed.near, "kappa": agreed.kappa, "sure": agreed.sure},
    }
