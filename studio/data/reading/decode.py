"""The bytes of a text file as text, decided on the whole file, and never silently wrong.

Knows no table: what the text means is for others to say.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from studio.data.reading.headers import known
from studio.errors import StudioError

BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CLAIMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}  # what a mark says, when it may be wrong
LEGACY = ("gb18030", "big5hkscs", "cp932", "euc_jp", "euc_kr", "cp1252")
UTF16 = ("utf-16-le", "utf-16-be")
ENCODINGS = ("utf-8", *LEGACY, *UTF16, "iso2022_jp")  # those that a person may name
ALIASES = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs",
           "shift_jis": "cp932", "sjis": "cp932", "latin_1": "cp1252", "utf_8_sig": "utf-8-sig"}  # fmt: skip
ASCII = re.compile("[\\x00-\\x7f]+")
SAMPLE = 20_000  # characters weighed; all of them are decoded
SURE = 1.7  # how many times more everyday than any other reading a text must be
CHOICES = 3
PREVIEW = 40  # characters
# The characters that real text is full of and that bytes read in the wrong encoding hit only by accident.
COMMON = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当"
    "没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应"
    "向头文体美相见被利什二等产或新己制身果加西月话合回特代内信表化老给世位次门任常先海通教儿东声提立及比员解水名真论处走义各入几口认条平系气题活"
    "吃喝味茶奶甜店送服务态度差评价贵便宜便买快慢糖冰杯热冷份量配送员外卖菜饭肉汤面包客户标签类别内容答案请再还是感觉推荐喜欢"
    "這個們來為國說時會對過發後裡種經麼學現當沒動還進樣實從無與長機開關點應問間話兩將見給體嗎請讓員價錢買賣東頭業產電車馬語謝"
    "，。！？、；：“”‘’（）《》【】…～—·"
    "ぁあぃいうえおかがきぎくぐけげこごさざしじすずせぜそぞただちっつづてでとどなにのはばひびふへほまみむめもやゆよらりるれろわをん"
    "이다는을를가에의은고하지기도로한나서어아사리그라자인시해스대일전보게수들있없좋맛"
    "アイウエオカキクケコサシスセソタチッツテトナニノハヒフヘホマミムメモャヤュユョヨラリルレロワンガギグゲゴザジズゼゾダデドバビブベボパピプペポーァィェォ"
)


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text without its byte order mark, and the encoding's name as Python knows it.

    Byte order mark, then strict UTF-8, then the old encodings weighed against each other by how many of their
    characters are everyday ones (GB18030 decodes nearly anything, so that it decodes proves nothing). In an `encoding`
    that a person named, what cannot be read becomes U+FFFD.
    Raises StudioError data.which_encoding with three readings to choose from, data.not_text, data.no_such_encoding.
    """
    if encoding:
        return _as_told(data, encoding)
    for mark, name in BOMS:
        if data.startswith(mark):
            return (
                (text, name)
                if (text := _strict(data, name)) is not None
                else _weigh(data.removeprefix(mark), CLAIMS.get(mark, "utf-8"))
            )
    if halved := _plain_utf16(data):
        return (text, halved) if (text := _strict(data, halved)) is not None else _weigh(data, halved)
    if b"\x1b$" in data and (text := _strict(data, "iso2022_jp")) is not None:
        return text, "iso2022_jp"
    text = _strict(data, "utf-8")
    if text is None:
        return _weigh(data)
    if "\0" in text:
        if any(everyday(wide) > 0.2 for wide in _wide(data)):
            return _weigh(data)
        if text.count("\0") > len(text) // 100 + 8:
            raise StudioError("data.not_text")
    return text, "utf-8"


