"""Whether a line asks something, by its sign or its words, and what only numbers, adorns or parts lines.

Knows no file and no form of one.
"""

from __future__ import annotations

import re

LONGEST = 200  # characters of a question
_SIGN = re.compile(r"[?？؟][\"'”’」』)）\]】*_\s]*$")
_ZH = re.compile(
    r"[吗嗎呢么麼]$|怎[么麼样樣]|如何|什[么麼]|甚麼|多[久少长大远]|哪[里些个儿家款]|[几幾][点點天个個时時折]|能不能|可不可以|可否|是否|有没有|有沒有|为什么|為什麼|谁"
)
_EN = re.compile(
    r"(?:how|what|why|when|where|who|which|can|could|do|does|did|is|are|will|would|may|should|have)\b", re.I
)
_ADORNED = re.compile(
    r"^[\s*_#>•·\-–—]*(?:\*\*|__)?(?:\d{1,3}\s*[.、)）:：．]\s*|[（(]\d{1,3}[)）]\s*|[一二三四五六七八九十]{1,3}、\s*)?(?:\*\*|__)?\s*"
)
_ASKER = re.compile(r"^[【\[(（]?(?:问题?|問題?|提问|Q|Question)\s*\d{0,3}\s*[】\])）]?\s*[:：.、]\s*", re.I)
_RULE = re.compile(r"\s*([-*_=~#—─━])(?:\s*\1){2,}\s*")


def rules(line: str) -> bool:
    """Whether the line is nothing but a separator: ===, ---, * * *."""
    return bool(_RULE.fullmatch(line))


def bare(line: str) -> str:
    """The question without its number, its stars and the word that says it is one: `**3. Q: How long?**` → How long?"""
    plain = _ADORNED.sub("", line.strip()).rstrip("*_ #\t")
    return _ASKER.sub("", plain) or plain


def asks(line: str) -> bool:
    """Whether the line is one question; a line of several sentences, or one that somebody is quoted with, is none."""
    plain = bare(line)
    if not plain or len(plain) > LONGEST or plain[0] in "\"“「『‘'":
        return False
    if re.search(r"[。！]|[.!] ", plain[:-1]):
        return False
    if _SIGN.search(line):
        return True
    return plain[-1] not in "。.！!；;：:，," and bool(
        _EN.match(plain) if plain.isascii() else _ZH.search(plain) and len(plain) <= 40
    )
