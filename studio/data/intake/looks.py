"""What a column holds, in numbers: how much of it is filled, how much differs, whether it is words or labels.

Knows no name and no role.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from statistics import fmean

from studio.data.intake.marks import listed
from studio.data.schema import Table

LOOKED_AT = 2_000  # rows, spread over the table
MOST_LABELS = 50
LONGEST_LABEL = 20  # characters, on average
SHORT_LABEL = 6
NAME = re.compile(r"[A-Za-z]+(?P<joint>[_.:/-][A-Za-z]\w*)*")
# A number, a price, a moment or a span of time, an address of a machine or of a page, what a program calls a thing.
FIGURES = re.compile(
    r"[-+¥￥$€£]?[\d.,:/]*\d%?|\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?(?:[T ,\d:.]*\d)?(?:Z|[-+/][-\d:/.T ]*)?|"
    r"https?://\S+|[A-Z]{2,10}[-_]\d{2,}|[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}"
)
# What people tick on a scale, a question's answers and no words of theirs.
SCALE = re.compile(
    r"(?:(?:very|extremely|somewhat|strongly|not at all|slightly|completely|mostly) )?"
    r"(?:satisfied|dissatisfied|unsatisfied|agree|disagree|likely|unlikely|happy|unhappy)|"
    r"neither [\w ]+ nor [\w ]+|neutral|"
    r"(?:非常|很|比较|不太|一般|完全)?不?(?:满意|同意|愿意|推荐)|一般",
    re.IGNORECASE,
)
STRUCTURED = 0.5  # of the values, the share of lists and objects from which on the column holds no words
ASKS = re.compile(
    r"[?？؟吗呢嘛]\s*$|(?:ですか|ますか|까요|나요|không)[。.]?\s*$|^¿|^(?:怎么|如何|什么|为什么|几|哪|能不能)|"
    r"^(?:how|what|when|where|why|who|can|do|is|как|что|где|когда|почему|сколько|можно|какой|какая|какие|qué|cómo|"
    r"cuándo|dónde|cuánto|comment|pourquoi|combien|wie|was|wann|wo|warum|como|quando|onde|quanto|bagaimana|apa|apakah|"
    r"kapan|berapa|nasıl|neden|كيف|هل|متى|أين|ما|كم)\b",
    re.IGNORECASE,
)
KEYWORDS = re.compile(r"[^\s,，、;；|*。？！?!]{1,20}(?:[,，、;；|*][^\s,，、;；|*。？！?!]{1,20})*")


@dataclass(frozen=True)
class Look:
    """Of a column: the number of values, how many differ, and their mean length in characters."""

    filled: int
    distinct: int
    length: float
    numeric: bool
    asks: float = 0.0  # the share that are questions
    lists: float = 0.0  # the share that are lists or objects
    keywords: bool = False  # words in a row, mostly more than two
    scale: bool = False  # all are steps of a scale: very satisfied, 不满意
    names: bool = False  # written as a program writes names: pay_bill, Billing-Refund

    @property
    def labels(self) -> bool:
        """Few distinct short values that come again and again."""
        again = 2 if self.length <= SHORT_LABEL or self.names else 3
        few = (self.scale and self.distinct > 1) or 2 <= self.distinct <= min(MOST_LABELS, max(2, self.filled // again))
        return few and (self.scale or self.length <= LONGEST_LABEL)

    @property
    def groups(self) -> bool:
        """Values that come again, of so many kinds that a tenth of them can be held out."""
        return 10 <= self.distinct <= 0.8 * self.filled

    @property
    def structured(self) -> bool:
        """Values that are lists and objects, as a program writes them."""
        return self.lists >= STRUCTURED

    @property
    def prose(self) -> bool:
        """Values that differ and are words."""
        return (
            self.filled > 0
            and not self.numeric
            and not self.structured
            and self.distinct > 0.3 * self.filled
            and self.length >= 2
        )


def look(table: Table, j: int) -> Look:
    values = [row[j].strip() for row in table.rows[:: len(table.rows) // LOOKED_AT + 1]]
    values = [value for value in values if value]
    if not values:
        return Look(0, 0, 0.0, False)
    numeric = sum(bool(FIGURES.fullmatch(value)) for value in values) > 0.9 * len(values)
    asks = sum(1 for value in values if ASKS.search(value)) / len(values)
    lists = sum(1 for value in values if value[:1] in "[{" and listed(value) is not None) / len(values)
    distinct = set(values)
    return Look(
        filled=len(values),
        distinct=len(distinct),
        length=fmean(map(len, values)),
        numeric=numeric,
        asks=asks,
        lists=lists,
        keywords=_keywords(values),
        scale=all(map(SCALE.fullmatch, distinct)),
        names=_names(distinct),
    )


def _keywords(values: Sequence[str]) -> bool:
    """Whether these are words between marks and no sentences: `茶杯,瓷器,送礼`, `类型#裙*颜色#白`."""
    several = [value for value in values if len(re.split(r"[,，、;；|*]", value)) > 2]
    return 2 * len(several) > len(values) and all(map(KEYWORDS.fullmatch, values))


def _names(values: Set[str]) -> bool:
    found = [NAME.fullmatch(value) for value in values]
    return all(found) and 2 * sum(1 for one in found if one and one["joint"]) >= len(found)
