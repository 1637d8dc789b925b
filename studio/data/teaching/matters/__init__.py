"""What customers ask about the matters that shops of all trades have rules for: with a story of their own, for a yes.

Knows no dataset and no model. A matter is recognised by the owner's words for it, in the question or in the answer,
however the question is put. What two facts are asked about, or only the answer tells of, is asked for with the topic
in front.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from studio.data.teaching import heard
from studio.data.teaching.languages import OTHER
from studio.data.teaching.rewording.grammar import written
from studio.data.teaching.rewording.rules import by_rows

HOME = Path(__file__).parent
COMMA = {"zh": "，", "en": ", "}


@dataclass(frozen=True)
class Matter:
    """What shows that a fact is about it, and what customers say."""

    name: str
    asked: re.Pattern[str]
    told: re.Pattern[str]
    say: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Every line with the first word of each choice, then those that have a second, and so on."""
        return by_rows(written(line, {}) for line in self.say)


@dataclass(frozen=True)
class Told:
    """A fact: its questions, the answer and their language."""

    questions: Sequence[str]
    answer: str
    lang: str


@cache
def matters(lang: str) -> tuple[Matter, ...]:
    """The matters of a language, read once."""
    if lang == OTHER:
        return ()
    told = tomllib.loads((HOME / f"{lang}.toml").read_text(encoding="utf-8"))["matter"]
    return tuple(
        Matter(
            one["name"],
            re.compile(one["asked"], re.IGNORECASE),
            re.compile(one["told"], re.IGNORECASE),
            tuple(one["say"]),
        )
        for one in told
    )


def questions(facts: Sequence[Told]) -> list[Iterator[str]]:
    """For each fact what customers say of its matters, the matters taking turns. Without its topic only what
    no other fact is asked about."""
    asking: dict[Matter, set[int]] = {}
    telling: dict[Matter, set[int]] = {}
    for number, fact in enumerate(facts):
        for matter in matters(fact.lang):
            if any(matter.asked.search(question) for question in fact.questions):
                asking.setdefault(matter, set()).add(number)
            if matter.told.search(fact.answer):
                telling.setdefault(matter, set()).add(number)

    def of(number: int, fact: Told) -> Iterator[str]:
        about = [one for one in matters(fact.lang) if number in asking.get(one, set()) | telling.get(one, set())]
        own = [matter.lines() for matter in about if asking.get(matter) == {number}]
        topics = list(dict.fromkeys(filter(None, map(heard.topic, fact.questions))))
        named = [
            (f"{topics[place % len(topics)]}{COMMA[fact.lang]}{line}" for place, line in enumerate(matter.lines()))
            for matter in (about if topics else ())
        ]
        return by_rows([by_rows(own), by_rows(named)])

    return [of(number, fact) for number, fact in enumerate(facts)]
