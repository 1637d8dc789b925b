"""A text as words: Chinese by rjieba's dictionary, other scripts at what is no letter or digit.

Knows no measure.
"""

from __future__ import annotations

import re
import unicodedata

PIECE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[^\W_\u3400-\u4dbf\u4e00-\u9fff]+")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
NAMING = ("n", "eng", "i", "l")  # rjieba's kinds of words that name something: nouns, Latin words, idioms


def words(text: str) -> list[str]:
    """Without signs and in lower case; of English the same as rouge-score's."""
    import rjieba

    plain = unicodedata.normalize("NFKC", text).casefold()
    found: list[str] = []
    for piece in PIECE.findall(plain):
        found += rjieba.cut(piece) if HAN.match(piece) else [piece]
    return found


def names(text: str) -> set[str]:
    """The words of a text that name something: Chinese nouns of two characters or more, Latin words that are written
    with a capital or a digit."""
    import rjieba

    found = {
        word
        for word, kind in rjieba.tag(text)
        if len(word) > 1 and kind.startswith(NAMING) and (HAN.search(word) or word != word.lower())
    }
    first = PIECE.search(text)  # a sentence begins with a capital
    return found - {first[0]} if first and not HAN.search(first[0]) else found
