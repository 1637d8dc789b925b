"""Personal data in a text: phones, ids, bank cards, e-mail, WeChat, QQ, plates and addresses, and a mask for each.

Knows no row. It would rather miss an odd spelling than call a price, an order number or a time of day a phone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, get_args

from studio.words import Lang, say

Kind = Literal["identity", "card", "phone", "email", "wechat", "qq", "plate", "address"]
NEVER_PUBLIC: frozenset[Kind] = frozenset({"identity", "card", "plate"})  # what no shop tells about itself


@dataclass(frozen=True)
class Span:
    """Where in the text what stands."""

    start: int
    end: int
    kind: Kind
    value: str  # without spaces and dashes, to be compared


HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # each character in its place
PROMISING = re.compile(r"[\d@＠]|信|wechat|weixin|[vw]x", re.IGNORECASE)  # without one of these nothing is personal
_ID = r"[A-Za-z][-_A-Za-z0-9]{4,19}"
HAN = re.compile("[\u4e00-\u9fff]")
_NUMBERED = re.compile(
    r"(?:单号|订单|编号|运单|快递|条码|流水|货号|券码|兑换码|款号|型号|order|tracking|no\.?|sku|isbn)[^，。,;；\n]{0,6}$",
    re.IGNORECASE,
)
_MONEY = re.compile(r"\s*(?:元|块|万|份|杯|%|分钟|ml|克|kg)", re.IGNORECASE)
IDENTITY = re.compile(
    r"(?<![\dA-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
CARD = re.compile(r"(?<![\dA-Za-z.-])(?:6\d|4\d|5[1-5]|9558|9559)(?:[ -]?\d){11,17}(?![\dA-Za-z]|-\d)")
MOBILE = re.compile(
    r"(?<![\d.])(?<![A-Z]{2})(?<!\d-)(?:\+?86[- ]?|0086[- ]?)?1[3-9]\d(?:\d{8}|([- ])\d{4}\1\d{4})(?!\d|[.-]\d)"
)
LANDLINE = re.compile(r"(?<![\d.-])(?:\(0\d{2,3}\)\s?|0\d{2,3}[- ])[2-9]\d{2,3}[- ]?\d{4}(?:[-转]\d{1,4})?(?![\d-])")
LANDLINE_NAMED = re.compile(r"(?:电话|座机|tel|phone)[^\d，。,\n]{0,4}(0\d{9,11}|[2-9]\d{6,7})(?![\d-])", re.IGNORECASE)
ABROAD = re.compile(r"(?<![\d+])\+(?!86)[1-9]\d{0,2}[-. ]?(?:\(\d{1,4}\)[-. ]?)?\d(?:[-. ]?\d){6,11}(?!\d)")
AMERICAN = re.compile(r"(?<![\d-])(?:\([2-9]\d{2}\) ?|(?!400|800)[2-9]\d{2}-)[2-9]\d{2}-\d{4}(?![\d-])")
EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,12}(?![A-Za-z0-9@])", re.ASCII)
_APP = "微信|薇信|威信|v信|vx|wx|wechat|weixin"
WECHAT = re.compile(
    rf"(?:{_APP})\s?(?:号码?|id|account)?\s?(?:[:：]|是|为|is|号)\s?({_ID})(?![-\w@.])"
    rf"|(?:加v|加我v|加微|{_APP})\s?(?:号|id)?\s?((?=[-_A-Za-z]*\d|[A-Za-z0-9]*_){_ID})(?![-\w@.])",
    re.IGNORECASE | re.ASCII,
)
QQ = re.compile(r"(?<![A-Za-z])(?:QQ|扣扣|企鹅)(?:号码?|群)?\s?[:：是]?\s?([1-9]\d{4,10})(?!\d)", re.IGNORECASE)
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•・ ]?"
    r"(?=[A-Z]{0,5}\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)
_HOUSE = r"(?:[A-Za-z]?\d{1,5}(?:-\d{1,4}){0,3}[A-Za-z]? ?(?:号院|号楼|号|弄|栋|幢|座|单元|楼|层|室|房))"
PLACE = re.compile(
    r"(?:大道|路|街|道|巷|弄|胡同|里|村|小区|花园|花苑|苑|公寓|大厦|广场|宿舍|新村|家园|城|园|府|庭|湾)"
    r"(?:[东南西北中]?[一二三四五六七八九十]?[段期区])? ?"
    rf"({_HOUSE}(?:[，, ]?{_HOUSE})*(?:\d{{3,4}}(?!\d))?)"
)
_FLAT = re.compile(r"(?:号院|号楼|号|弄|栋|幢|座|单元).*(?:栋|幢|座|单元|楼|层|室|房)|(?:栋|幢|号楼|座|单元)\d{3,4}")
_UNIT = re.compile(r"省|自治区|(?<![超城夜菜集都股门])市|(?<![小景校园社地片])区|县|镇|乡|街道|自治州")
_LED = re.compile(r"送到|送至|寄到|寄往|寄给|发到|发往|住在|家在|地址[是为]?|收货|[:：，。,;；！!？?\s]|在|住|到|是")
ABROAD_PLACE = re.compile(
    r"\b\d{1,5} (?:[NSEW]\.? )?(?:[A-Z][a-z]+ ){1,3}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Terrace|Way)\b\.?"
    r"(?:,? (?:Apt|Unit|Suite|Flat|#)\.? ?\w{1,6})?"
)


def find(text: str) -> list[Span]:
    """What is personal in the text, in its order, without overlaps: an id is no bank card, a WeChat name no e-mail."""
    found: list[Span] = []
    if not PROMISING.search(text):
        return found
    plain = text.translate(HALF_WIDTH)
    for look in LOOKS:
        for span in look(plain):
            if all(span.end <= other.start or other.end <= span.start for other in found):
                found.append(span)
    return sorted(found, key=lambda span: span.start)


def mask(text: str, lang: Lang, wanted: Callable[[Span], bool] = lambda span: True) -> str:
    """The text with a word in brackets for each wanted span."""
    for span in reversed(find(text)):
        if wanted(span):
            text = text[: span.start] + say(f"checkup.mask_{span.kind}", lang) + text[span.end :]
    return text


@cache
def masks() -> frozenset[str]:
    """The words in brackets that stand for what is masked."""
    return frozenset(say(f"checkup.mask_{kind}", lang) for kind in get_args(Kind) for lang in get_args(Lang))


def _span(found: re.Match[str], kind: Kind, group: int = 0) -> Span:
    value = re.sub(r"[\s()-]", "", found[group]).casefold()
    return Span(found.start(group), found.end(group), kind, value)


def _identities(text: str) -> Iterator[Span]:
    for found in IDENTITY.finditer(text):
        if _checks(found[0]):
            yield _span(found, "identity")


def _checks(number: str) -> bool:
    """Whether the last character of an id is the one that the others ask for, and its date of birth is one."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def _cards(text: str) -> Iterator[Span]:
    for found in CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        long_enough = (
            len(digits) == 16 if digits[0] in "45" and not digits.startswith("4367") else 16 <= len(digits) <= 19
        )
        if long_enough and _luhn(digits) and not _NUMBERED.search(text[: found.start()]):
            yield _span(found, "card")


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def _phones(text: str) -> Iterator[Span]:
    chinese = HAN.search(text) is not None
    for pattern in (MOBILE, LANDLINE, ABROAD, LANDLINE_NAMED, *(() if chinese else (AMERICAN,))):
        for found in pattern.finditer(text):
            numbered = _NUMBERED.search(text[: found.start()])
            if not numbered and not _MONEY.match(text[found.end() :]):
                yield _span(found, "phone", 1 if pattern is LANDLINE_NAMED else 0)