def _as_told(data: bytes, encoding: str) -> tuple[str, str]:
    name = encoding.strip().casefold().replace("-", "_")
    known_as = {one.replace("-", "_"): one for one in (*ENCODINGS, *(mark for _, mark in BOMS))}
    found = known_as.get(ALIASES.get(name, name).replace("-", "_"))
    if found is None:
        raise StudioError("data.no_such_encoding", encoding=encoding[:40], encodings="、".join(ENCODINGS))
    return data.decode(found, "replace").removeprefix("\ufeff"), found


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _plain_utf16(data: bytes) -> str | None:
    """UTF-16 without its mark and mostly ASCII, which is half NULs: the name, or None."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if len(data) % 2 or max(even, odd) <= len(data) // 5 or min(even, odd) > len(data) // 50:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _wide(data: bytes) -> list[str]:
    """The readings as UTF-16."""
    return [text for name in UTF16 if len(data) % 2 == 0 and (text := _strict(data, name)) is not None]


def _weigh(data: bytes, claim: str = "utf-8") -> tuple[str, str]:
    """The old encoding in which the text is most everyday, where what the file claims to be is not true.

    Raises StudioError data.which_encoding, data.not_text.
    """
    scores: list[tuple[float, str, str]] = []
    for name in (*LEGACY, *(UTF16 if len(data) % 2 == 0 else ())):
        text = _strict(data, name)
        if text is not None:
            scores.append((_latin(text) if name == "cp1252" else everyday(text), text, name))
    scores.sort(key=lambda entry: entry[0], reverse=True)
    best = scores[0][0] if scores else 0.0
    second = next((score for score, text, _ in scores[1:] if text != scores[0][1]), 0.0)
    if best >= 0.2 and best >= SURE * second and not _unwritten(scores[0][1]):
        return scores[0][1], scores[0][2]
    raise _question(data, scores, claim)


def _question(data: bytes, scores: list[tuple[float, str, str]], claim: str) -> StudioError:
    """Which encoding is it? With the likeliest readings; or that this is no text at all."""
    readings = [(score, text, name) for score, text, name in scores if not _unwritten(text)]
    for name in dict.fromkeys(
        (claim, "utf-8", "gb18030", "big5hkscs", "cp932")
    ):  # what they leave unread counts against them
        if len(readings) < CHOICES + 1 and name not in [other for *_, other in readings]:
            text = data.decode(name, "replace")
            if not _unwritten(text) and text.count("\ufffd") < len(text) / 4:
                readings.append((everyday(text) - text.count("\ufffd") / len(text), text, name))
    readings.sort(key=lambda reading: reading[0], reverse=True)
    long = len(data) > 1000
    candidates: list[tuple[str, str]] = []
    for score, text, name in readings:
        preview = _preview(text)
        if preview not in [seen for _, seen in candidates] and (score > 0.05 or not long):
            candidates.append((name, preview))
    if not candidates:
        return StudioError("data.not_text")
    candidates = candidates[:CHOICES]
    choices = " / ".join(f"{name}: {preview}" for name, preview in candidates)
    return StudioError("data.which_encoding", choices=choices, candidates=[list(one) for one in candidates])


def _unwritten(text: str) -> bool:
    """Whether the text holds so many control or unassigned characters that nobody wrote it."""
    head = text[:SAMPLE]
    odd = sum(unicodedata.category(char) in ("Cc", "Cn", "Co") and char not in "\t\n\r\f" for char in head)
    return odd > len(head) / 50


def _preview(text: str) -> str:
    """The first words beyond ASCII with what stands around them."""
    place = next((i for i, char in enumerate(text) if char > "\x7f"), 0)
    start = max(text.rfind("\n", 0, place) + 1, place - PREVIEW // 2)
    return " ".join(text[start : start + PREVIEW].split())


def everyday(text: str) -> float:
    """The share of characters beyond ASCII that are everyday ones, and more for a header that is known."""
    foreign = ASCII.sub("", text)
    foreign = foreign[:: len(foreign) // SAMPLE + 1]
    if not foreign:
        return 0.0
    first = text.lstrip()[:1000].splitlines()[0]
    named = any(known(cell) for mark in ",;\t|" for cell in first.split(mark) if not cell.isascii())
    hits = sum(char in COMMON for char in foreign)
    return (hits if hits > 1 else 0) / len(foreign) + (0.5 if named else 0.0)


def _latin(text: str) -> float:
    """The share of characters beyond ASCII that are accented letters or quotes alone among ASCII, as in `café`."""
    if len(ASCII.sub("", text)) >= 0.3 * len(text):
        return 0.0
    foreign = alone = 0
    for before, char, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if char > "\x7f":
            foreign += 1
            letter = unicodedata.category(char) == "Ll" and (before + after).isascii()
            alone += letter or char in "‘’“”–—…€"
        elif char < " " and char not in "\t\n\r":
            return 0.0
    return alone / foreign if foreign else 0.0
