"""Days, dates and times of day.

Knows no other facts. A time is hours since midnight; without morning or evening it is one of 24 hours.
"""

from __future__ import annotations

from fractions import Fraction

from studio.evaluation.rules import Fact, Found, compiled, number, rules

TO = r"\s*(?:-|~|–|—|到|至|或|to|or)\s*"
_HOUR = r"(?<!\d)(2[0-4]|[01]?\d)"
_PART = "上午|早上|早晨|清晨|清早|凌晨|早|下午|傍晚|晚上|晚间|夜里|夜间|深夜|晚|中午|正午"
_PART_EN = r"[ap]\.m\.|[ap]m\b|in the morning|in the afternoon|in the evening|at night|noon|midnight"
_LATE = compiled(r"下午|傍晚|中午|正午|p\.?m|afternoon|noon|evening")
_NIGHT = compiled(r"晚|夜|night$")
_EARLY = compiled(r"凌晨|a\.?m|midnight")
_WEEKDAYS = {sign: at % 7 + 1 for at, sign in enumerate("一二三四五六日1234567")} | {"天": 7}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)


def _weekday(found: Found) -> list[Fact]:
    return [Fact("weekday", Fraction(_WEEKDAYS[found[1]]))]


def _weekday_in_english(found: Found) -> list[Fact]:
    return [Fact("weekday", Fraction(1 + _DAYS.index(found[1][:3])))]


def _date(year: str | None, month: str | None, day: str | None) -> list[Fact]:
    return [number(kind, said) for kind, said in (("year", year), ("month", month), ("day", day)) if said]


def _month(name: str) -> str:
    return str(1 + _MONTHS.index(name[:3]))


def _time(part: str | None, hour: str, minute: str | None = None) -> Fact:
    hours, part = int(hour), part or ""
    is_late = _LATE.search(part) and hours < (10 if "中" in part else 12)
    if is_late or (_NIGHT.search(part) and 5 <= hours <= 12):  # 晚上一点 is an hour after midnight
        hours += 12
    elif _EARLY.search(part) and hours == 12:
        hours = 0
    minutes = {"半": 30, "1刻": 15, "3刻": 45}.get(minute or "") or int((minute or "0").removesuffix("分"))
    return Fact("time", (hours + Fraction(minutes, 60)) % 24, "" if minutes else str(hours))


def _past(found: Found) -> list[Fact]:
    """Half past nine, a quarter to ten."""
    minutes = {"half": 30, "quarter": 15}.get(found[1].split()[-1]) or int(found[1].split()[0])
    hour = Fraction(_time(found[4], found[3]).value)
    return [Fact("time", (hour + Fraction(minutes if found[2] == "past" else -minutes, 60)) % 24)]


def _both_in_the_afternoon(found: Found) -> str:
    """2 to 5 pm is 2 pm to 5 pm; 9 to 5 pm is not 9 pm."""
    return f"{found[1]} {found[3]} - {found[2]} {found[3]}" if int(found[1]) < int(found[2]) else found[0]


WEEKDAYS = rules(  # found before numbers are read: 周三九点 is no 39
    ("周末|双休日", "周六周日"),
    (r"\bweekends?\b", "saturday sunday"),
    (r"(周|星期|礼拜)([一二三四五六1-6])(到|至|-|~)(?=[二三四五六日天2-7](?!\d|点|:|次))", r"\1\2\3\1"),
    (r"(周|星期|礼拜)([一二三四五六])、?(?=[二三四五六日](?!次|点|个|天|十))", r"\1\2、\1"),
    (r"(?:周|星期|礼拜)([一二三四五六日天]|[1-7](?!\d))(?!次|个|天|节|小时|年|顿)", _weekday),
    (r"\b(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?\b\.?(?=\W|$)", _weekday_in_english),
)

DATES = rules(
    (r"(\d{4})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})[日号]?(?!\d)", lambda found: _date(*found.groups())),
    (
        rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,? (\d{{4}})\b)?",
        lambda found: _date(found[3], _month(found[1]), found[2]),
    ),
    (
        rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (\d{{4}}))?\b",
        lambda found: _date(found[3], _month(found[2]), found[1]),
    ),
    (r"((?:19|20)\d\d)年", lambda found: _date(found[1], None, None)),
    (r"(\d{1,2})月份?", lambda found: _date(None, found[1], None)),
    (rf"\b(?!may\b|mar\b|march\b){_MONTH}\b", lambda found: _date(None, _month(found[1]), None)),
)

TIMES = rules(
    (rf"\b(\d{{1,2}}){TO}(\d{{1,2}}) ?(p\.m\.|pm\b|a\.m\.|am\b)", _both_in_the_afternoon),
    (  # 下午2点到5点: the end is in the afternoon too
        rf"(下午|傍晚|晚上|中午)(的?\s?\d{{1,2}}(?:点(?:半|\d{{1,2}}分?|[13]刻)?|:\d\d)){TO}(?=\d{{1,2}}[点:])",
        r"\1\2-\1",
    ),
    (
        rf"({_PART})?的?\s*{_HOUR}:([0-5]\d)(?::\d\d)?\s*({_PART_EN})?",
        lambda found: [_time(found[1] or found[4], found[2], found[3])],
    ),
    (
        rf"({_PART})?的?\s*{_HOUR}(?:点|时(?![间候段]))(?:钟|整|过)?(半|[13]刻|\d{{1,2}}分?(?![\d钟]))?",
        lambda found: [_time(found[1], found[2], found[3])],
    ),
    (rf"\b(half|(?:a )?quarter|\d+(?: minutes)?) (past) {_HOUR}\b(?: ({_PART_EN}))?", _past),
    (rf"\b((?:a )?quarter|\d+ minutes) (to) {_HOUR}\b(?: ({_PART_EN}))?", _past),
    (
        rf"\b{_HOUR}(?:[:. ]([0-5]\d))?\s*(?:o'?clock\s*)?({_PART_EN})",
        lambda found: [_time(found[3], found[1], found[2])],
    ),
    (rf"\b{_HOUR} o'?clock", lambda found: [_time(None, found[1])]),
    (rf"\b(?:at|from|until|till|to|by|and) {_HOUR} ([0-5]\d)\b", lambda found: [_time(None, found[1], found[2])]),
    (r"\bmidnight\b", lambda found: [_time(None, "0")]),
    (r"(?<=at |is |to |ll |il )noon\b", lambda found: [_time(None, "12")]),
)

DAYPARTS = rules(
    (r"早上|上午|早晨|\bmornings?\b", lambda found: [Fact("daypart", "morning")]),
    (r"中午|\bnoon\b", lambda found: [Fact("daypart", "noon")]),
    (r"下午|\bafternoons?\b", lambda found: [Fact("daypart", "afternoon")]),
    (r"晚上|夜里|\bevenings?\b|\bnights?\b", lambda found: [Fact("daypart", "evening")]),
)
