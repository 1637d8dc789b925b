"""Numbers in any script and spelling, rewritten in Arabic digits where they stand: 一千二 → 1200, twenty-five → 25.

Knows no units and no facts.

English is read by `text2num`. No library is used for Chinese: `cn2an` installs folders named `build` and `src` beside
all other packages, `pycnnum` reads 二〇二六 as 6, `wetext` weighs 50 MB; and `unicodedata` knows what a sign is worth.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction

from text_to_num import alpha2digit

from studio.evaluation.language import NOT_NUMBERS

_SIGNS = "零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟廿卅幺仨萬億兩"
_WORTH = {sign: int(unicodedata.numeric(sign)) for sign in _SIGNS} | {"两": 2, "俩": 2}
_ANY = "".join(_WORTH)
_DIGIT = "零〇一二两三四五六七八九幺"
_MEASURE = (
    "[个份杯张次位家款瓶只块件种条盒间双碗盘片包支台套节袋颗粒箱名场桶层楼号元毛角分"
    "秒天周年月斤克升米里寸岁倍折对人桌把辆趟晚罐课]"
)
_RUN = re.compile(
    rf"(?:\d+(?:\.\d+)?(?=[十百千万亿]))?[{_ANY}](?:[{_ANY}]|(?<=[百千万亿])\d(?![\d.:])){{0,24}}"
    rf"(?:点(?P<decimals>[{_DIGIT}]+)(?![十百分刻]))?"
)
_APART = re.compile(r"(?<=[一二三四五六七八九])(?=[一二三四五六七八九][十百千])")  # 科目一九十分: a name and a number
_SINGLE = re.compile(  # 一 is a number before a measure and after what counts or orders, elsewhere a part of a word
    r"(?<=[第周期拜买送选比满减线到至目对~-])一(?!点(?![半钟整])|下|起|般|定|样|直)|(?<=[午上晚晨])一(?=点)|(?<=分之)一"
    rf"|一(?={_MEASURE}|[小刻公毫千平半]|点[半钟整\d])|零(?=[度元分])"
)
_ABOUT = re.compile(rf"(?:一二|二三|两三|三四|四五|五六|六七|七八|八九)(?={_MEASURE})(?!折)")  # 三四天: three to four
_AFTER_DECIMALS = re.compile(r"[元块公千毫厘升米克斤倍%折度]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe0f\ufeff\U000f0000-\U0010ffff]")
_ENDLESS = re.compile(r"(\d{40})\d+")
_VULGAR = re.compile(r"(\d{0,9})([¼-¾⅐-⅞])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_LARGE = re.compile(r"(\d+(?:\.\d+)?)(?: (100|1000|1000000)|k)\b")
_PART = re.compile(r"\b(an?|one|two|three|1|2|3)[ -](third|quarter|fifth|tenth)s?\b(?! (?:of an hour|past|to)\b)")
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}


def folded(text: str) -> str:
    """`text` in one width, without invisible letters; ½ becomes 1/2."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", _VULGAR.sub(_vulgar, text))).replace("’", "'")


def in_digits(text: str) -> str:
    """`text`, in small letters, with each number in digits; words that only hold a numeral stay: 三文鱼, no one."""
    text = _ENDLESS.sub(r"\1", _THOUSANDS.sub("", text))
    text = _outside(NOT_NUMBERS, text, _english)
    return _ENDLESS.sub(r"\1", _outside(NOT_NUMBERS, text, lambda piece: _RUN.sub(_chinese, _APART.sub(" ", piece))))


def _outside(pattern: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """`text` with all that `pattern` does not find changed."""
    done, at = [], 0
    for found in pattern.finditer(text):
        done += [change(text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*done, change(text[at:])])


def _english(text: str) -> str:
    if not re.search("[a-z]", text):
        return text
    text = _PART.sub(lambda found: f"{_COUNTS.get(found[1], found[1])}/{_PARTS[found[2]]}", text)
    text = alpha2digit(text, "en", 0)
    return _LARGE.sub(lambda found: _plain(Fraction(found[1]) * int(found[2] or 1000)), text)


def _chinese(found: re.Match[str]) -> str:
    text, start, end = found.string, found.start(), found.end()
    decimals = found["decimals"] or ""
    run = found[0].removesuffix(f"点{decimals}") if decimals else found[0]
    whole = "".join(str(_WORTH[sign]) for sign in run) if set(run) <= set(_DIGIT) else _plain(_worth(run))
    if decimals:
        told = "".join(str(_WORTH[sign]) for sign in decimals)
        is_time = re.fullmatch("0.", told) and int(whole) <= 24 and not _AFTER_DECIMALS.match(text, end)
        return f"{whole}点{told}" if is_time else f"{whole}.{told}"
    if run in "一零" and not _SINGLE.match(text, start):
        return run
    if _ABOUT.match(text, start):
        return f"{whole[0]}-{whole[1]}"
    return f"{' ' * text[start - 1 : start].isdecimal()}{whole}{' ' * text[end : end + 1].isdecimal()}"


def _worth(run: str) -> Fraction:
    """What a number with 十百千万亿 is worth; 一千二 is 1200 and 一千零二 1002."""
    total = section = Fraction(0)  # all above 万, and what 万 or 亿 will multiply
    digit: Fraction | None = None
    unit = 10  # of the last sign; a digit that ends the number counts tenths of it
    for piece in re.findall(r"\d+(?:\.\d+)?|.", run):
        value = Fraction(_WORTH.get(piece, piece))
        if piece.isdecimal() or "." in piece or 0 < value < 10:
            digit = value
        elif value == 0:
            unit = 10
        elif value in (20, 30):  # 廿, 卅
            section, digit, unit = section + value, None, 10
        elif value < 10_000:
            section, digit, unit = section + value * (1 if digit is None else digit), None, int(value)
        else:
            section += digit or 0
            total = (total + section or 1) * value if value > 10_000 else total + (section or 1) * value
            section, digit, unit = Fraction(0), None, int(value)
    return total + section + (digit or 0) * (unit // 10)


def _vulgar(found: re.Match[str]) -> str:
    part = Fraction(unicodedata.numeric(found[2])).limit_denominator(100)
    return _plain(int(found[1]) + part) if found[1] else f"{part.numerator}/{part.denominator}"


def _plain(number: Fraction) -> str:
    """The number as digits with a point."""
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.6g}"
