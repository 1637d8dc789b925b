"""Prices, shares, measures and plain numbers.

Knows no other facts. Amounts of one dimension are compared in its smallest unit: 一个半小时 is 90分钟.
"""

from __future__ import annotations

import re
from fractions import Fraction

from studio.evaluation.language import UNITS
from studio.evaluation.moments import TO
from studio.evaluation.rules import Fact, Found, Outcome, number, rules

_BY_LENGTH = sorted(UNITS, key=len, reverse=True)
_HAN_UNITS = "|".join(name for name in _BY_LENGTH if not name.isascii())
_LATIN_UNITS = "|".join(name for name in _BY_LENGTH if name.isascii())
_UNIT = rf"(?:{_HAN_UNITS}|(?:{_LATIN_UNITS})s?(?![a-z\d]))"
_LONG = r"(?:hour|day|week|month|year|minute|kilo|kg|kilomet(?:er|re)|litre|liter|km|mile)"  # what is said in halves
_N = r"(\d+(?:\.\d+)?)"


def _measured(found: Found) -> list[Fact]:
    dimension, factor = UNITS.get(found[2]) or UNITS[found[2].removesuffix("s")]
    return [number(dimension, found[1], factor)]


def _share(found: Found) -> list[Fact]:
    """20 % is a share; 20 % off leaves 80 % to pay, as 8折 does."""
    value = Fraction(found[1]) / 100
    return [Fact("pay", 1 - value) if found[2] else Fact("share", value, found[1])]


def _pay(found: Found) -> list[Fact]:
    """8折 leaves eight tenths to pay, 75折 seventy-five hundredths."""
    value = Fraction(found[1])
    return [Fact("pay", value / (10 if value < 10 else 100))]


def _fraction(found: Found) -> Outcome:
    below, above = int(found[1] or found[4]), int(found[2] or found[3])
    return [Fact("", Fraction(above, below))] if below else found[0]


def _code(found: Found) -> Outcome:
    """A number long enough to be dialled; hyphens and spaces in it do not count."""
    digits = re.sub(r"\D", "", found[0])
    return [Fact("code", digits)] if len(digits) >= 7 else found[0]


CODES = rules(
    (
        r"(?<![\d.])(?:\+?\d+(?:[- ]\d+)+|0\d{6,}|1[3-9]\d{9}|[48]00\d{7}|\d{9,})"
        rf"(?!\d|[.:]\d|\s?-\s?\d| ?(?:{_UNIT}|%))",
        _code,
    ),
)

RANGES = rules((rf"(?<![\d.:-]){_N}{TO}{_N} ?(个月|{_UNIT}|点(?!\d)|%|折)", r"\1\3-\2\3"))

PRICES = rules(
    (rf"100分之{_N}", r"\1%"),
    (rf"{_N} ?(?:%|percent\b|per ?cent\b)( off\b| discount\b)?", _share),
    (r"半价|对折|\bhalf[ -]price\b|\bhalf off\b", lambda found: [Fact("pay", Fraction(1, 2))]),
    (rf"{_N}折", _pay),
    (rf"(?:¥|\brmb ?|\bcny ?){_N}", r"\1 yuan "),
    (rf"(?:us)?\$ ?{_N}", r"\1 dollar "),
    (r"(\d+) dollars?(?: and)? (\d\d)\b(?: cents?)?", r"\1.\2 dollar "),
    (rf"€ ?{_N}", r"\1 euro "),
    (rf"£ ?{_N}", r"\1 pound "),
    (r"(\d+)(块|米)([1-9])毛?(?=[\s,.。!以高]|$)", r"\1.\3\2"),  # 三块五, 一米二
)

MEASURES = rules(
    (r"(\d+)分之(\d+)|(?<![\d/])(\d{1,2})\s?[/⁄]\s?(\d{1,2})(?![\d/])", _fraction),
    ("1半|一半", lambda found: [Fact("", Fraction(1, 2))]),
    (r"([13])刻钟", lambda found: f"{int(found[1]) * 15}分钟"),
    (r"\b(?:(?:1|an?) )?quarter(?: of an)?[ -]hour\b", "15 minutes"),
    (rf"\b(\d+) and (?:an? |1 )?half (?={_LONG})", r"\1.5 "),
    (rf"\b(\d+) ({_LONG}s?) and (?:an? |1 )?half", r"\1.5 \2"),
    (rf"\ban? ({_LONG}) and (?:an? |1 )?half", r"1.5 \1"),
    (rf"\bhalf (?:of )?(?:an? )?(?={_LONG}\b)", "0.5 "),
    (rf"(\d+)个?半(?={_HAN_UNITS}|月)", r"\1.5个"),
    (r"(\d+)(小时|钟头|年|个月|公斤|斤|升|米|公里|天)半", r"\1.5\2"),
    (r"半个?(?=小时|钟头|年|公斤|斤|升|公里|分钟)|半(?=个月)", "0.5"),
    (
        r"(\d+) ?个?(?:小时|hours?)(?:零|又| and|,)?\s?(\d+) ?(?:分钟?|min\w*)",
        lambda found: f"{int(found[1]) * 60 + int(found[2])}分钟",
    ),
    (r"每(?=小时|次|人|位|杯|份|晚|张)|/ ?(?=小时|次|人|位|杯|份|晚|天|年|月|张)", "1"),
    (rf"\b(?:an?|per|each) (?={_LONG}\b)|/ ?(?={_LONG}\b)", "1 "),
    (r"(\d+)(?:st|nd|rd|th)?[ -]floor\b", r"\1楼"),
    (r"\bfloor (\d+)\b", r"\1楼"),
    (rf"{_N}[ -]?个?({_UNIT})", _measured),
)

NUMBERS = rules(
    (r"第(\d+)|(\d+)(?:st|nd|rd|th)\b", lambda found: [number("th", found[1] or found[2])]),
    (r"(\d+)[号日]", lambda found: [number("day", found[1])]),
    (r"(?<![a-z])([a-z]{1,3})-?(\d+)", lambda found: [Fact("name", found[1]), Fact("#", found[2], found[2])]),
    (r"(?<=[a-z])-?(\d+)", lambda found: [Fact("#", found[1], found[1])]),
    (r"(?<=[a-z]) (\d+)(?=[^a-z]*[一-鿿])", lambda found: [Fact("#", found[1], found[1])]),
    (_N, lambda found: [number("", found[1])]),
)
