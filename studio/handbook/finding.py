"""The passages that speak of what is asked: BM25 (Robertson and Zaragoza 2009; bm25s, arXiv 2407.03618) over words,
characters and pairs of these, so that neither a word cut differently nor one that no dictionary has is missed; and by
what they mean, where a model is there that tells it.

Knows no model by name and no file.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from operator import mul

from studio.contract import Meanings
from studio.handbook.cutting import Passage

MOST = 3  # passages for a question
WORD = re.compile(r"[^\W_]+(?:[.,:%][^\W_]+)*%?")
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
WORTH = 0.45  # of the best passage's score: below, a passage is more likely to mislead than to help
KNOWN = 0.25  # of what a question asks, weighed by rarity; a passage with less tells something else
UNHEARD = 0.6  # of the rarest word's weight: that of one which the handbook does not have, and may say otherwise
NEAR = 0.45  # the product of two meanings: so near, a passage speaks of it in other words (measured on MiniLM)
FAR = 0.2  # … so far apart, its words are the same by chance
RANKS = 60  # how little the first few places differ, in the sum of ranks (Cormack, Clarke and Büttcher 2009)
COMMON = "common.txt"  # beside this file: what questions are asked with, and says nothing of what is asked


@cache
def common() -> frozenset[str]:
    return frozenset(files("studio.handbook").joinpath(COMMON).read_text(encoding="utf-8").split())


def words(text: str) -> list[str]:
    """What a text is found by: its words, English ones by their stems; of Chinese ones also their characters and the
    pairs of neighbours among these. What is only asked with is left out."""
    found: list[str] = []
    run = ""
    for word in _cut(text):
        if not word:
            run = ""
        elif HAN.fullmatch(word):
            pairs = run[-1:] + word
            found += [word] if len(word) > 2 else []
            found += [*word, *(pairs[at : at + 2] for at in range(len(pairs) - 1))]
            run = word
        else:
            found.append(_stem(word))
            run = ""
    return found


def _cut(text: str) -> Iterator[str]:
    """Its words in their order; "" for what is left out."""
    import rjieba  # here: its dictionary takes a third of a second

    for word in rjieba.cut(unicodedata.normalize("NFKC", text).casefold()):
        yield word if WORD.fullmatch(word) and word not in common() else ""


def _stem(word: str) -> str:
    """refunds is refund, cities is city."""
    if not word.isascii() or not word.isalpha() or len(word) < 4:
        return word
    for end, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(end) and len(word) - len(end) >= 3 and not word.endswith("ss"):
            return (word[: len(word) - len(end)] + instead).rstrip("e")
    return word.rstrip("e")


def _parts(question: str) -> list[str]:
    """Each word once; a longer Chinese one as its pairs."""
    found: list[str] = []
    for word in filter(None, _cut(question)):
        if not HAN.fullmatch(word):
            found.append(_stem(word))
        else:
            found += [word[at : at + 2] for at in range(max(len(word) - 1, 1))]
    return list(dict.fromkeys(found))


def _ranked(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda at: -scores[at])


def _fused(*orders: Sequence[int]) -> list[int]:
    """All places by the sum of their reciprocal ranks."""
    sums: dict[int, float] = defaultdict(float)
    for order in orders:
        for rank, at in enumerate(order, 1):
            sums[at] += 1 / (RANKS + rank)
    return sorted(sums, key=lambda at: -sums[at])


class Finder:
    """The passages of one handbook, or of several as one. `meanings` are asked where they read what it says."""

    def __init__(self, passages: Sequence[Passage], meanings: Meanings | None = None) -> None:
        import bm25s

        self.passages = list(passages)
        told = [one.told for one in passages]
        self._meanings = meanings if meanings and meanings.reads(told) else None
        self._meant = self._meanings(told) if self._meanings else ()
        texts = [words("\n".join((*one.under, one.text))) or [""] for one in passages]
        self._has = [frozenset(one) for one in texts]
        self._index = bm25s.BM25(method="lucene")
        self._index.index(texts, show_progress=False)
        self._rarity = self._rarities(texts)
        self._rarest = max(self._rarity.values())

    def find(self, question: str, most: int = MOST) -> list[Passage]:
        """The passages that speak of it, the likeliest first; none where the handbook does not."""
        scores = self._scores(question)
        least = WORTH * max(scores)
        told = [score > 0 and score >= least and self._speaks(at, question) for at, score in enumerate(scores)]
        if self._meanings is None or not (meant := self._meanings([question])):
            return [self.passages[at] for at in _ranked(scores)[:most] if told[at]]
        near = [math.fsum(map(mul, meant[0], one)) for one in self._meant]
        places = _fused(_ranked(near), [at for at in _ranked(scores) if scores[at] > 0])
        found = [at for at in places if near[at] >= NEAR or told[at] and near[at] >= FAR]
        return [self.passages[at] for at in found[:most]]

    def _scores(self, question: str) -> list[float]:
        known = [word for word in dict.fromkeys(words(question)) if word in self._rarity]
        return self._index.get_scores(known).tolist() if known else [0.0] * len(self.passages)

    def _speaks(self, place: int, question: str) -> bool:
        """Whether a passage has enough of what is asked. Of a pair of characters it may have them apart, which tells
        half as much."""
        has = self._has[place]
        wanted = got = 0.0
        for part in _parts(question):
            weight = self._rarity.get(part, UNHEARD * self._rarest)
            apart = sum(letter in has for letter in part) / 4 if HAN.match(part) and len(part) == 2 else 0.0
            wanted += weight
            got += weight * (1.0 if part in has else apart)
        return got >= KNOWN * wanted

    @staticmethod
    def _rarities(texts: Sequence[Sequence[str]]) -> dict[str, float]:
        """How much a word tells: log((N + 1) / n) for one in n of N passages."""
        count = Counter(word for text in texts for word in set(text))
        return {word: math.log((len(texts) + 1) / number) for word, number in count.items()}
