"""The bytes of a text file as text, decided on the whole file, and never silently wrong.

Knows no table: what the text means is for others to say.
"""

from __future__ import annotations

import codecs
import unicodedata

from studio.data.headers import known
from studio.errors import StudioError

BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LEGACY = ("gb18030", "big5hkscs", "shift_jis", "cp1252")
UTF16 = ("utf-16-le", "utf-16-be")
SAMPLE = 20_000  # characters weighed; all of them are decoded
# The characters that real text is full of and that bytes read in the wrong encoding hit only by accident.
COMMON = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当"
    "没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应"
    "向头文体美相见被利什二等产或新己制身果加西月话合回特代内信表化老给世位次门任常先海通教儿东声提立及比员解水名真论处走义各入几口认条平系气题活"
    "吃喝味茶奶甜店送服务态度差评价贵便宜便买快慢糖冰杯热冷份量配送员外卖菜饭肉汤面包客户标签类别内容答案请再还是感觉推荐喜欢"
    "這個們來為國說時會對過發後裡種經麼學現當沒動還進樣實從無與長機開關點應問間話兩將見給體嗎請讓員價錢買賣東頭業產電車馬語謝"
    "，。！？、；：“”‘’（）《》【】…～—·"
    "ぁあぃいうえおかがきぎくぐけげこごさざしじすずせぜそぞただちっつづてでとどなにのはばひびふへほまみむめもやゆよらりるれろわをん"
    "アイウエオカキクケコサシスセソタチッツテトナニノハヒフヘホマミムメモャヤュユョヨラリルレロワンガギグゲゴザジズゼゾダデドバビブベボパピプペポーァィェォ"
)


def decode(data: bytes) -> tuple[str, str]:
    """The text without its byte order mark, and the encoding's name as Python knows it.

    Byte order mark, then strict UTF-8, then the old encodings weighed against each other by how many of their
    characters are everyday ones (GB18030 decodes nearly anything, so that it decodes proves nothing).
    Raises StudioError data.broken_encoding or data.unsure_encoding.
    """
    for mark, name in BOMS:
        if data.startswith(mark):
            return _strict(data, name), name
    if halved := _plain_utf16(data):
        return _strict(data, halved), halved
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _weigh(data, error.start)
    if text.count("\0") > len(text) // 100 + 8:
        raise StudioError("data.not_text")
    return text, "utf-8"


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise StudioError("data.broken_encoding", encoding=name, place=error.start) from error


def _plain_utf16(data: bytes) -> str | None:
    """UTF-16 without its mark and mostly ASCII, which is half NULs: the name, or None."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if len(data) % 2 or max(even, odd) <= len(data) // 5 or min(even, odd) > len(data) // 50:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _weigh(data: bytes, place: int) -> tuple[str, str]:
    """The old encoding in which the text is most everyday. Raises StudioError data.unsure_encoding, data.not_text."""
    scores: list[tuple[float, str, str]] = []
    for name in (*LEGACY, *(UTF16 if len(data) % 2 == 0 else ())):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        scores.append((_latin(text) if name == "cp1252" else _everyday(text), text, name))
    scores.sort(key=lambda entry: entry[0], reverse=True)
    best = scores[0][0] if scores else 0.0
    second = next((score for score, text, _ in scores[1:] if text != scores[0][1]), 0.0)
    if best < 0.2 or best < 1.7 * second:
        raise StudioError("data.not_text" if b"\0" in data else "data.unsure_encoding", place=place)
    return scores[0][1], scores[0][2]


def _everyday(text: str) -> float:
    """The share of characters beyond ASCII that are everyday ones, and more for a header that is known."""
    foreign = [char for char in text if char > "\x7f"]
    foreign = foreign[:: len(foreign) // SAMPLE + 1]
    if not foreign:
        return 0.0
    first = text.lstrip().splitlines()[0]
    named = any(known(cell) for mark in ",;\t|" for cell in first.split(mark) if not cell.isascii())
    hits = sum(char in COMMON for char in foreign)
    return (hits if hits > 1 else 0) / len(foreign) + (0.5 if named else 0.0)


def _latin(text: str) -> float:
    """The share of characters beyond ASCII that are accented letters or quotes alone among ASCII, as in `café`."""
    foreign = alone = 0
    for before, char, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if char > "\x7f":
            foreign += 1
            letter = unicodedata.category(char) == "Ll" and (before + after).isascii()
            alone += letter or char in "‘’“”–—…€"
        elif char < " " and char not in "\t\n\r":
            return 0.0
    return alone / foreign if foreign and foreign < 0.3 * len(text) else 0.0
