"""What a messenger hands out as text: WhatsApp, QQ and WeChat, each message behind its time and who wrote it.

Knows no table; who of the two writers is the shop is decided in `writers`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.data.reading.grid import Grid
from studio.data.reading.shapes.speakers import speaker_of
from studio.data.reading.texts.media import is_media
from studio.data.reading.texts.talked import Said, talked
from studio.data.reading.texts.writers import shop_of
from studio.errors import StudioError

_DATE = r"(?P<day>\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?|\d{4}年\d{1,2}月\d{1,2}日)"
_HALF = r"(?:上午|下午|凌晨|早上|中午|晚上|am|pm|AM|PM)"
_TIME = rf"(?:{_HALF}\s?)?\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?(?:\s?(?:[AaPp]\.?\s?[Mm]\.?|{_HALF}))?"
_WHO = r"(?P<who>[^:：\n]{1,60}?)"
_SAYS = rf"(?:{_WHO}[:：](?:\s(?P<said>.*)|(?P<none>)$)|(?P<notice>.+)$)"
MARKS = str.maketrans("\u202f\u00a0\u2007", "   ", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = "\u200e"  # stands before what the messenger wrote itself
LEVELS = frozenset({"info", "warn", "warning", "error", "debug", "trace", "fatal", "critical", "notice"})
_WITH = re.compile(r"(?:消息对象|消息對象)\s*[:：]\s*(?P<customer>.+)")
_RULE = re.compile(r"[=\-—*_]{6,}$|消息分组\s*[:：]|消息记录|消息記錄")
MOST_WRITERS = 400
MOST_NAMED = 6  # of them, where they are too many to be a customer and a shop
FEWEST = 4  # messages
LOOKED_AT = 200_000  # characters, for ways to begin a message
LONGEST_HEAD = 200  # characters


@dataclass(frozen=True)
class _Way:
    """How a message begins. `below`: its words stand on the lines below it; else behind the colon."""

    begins: re.Pattern[str]
    below: bool = False
    known: bool = False  # whether somebody must be called a customer or a shop, because programs write so too

    def begin(self, line: str) -> re.Match[str] | None:
        return None if self.below and len(line) > LONGEST_HEAD else self.begins.match(line.strip())


WAYS = (
    _Way(re.compile(rf"\u200e?\[{_DATE},?\s{_TIME}\]\s?{_SAYS}")),
    _Way(re.compile(rf"\u200e?{_DATE},?\s{_TIME}\s[-–]\s{_SAYS}")),
    _Way(
        re.compile(rf"{_DATE}\s{_TIME}\s+(?P<who>\S.{{0,60}}?)\s*(?:\([^()]{{3,60}}\)|<[^<>]{{3,60}}>)?\s*$"),
        below=True,
    ),
    _Way(re.compile(rf"{_DATE}\s{_TIME}\s+{_WHO}[:：]\s*(?P<said>.*)$"), known=True),
)


@dataclass
class Message:
    """`who` is empty for a notice. `chat`: the part of the file that is kept with one customer, where it says so."""

    number: int
    day: str
    who: str
    chat: str
    lines: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "\n".join(self.lines).strip()


def read_chatlog(text: str, encoding: str) -> Grid | None:
    """The conversations with a customer, day by day; None for any other text, and for one that a single person wrote.

    Raises StudioError data.group_chat where several write, again and again, and none of them is called the shop.
    """
    head = text[:LOOKED_AT].translate(MARKS).split("\n")
    way = next((way for way in WAYS if _fits(way, head)), None)
    messages = _messages(way, text.translate(MARKS).split("\n")) if way else []
    told = [one for one in messages if one.who and not is_media(one.words)]
    names = {one.who for one in told}
    if len(told) < FEWEST or not way or (way.known and not any(map(speaker_of, names))):
        return None
    if len(names) > MOST_WRITERS or any(word in LEVELS for name in names for word in re.split(r"\W+", name.casefold())):
        return None
    shop = shop_of([(one.chat, one.day, one.who) for one in told])
    if shop is None:
        _check_no_group(told)
        return None
    grid = talked(_said(told, shop), encoding)
    grid.notes.append({"reason": "data.who_answers", "who": shop[:80]})
    if left := len(messages) - len(told):
        grid.notes.append({"reason": "data.notices_left_out", "n": left})
    return grid


def _check_no_group(told: Sequence[Message]) -> None:
    """Opinions behind a time and a name are no chat: there hardly anybody writes twice."""
    names = list(dict.fromkeys(one.who for one in told))
    if 2 < len(names) <= len(told) / 2:
        named = "、".join(name[:20] for name in names[:MOST_NAMED])
        raise StudioError("data.group_chat", writers=len(names), names=named + "…" * (len(names) > MOST_NAMED))


def _fits(way: _Way, lines: Sequence[str]) -> bool:
    """Whether a message begins on one of the first lines, and often enough further on."""
    full = [line for line in lines if line.strip()][:2000]
    places = [place for place, line in enumerate(full) if way.begin(line)]
    return len(places) >= FEWEST and places[0] < 10 and len(places) >= 0.2 * len(full)


def _messages(way: _Way, lines: Sequence[str]) -> list[Message]:
    messages: list[Message] = []
    chat = ""
    for number, line in enumerate(lines, 1):
        if found := way.begin(line):
            held = found.groupdict()
            said = held.get("said") or ""
            written = held.get("notice") is None and not said.startswith(UNSEEN)
            who = (held["who"] or "").strip(" ~\u200e") if written else ""
            messages.append(Message(number, found["day"], who, chat, [said] if said else []))
        elif _WITH.match(line.strip()) or _RULE.match(line.strip()):
            customer = _WITH.match(line.strip())
            chat = customer["customer"].strip() if customer else chat
        elif messages:
            messages[-1].lines.append(line.rstrip())
    return messages


def _said(messages: Sequence[Message], shop: str) -> list[Said]:
    """A new conversation begins with what a customer writes on another day."""
    said: list[Said] = []
    talk, last = 0, ("", "")
    for one in messages:
        place = (one.chat, one.day)
        if place != last and (one.who != shop or one.chat != last[0]):
            talk, last = talk + 1, place
        said.append(Said(one.number, str(talk), "assistant" if one.who == shop else "user", one.words))
    return said
