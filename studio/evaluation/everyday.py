"""A hundred everyday questions with what shows that an answer is right, to see whether anything was forgotten.

Knows no run. The questions are in `everyday.toml`; none of them is rehearsed in training.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("everyday.toml")
NUMERAL = "零〇一二两三四五六七八九十百千万0-9"


@dataclass(frozen=True)
class Everyday:
    """A question, and the pieces of which a right answer says at least one."""

    text: str
    accepted: tuple[str, ...]

    def is_answered(self, answer: str) -> bool:
        """Whether the answer is right. A piece in Latin letters stands as a whole word, a numeral as a whole number."""
        said = _plain(answer)
        return any(re.search(_whole(_plain(piece)), said) for piece in self.accepted)


@cache
def questions() -> tuple[Everyday, ...]:
    """Fifty in Chinese, fifty in English."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(Everyday(text, tuple(accepted)) for rows in found.values() for text, *accepted in rows)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _whole(piece: str) -> str:
    if re.fullmatch(f"[{NUMERAL},]+", piece):
        return f"(?<![{NUMERAL}]){piece}(?![{NUMERAL}])"
    return rf"\b{re.escape(piece)}\b" if piece.isascii() else re.escape(piece)