def _emails(text: str) -> Iterator[Span]:
    yield from (_span(found, "email") for found in EMAIL.finditer(text))


def _wechats(text: str) -> Iterator[Span]:
    yield from (_span(found, "wechat", 1 if found[1] else 2) for found in WECHAT.finditer(text))


def _qqs(text: str) -> Iterator[Span]:
    for found in QQ.finditer(text):
        if not _MONEY.match(text[found.end() :]):
            yield _span(found, "qq", 1)


def _plates(text: str) -> Iterator[Span]:
    yield from (_span(found, "plate") for found in PLATE.finditer(text))


def _addresses(text: str) -> Iterator[Span]:
    """A road or an estate with a number, and with the town before it or the flat behind it."""
    for found in PLACE.finditer(text):
        start = max(0, found.start() - 24)
        before = text[start : found.start()]
        led = list(_LED.finditer(before))
        start += led[-1].end() if led else len(before) - len(before.lstrip())
        name = text[start : found.start()]
        if name and (_FLAT.search(found[1]) or _UNIT.search(name)):
            yield Span(start, found.end(), "address", text[start : found.end()])
    for abroad in ABROAD_PLACE.finditer(text):
        yield _span(abroad, "address")


LOOKS: tuple[Callable[[str], Iterator[Span]], ...] = (
    _identities, _cards, _emails, _wechats, _qqs, _phones, _plates, _addresses,
)  # fmt: skip
