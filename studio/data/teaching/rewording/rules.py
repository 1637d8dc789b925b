"""The rules of one language at work: what a question asks for, and its other wordings, the most different ones first.

Knows no dataset and no model; what may be said is in the rule files.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

from studio.data.teaching.rewording.grammar import SLOT, Pattern, either, written

HOME = Path(__file__).parent
Found = dict[str, str]  # the name of a slot → its words; `whole` is the question
RENAMED = 3  # a topic by another name is put into every third form


@dataclass(frozen=True)
class Intent:
    """One thing that people ask for: how it is asked, and how else it may be."""

    name: str
    ask: tuple[Pattern, ...]
    forms: tuple[str, ...]

    @cached_property
    def topics(self) -> frozenset[str]:
        return frozenset[str]().union(*(pattern.topics for pattern in self.ask))

    def wordings(self, found: Found) -> Iterator[str]:
        """Every form once, then those that can be put otherwise again; none with a listed word that was not found."""
        known = dict.fromkeys(self.topics, "") | found
        told = self.topics | {name for name, words in known.items() if words}
        return by_rows(written(form, known) for form in self.forms if told.issuperset(SLOT.findall(form)))


Met = tuple[Intent, Found]


@dataclass(frozen=True)
class Rules:
    """What one rule file says, and the search through it."""

    intents: tuple[Intent, ...]  # the first that fits is what is asked
    turns: tuple[Intent, ...]  # change the grammar and keep the words; all that fit are used
    words: re.Pattern[str]
    swaps: dict[str, tuple[str, ...]]
    before: tuple[str, ...]
    after: tuple[str, ...]
    spare: re.Pattern[str]  # polite words around a question
    own: re.Pattern[str]  # words around a topic that are not part of it
    no_topic: re.Pattern[str]  # words that show that something was not understood
    longest: int  # characters of a topic
    closed: re.Pattern[str]  # a question that ends so takes no word after it

    def bare(self, question: str) -> str:
        """The question without what is said out of politeness."""
        return self.spare.sub("", question).strip() or question

    def intent(self, question: str) -> Met | None:
        """What is asked, and the topic it is asked about."""
        return next(self._fitting(self.intents, question), None)

    def wordings(self, question: str) -> Iterator[str]:
        """Other wordings, kinds of change taking turns; some may be the same."""
        bare = self.bare(question)
        lead, ask = _parted(bare)
        whole, last = self.intent(bare), self.intent(ask) if lead else None  # comma and all, it may be a known question
        forms = list(_forms(whole)) + [lead + one for one in _forms(last) if not _parted(one)[0]]
        turned = [lead + one for met in self._fitting(self.turns, ask) for one in _forms(met)]
        swapped = list(self.swapped(bare))
        plain = [one for one in forms if not _parted(one)[0]]  # what begins with a story takes no greeting
        around = self._around([bare, *plain[:4], *turned[:2], *swapped[:2]])
        return by_rows([forms[0::3], swapped, forms[1::3], self._renamed(whole), forms[2::3], turned, around, [bare]])

    def _renamed(self, met: Met | None) -> Iterator[str]:
        """The forms with other words for their topic, each topic with other forms."""
        if met is None:
            return
        intent, found = met
        others = (
            found | {name: other} for name in sorted(intent.topics) for other in self.swapped(found.get(name, ""))
        )
        for place, other in enumerate(others):
            yield from list(intent.wordings(other))[place % RENAMED :: RENAMED]

    def _fitting(self, intents: Iterable[Intent], question: str) -> Iterator[Met]:
        for intent in intents:
            topics = (self._topic(pattern, question) for pattern in intent.ask)
            found = next((topic for topic in topics if topic is not None), None)
            if found is not None:
                yield intent, found

    def _topic(self, pattern: Pattern, question: str) -> Found | None:
        """What the pattern finds, without the words around it; None when that is no topic after all."""
        found = pattern.found(question)
        if found is None:
            return None
        found |= {name: self.own.sub("", found[name]).strip() for name in pattern.topics}
        if any(self.no_topic.search(found[name]) or len(found[name]) > self.longest for name in pattern.topics):
            return None
        return found | {"whole": question} if all(found[name] for name in pattern.needed) else None

    def swapped(self, text: str) -> Iterator[str]:
        """The text with one word exchanged for another: the first choice for each of its words, then the second."""
        return by_rows(
            [text[: word.start()] + other + text[word.end() :] for other in self.swaps[word[0].lower()]]
            for word in self.words.finditer(text)
        )

    def _around(self, said: Sequence[str]) -> Iterator[str]:
        """Something before or after, about one wording after another."""
        for place, before in enumerate(self.before):
            yield before + said[place % len(said)]
            one = said[(place + 1) % len(said)]
            if place < len(self.after) and not self.closed.search(one):
                yield one + self.after[place]


@cache
def rules(lang: str) -> Rules:
    """The rules of a language, read once."""
    told: dict[str, Any] = tomllib.loads((HOME / f"{lang}.toml").read_text(encoding="utf-8"))
    lists = {name: line.split("/") for name, line in told["list"].items()}
    swaps = {line.split("/")[0]: tuple(line.split("/")[1:]) for line in told["swap"]}

    def intents(kind: str) -> tuple[Intent, ...]:
        return tuple(
            Intent(one["name"], tuple(Pattern.of(ask, lists) for ask in one["ask"]), tuple(one["forms"]))
            for one in told[kind]
        )

    def regex(name: str) -> re.Pattern[str]:
        return re.compile(told[name], re.IGNORECASE)

    edge = told["word_edge"]
    return Rules(
        intents=intents("intent"),
        turns=intents("turn"),
        words=re.compile(f"{edge}(?:{either(list(swaps))}){edge}", re.IGNORECASE),
        swaps=swaps,
        before=tuple(told["before"]),
        after=tuple(told["after"]),
        spare=regex("spare"),
        own=regex("own"),
        no_topic=regex("no_topic"),
        longest=told["longest_topic"],
        closed=regex("closed"),
    )


def _forms(met: Met | None) -> Iterator[str]:
    return met[0].wordings(met[1]) if met else iter(())


def _parted(text: str) -> tuple[str, str]:
    """What is told first, with its comma, and what is then asked."""
    comma = max(text.rfind(mark) for mark in "，,：")
    return text[: comma + 1], text[comma + 1 :].strip()


def by_rows(columns: Iterable[Iterable[str]]) -> Iterator[str]:
    """The first of each, then the second of each that has one, and so on."""
    return (one for row in zip_longest(*columns) for one in row if one is not None)
