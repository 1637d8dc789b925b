"""Votes added up: how often whose answer was the better one, how sure that is, how many more votes would tell.

Knows no database and no page: matches and verdicts in, numbers out.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from studio.data.labelling.agreement import Agreement, agreement
from studio.intervals import watched
from studio.judging.opinions import PEOPLE, Better, Match, Verdict, Way

FARTHEST = 400  # votes; whoever would need more to be sure has an answer: there is little between the two


@dataclass(frozen=True)
class Tally:
    """Matches by what its judges say together. `alike`: both answers were the same, nobody had to judge. `interval`: of
    the share won of those that were not level; with `more` further votes at this pace it would tell who is better: 0
    where it does, None where no number in sight would."""

    wins: int
    losses: int
    level: int
    alike: int
    waiting: int
    judges: tuple[str, ...]
    interval: tuple[float, float]
    more: int | None
    agree: Agreement | None = None  # of two judges, or of all pairs of several, on the matches that both saw

    @property
    def judged(self) -> int:
        return self.wins + self.losses + self.level

    @property
    def share(self) -> float:
        """The share won, 0 … 1, of the matches that were not level; one half where there are none."""
        decided = self.wins + self.losses
        return self.wins / decided if decided else 0.5

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out one half."""
        return not self.interval[0] <= 0.5 <= self.interval[1]

    def facts(self) -> dict[str, Any]:
        """As plain JSON, for a report card."""
        of = self.agree
        return {
            **{name: value for name, value in asdict(self).items() if name not in ("agree", "interval")},
            "judges": list(self.judges),
            "judged": self.judged,
            "share": round(self.share, 4),
            "interval": [round(end, 4) for end in self.interval],
            "agreement": of and {"rows": of.rows, "same": of.same, "kappa": round(of.kappa, 4), "sure": of.sure},
        }


def tally(matches: Sequence[Match], verdicts: Iterable[Verdict], ways: Collection[Way]) -> Tally:
    """Of verdicts given in one of these `ways`. One match counts once, however many judged it."""
    said = [one for one in verdicts if one.way in ways]
    together = by_match(said)
    alike = {match.id for match in matches if match.alike}
    count = Counter(better for match, better in together.items() if match not in alike)
    wins, losses, level = count["run"], count["against"], count["same"]
    interval = watched(wins, wins + losses)
    return Tally(
        wins=wins,
        losses=losses,
        level=level,
        alike=len(alike),
        waiting=sum(match.id not in together and match.id not in alike for match in matches),
        judges=tuple(dict.fromkeys(one.judge for one in said)),
        interval=interval,
        more=further(wins, losses, level),
        agree=_agreement(said),
    )


def by_match(verdicts: Iterable[Verdict]) -> Mapping[int, Better]:
    """What the judges of each match say together: whose answer more of them call better; "same" where as many call
    the other so."""
    lead: dict[int, int] = defaultdict(int)
    for one in verdicts:
        lead[one.match] += {"run": 1, "against": -1, "same": 0}[one.better]
    return {match: "run" if by > 0 else "against" if by < 0 else "same" for match, by in lead.items()}


def further(wins: int, losses: int, level: int) -> int | None:
    """How many more votes it would take to be sure, should they go on as they went: 0 where it is; None for none in
    sight, or where there is no vote yet to go by."""
    decided = wins + losses
    if not decided:
        return None
    for count in range(decided, decided + FARTHEST):
        low, high = watched(round(count * wins / decided), count)
        if not low <= 0.5 <= high:
            more = math.ceil((count - decided) * (decided + level) / decided)  # level ones come in between
            return more if more <= FARTHEST else None
    return None


def people(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return [one for one in verdicts if one.way in PEOPLE]


def _agreement(said: Iterable[Verdict]) -> Agreement | None:
    """Of every two judges on the matches that both judged, all of them together; None where no two met."""
    of: dict[int, dict[str, Better]] = defaultdict(dict)
    for one in said:
        of[one.match][one.judge] = one.better
    pairs = [(given[first], given[second]) for given in of.values() for first, second in combinations(sorted(given), 2)]
    return agreement(pairs)
