"""In which language a fact is told and asked for: Chinese, English, or another, for which there are no rules.

Knows no rule and no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

OTHER = ""  # any language that has no rule file: its own words alone, with nothing around them
HAN = re.compile(r"[㐀-䶿一-鿿]")
KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
UNIT = re.compile(r"[㐀-䶿一-鿿]|(?:(?![㐀-䶿一-鿿])[^\W_])+(?:['’](?:(?![㐀-䶿一-鿿])[^\W_])+)*")
ENGLISH = re.compile(r"\b(?:the|is|are|you|your|how|what|when|where|does|can|and|for|with)\b", re.IGNORECASE)
ENOUGH_ENGLISH = 0.04  # of the words of a sheet
# Words that are seldom in other languages: with one of them, a café is English.
ASKED_IN_ENGLISH = re.compile(
    r"\b(?:the|is|are|was|were|you|your|my|our|we|they|how|what|when|where|who|why|which|whose|does|did|can|could|would"
    r"|should|and|or|for|with|of|there|have|has|need|if|not|any|much|many|please|be|get|this|that|don't|it's|i'm)\b",
    re.IGNORECASE,
)
FOREIGN = re.compile(r"[¿¡]|(?![㐀-䶿一-鿿])[^\W\d_a-zA-Z]")


def units(text: str) -> tuple[str, ...]:
    """A Chinese character each, a word or number of other scripts each; in lower case."""
    return tuple(UNIT.findall(text.casefold()))


def of_facts(facts: Sequence[Sequence[str]]) -> list[str]:
    """The language of each fact, given by its questions and then its answer. What has no Chinese in it is told by all
    such facts together: “leather and fur” may be anybody's."""
    lines = [line for fact in facts for line in fact if not HAN.search(line)]
    english = sum(len(ENGLISH.findall(line)) for line in lines)
    latin = "en" if english > ENOUGH_ENGLISH * sum(len(units(line)) for line in lines) else OTHER

    def of(asked: str) -> str:
        if KANA_OR_HANGUL.search(asked):
            return OTHER
        if HAN.search(asked):
            return "zh"
        return OTHER if _foreign(asked) else latin

    return [of(" ".join(fact[:-1])) for fact in facts]


def of_question(question: str) -> str:
    """The language of a question that stands alone. Plain letters are taken for English: only a sheet could tell."""
    if KANA_OR_HANGUL.search(question):
        return OTHER
    if HAN.search(question):
        return "zh"
    return OTHER if _foreign(question) else "en"


def _foreign(question: str) -> bool:
    return bool(FOREIGN.search(question)) and not ASKED_IN_ENGLISH.search(question)
