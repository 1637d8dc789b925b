"""What customers say for a question that an owner wrote: the same matter in words that no rule makes, things by other
names.

Knows no dataset and no model. What a question asks for is recognised by the rules of `rewording`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path

from studio.data.teaching import templates
from studio.data.teaching.languages import OTHER, of_question
from studio.data.teaching.rewording.rules import Met

HOME = Path(__file__).parent
PLACE = {"zh": "你们", "en": "you"}
SHORTEST = {"zh": 2, "en": 4}  # characters of a name that is looked for in a question
TOPICS = ("x", "day", "verb", "y", "fee", "pay", "card")  # slots of the rules that name what is asked about, in order
CHOICE = re.compile(r"\[([^\[\]]*)\]")
AT_ONCE = 10  # lines that about one phrasing takes
ARTICLE = re.compile(r"^(?:a|an|the|some|my|our|one of those)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Book:
    """What is said for what, by the name of the rule that recognises it; and what else a thing is called."""

    said: Mapping[str, Sequence[str]]
    called: Mapping[str, Sequence[str]]  # the standard word → the others
    names: re.Pattern[str]  # any standard word, the longest that fits


@cache
def book(lang: str) -> Book:
    told = tomllib.loads((HOME / f"{lang}.toml").read_text(encoding="utf-8"))
    groups = [[ARTICLE.sub("", one) for one in entry.split("/")] for kind in told["called"].values() for entry in kind]
    called: dict[str, list[str]] = {}
    for name, *others in groups:  # an owner writes the standard word; the others may mean much else
        if len(name) >= SHORTEST[lang]:
            called.setdefault(name.lower(), []).extend(others)
    edge = r"\b" if lang == "en" else ""
    longest_first = sorted(called, key=len, reverse=True)
    pattern = f"{edge}(?:{'|'.join(map(re.escape, longest_first))}){edge}"
    return Book(told["said"], called, re.compile(pattern, re.IGNORECASE))


def wordings(question: str, turn: int = 0) -> Iterator[str]:
    """The matter as customers put it, and in between the question itself with its things by other names. Another turn,
    for another phrasing of the same fact, begins further down the list."""
    lang = of_question(question)
    if lang == OTHER:
        return iter(())
    pages, met = book(lang), templates.asked(question)
    renamed = list(_renamed(question, pages))
    said: list[str] = []
    if met is not None:
        intent, _ = met
        topic = _topic(met, lang)
        topics = [topic, *_renamed(topic, pages)]
        lines = [line for line in pages.said.get(intent.name, ()) if topic or "{it}" not in line]
        start = turn * AT_ONCE % max(1, len(lines))
        lines = [*lines[start:], *lines[:start]]
        said = [
            _written(line, place, {"it": topics[place % len(topics)], "place": PLACE[lang]})
            for place, line in enumerate(lines)
        ]
    return (one for pair in zip_longest(said, renamed) for one in pair if one)


def topic(question: str) -> str:
    """What a question is about, where a rule knows; "" otherwise."""
    lang = of_question(question)
    met = None if lang == OTHER else templates.asked(question)
    return _topic(met, lang) if met else ""


def synonyms(text: str) -> list[str]:
    """Other words for the words of a text, each word's first one, then each one's second."""
    lang = of_question(text)
    if lang == OTHER:
        return []
    pages = book(lang)
    columns = [pages.called[found[0].lower()] for found in pages.names.finditer(text)]
    return list(dict.fromkeys(one for row in zip_longest(*columns) for one in row if one))


def _topic(met: Met, lang: str) -> str:
    found = met[1]
    return ("" if lang == "zh" else " ").join(words for name in TOPICS if (words := found.get(name, "").strip()))


def _renamed(text: str, pages: Book) -> Iterator[str]:
    """The text with one of its things by another name."""
    for found in pages.names.finditer(text):
        for other in pages.called[found[0].lower()]:
            yield text[: found.start()] + other + text[found.end() :]


def _written(line: str, turn: int, slots: Mapping[str, str]) -> str:
    """One way to say a line; another line takes another of its choices."""
    while "[" in line:
        line = CHOICE.sub(lambda choice: (parts := choice[1].split("|"))[turn % len(parts)], line)
    return re.sub(r"{(\w+)}", lambda slot: slots[slot[1]], line)
