"""How well two people agree: Cohen's kappa, how sure it is, and what to call it.

Knows neither rows nor names: pairs of labels in, numbers out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio.intervals import wilson

Word = Literal["poor", "slight", "fair", "moderate", "substantial", "almost_perfect"]
SCALE: tuple[tuple[float, Word], ...] = (  # Landis and Koch 1977: kappa up to this is called so
    (0.0, "poor"), (0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"), (1.0, "almost_perfect"),
)  # fmt: skip
ENOUGH = 20  # rows that both labelled, before the word means anything


@dataclass(frozen=True)
class Agreement:
    """`kappa` is agreement beyond chance: 0 as by chance, 1 perfect; `low` and `high` are its 95 % interval."""

    rows: int  # labelled by both
    same: int
    kappa: float
    low: float
    high: float

    @property
    def word(self) -> Word:
        return word_of(self.kappa)

    @property
    def sure(self) -> bool:
        return self.rows >= ENOUGH


def word_of(kappa: float) -> Word:
    """What a kappa is called."""
    return next(word for top, word in SCALE if round(kappa, 9) <= top)


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement | None:
    """Of the labels that the first and the second gave to the same rows; None without any.

    The interval takes chance agreement as known, as Cohen's own standard error does, but around the share of equal
    labels it is Wilson's, so that five rows of five do not look like certainty.
    """
    if not pairs:
        return None
    rows, same = len(pairs), sum(first == second for first, second in pairs)
    firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    by_chance = sum(firsts[label] * seconds[label] for label in firsts) / rows**2
    if by_chance == 1.0:  # both gave one and the same label throughout: there is nothing to tell apart
        return Agreement(rows, same, 1.0, 0.0, 1.0)
    kappa, low, high = ((share - by_chance) / (1 - by_chance) for share in (same / rows, *wilson(same, rows)))
    return Agreement(rows, same, kappa, max(low, -1.0), high)
