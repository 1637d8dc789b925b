"""A text as the facts it states and the words around them.

Knows nothing of a second text to compare it with.

Each rule looks for one kind of fact and puts a private letter in its place, so that later rules leave it alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial

from studio.evaluation import language
from studio.evaluation.amounts import CODES, MEASURES, NUMBERS, PRICES, RANGES
from studio.evaluation.moments import DATES, DAYPARTS, TIMES, WEEKDAYS
from studio.evaluation.numerals import folded, in_digits
from studio.evaluation.rules import Fact, Found, Outcome, Rule, rules

Token = Fact | str
BREAK, ITEM, JOINT = "\n", ",", "\t"  # between sentences, things in a row, and parts of a sentence
_PRIVATE = 0xF0000  # the first of the letters that stand for facts; `folded` leaves none of them in a text
_MOST = 10_000  # letters that are read
_HAN = re.compile("[一-鿿]")
_SECRET = re.compile(  # capital letters matter in a password
    r"((?:密码|口令|验证码|兑换码|[Pp]assword|[Pp]asscode)(?:\s*(?:是|为|is|:))*\s*[\"“]?)"
    r"((?=\S*[\dA-Z])[A-Za-z0-9!@#$%^&*._-]+)"
)
_WORDING = rules(
    (
        r"(?:https?://|www\.)[\w./?=&%-]+|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+",
        lambda found: [Fact("address", found[0].rstrip("."))],
    ),
    (r"\b(?:can't|cannot)\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"n't\b", " not"),
    (r"^\s*no, (?=.*\b(?:not|no|never)\b)|^\s*不[,。](?=.*[不没])", ""),  # no, we don't: denied once
    (r"(?<=[二三四五六七八九])一(?=[份杯个位斤瓶只碗盘盒袋张次人件])", " 一"),  # 三块五一杯
    (r"\btwice\b", "2 times"),
    (r"\bonce (?=an?\b|per|every)", "1 time "),
    (r"\b(?:an? |one )?dozen\b", "12"),
)
_DENIALS = rules(
    (
        rf"(?P<kept>{language.NOT_NEGATIONS.pattern})|{language.NEGATIONS.pattern}",
        lambda found: found[0] if found["kept"] else [Fact("not", "")],
    ),
)
_IN_WORDS = [*_WORDING, *WEEKDAYS]
_IN_DIGITS = [*DATES, *CODES, *RANGES, *TIMES, *PRICES, *MEASURES, *NUMBERS, *DAYPARTS, *_DENIALS]
_TOKEN = re.compile(
    rf"(?P<fact>[\U000F0000-\U000FFFFF])|(?P<apart>[,.;:!?。\n]|{language.BREAKS.pattern})"
    rf"|(?P<item>{language.ITEMS.pattern})"
    rf"|(?P<joint>{language.JOINTS.pattern})|(?P<head>{language.HEADS.pattern})|(?P<link>{language.LINKS.pattern})"
    r"|(?P<latin>[^\W\d_一-鿿\U000F0000-\U000FFFFF]+(?:'[a-z]+)?)|(?P<word>\w)"
)


@lru_cache(maxsize=4096)  # every test of a run compares with the same targets
def read(text: str) -> tuple[Token, ...]:
    """The facts and words of `text` in their order, with marks between its parts; politeness is left out."""
    return tuple(_Reader().read(text))


class _Reader:
    """Reads one text."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def read(self, text: str) -> Iterator[Token]:
        text = _SECRET.sub(self._secret, folded(text[:_MOST])).casefold()
        text = language.FILLERS.sub(" ", in_digits(self._applied(_IN_WORDS, text)))
        return self._tokens(self._applied(_IN_DIGITS, language.unified(text)))

    def _secret(self, found: Found) -> str:
        return f"{found[1]}{self._kept([Fact('code', found[2].rstrip('.!'))])} "

    def _applied(self, table: list[Rule], text: str) -> str:
        for pattern, make in table:
            text = pattern.sub(partial(self._change, make), text)
        return text

    def _change(self, make: Callable[[Found], Outcome], found: Found) -> str:
        return self._kept(make(found))

    def _kept(self, outcome: Outcome) -> str:
        """Other words as they are, and each fact as a letter."""
        if isinstance(outcome, str):
            return outcome
        first = _PRIVATE + len(self.facts)
        self.facts += outcome
        return "".join(chr(first + at) for at in range(len(outcome)))

    def _tokens(self, text: str) -> Iterator[Token]:
        is_han = bool(_HAN.search(text))
        for found in _TOKEN.finditer(text):
            match found.lastgroup:
                case "fact":
                    yield self.facts[ord(found[0]) - _PRIVATE]
                case "latin":
                    yield Fact("name", found[0]) if is_han else stem(found[0])  # within Chinese, Latin words are names
                case "apart":
                    yield BREAK
                case "item":
                    yield ITEM
                case "joint":
                    yield JOINT
                case "head":
                    yield from (JOINT, found[0])
                case "word":
                    yield found[0]


def stem(word: str) -> str:
    """An English word without its ending: opens, opened and opening are one."""
    word = word.removesuffix("'s")
    for ending in ("ing", "ies", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word.removesuffix(ending)
    return word
