"""Questions put together from the words that tell one fact from another, amid what customers say around them.

Knows no model and no dataset. An owner asks “母猫绝育费用”, a customer “想给母猫绝育，得花多少呀”: what both say
points to the fact, and a model that learns only whole questions learns to wait for the whole question.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from studio.data.teaching.languages import HAN, OTHER, of_facts, units
from studio.data.teaching.rewording.rules import HOME, rules

FULL = re.compile("[，。！？：；、]")
MARKS = re.compile(r"[^\w\s'’]+")
# Units of a cue, drawn from these: most Chinese words have two.
LENGTHS = {"zh": (2, 2, 3, 4), "en": (1, 1, 2, 3), OTHER: (1, 1, 2, 3)}
LONGEST = max(max(lengths) for lengths in LENGTHS.values())
ENOUGH = 60  # questions in a row that were no good: the fact has no more to give
SOURCES = (3, 2, 1)  # how often a cue is taken from a question, from the synonyms and from the answer
ASKING = 0.5  # of the questions ask for what the fact tells, a price or a place
SYNONYM = 0.3  # of the cues are exchanged for another that means the same, where one is known

Units = tuple[str, ...]  # a Chinese character each, a word or number of other scripts each


@dataclass(frozen=True)
class Fact:
    """What is taught for one answer, and the answer; `synonyms` are other words for words of these."""

    questions: tuple[str, ...]
    answer: str
    synonyms: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.questions, self.answer, *self.synonyms)


@dataclass(frozen=True)
class Asking:
    """Asking for a price, a place and the like: what shows that a fact tells one, and ends of questions."""

    about: re.Pattern[str]
    tail: tuple[str, ...]

    def suits(self, fact: Fact) -> bool:
        return any(self.about.search(line) for line in fact.lines)


@dataclass(frozen=True)
class Amid:
    """What customers of one language say around the words that matter."""

    common: re.Pattern[str]  # is in any question
    lead: tuple[str, ...]
    between: tuple[str, ...]
    tail: tuple[str, ...]  # ends that suit whatever is asked
    asking: tuple[Asking, ...]


Holders = Mapping[Units | Asking, set[int]]  # what may point to a fact → the facts that have it


def questions(facts: Sequence[Fact]) -> list[Iterator[str]]:
    """For each fact questions without end, made as they are taken, unless it has no more to give. All that is asked in
    one, together, is found in this fact alone. The same facts give the same questions."""
    holders: dict[Units | Asking, set[int]] = defaultdict(set)
    langs = of_facts([(*fact.questions, fact.answer) for fact in facts])
    for number, (fact, lang) in enumerate(zip(facts, langs, strict=True)):
        for run in chain.from_iterable(_runs(units(line)) for line in fact.lines):
            holders[run].add(number)
        for asking in _amid(lang).asking:
            if asking.suits(fact):
                holders[asking].add(number)
    return [_of(fact, lang, holders) for fact, lang in zip(facts, langs, strict=True)]


def _of(fact: Fact, lang: str, holders: Holders) -> Iterator[str]:
    amid, draw = _amid(lang), random.Random(fact.answer)
    asked = [span for question in fact.questions for span in _spans(question, amid)]
    told = [span for span in _spans(fact.answer, amid) if len(span) > 1]
    tails = [(asking, tail) for asking in amid.asking if asking.suits(fact) for tail in asking.tail]
    alike = [span for word in fact.synonyms for span in _spans(word, amid)]
    sources = [(pool, weight) for pool, weight in zip((asked, alike, told), SOURCES, strict=True) if pool]
    pools, weights = [pool for pool, _ in sources], [weight for _, weight in sources]
    made, misses = set[str](), 0
    while pools and misses < ENOUGH:
        lengths = (draw.choice(LENGTHS[lang]) for _ in range(draw.choice((1, 2, 2, 3))))
        spans = ((draw.choice(draw.choices(pools, weights)[0]), length) for length in lengths)
        cues = list(dict.fromkeys(_cue(span, length, draw) for span, length in spans))
        asking, tail = draw.choice(tails) if tails and draw.random() < ASKING else (None, draw.choice(amid.tail))
        pointers = [holders[key] for key in (*cues, asking) if key is not None]
        found = ""
        if len(set.intersection(*pointers)) == 1:
            words = [_otherwise(cue, lang, draw) for cue in cues]
            found = _said(draw.choice(amid.lead), words, tail, amid, draw)
        if not found or found in made:
            misses += 1
            continue
        misses = 0
        made.add(found)
        yield found


def _otherwise(cue: Units, lang: str, draw: random.Random) -> Units:
    """The cue, or now and then what means the same."""
    if draw.random() >= SYNONYM:
        return cue
    others = list(rules(lang).swapped("".join(cue) if lang == "zh" else " ".join(cue))) if lang != OTHER else []
    return units(draw.choice(others)) if others else cue


def _said(lead: str, cues: Sequence[Units], tail: str, amid: Amid, draw: random.Random) -> str:
    """The cues amid what customers say."""
    parts = [lead]
    for place, cue in enumerate(cues):
        parts += [draw.choice(amid.between) if place else "", *cue]
    said = ""
    for part in filter(None, [*parts, tail]):
        said += f" {part}" if said and part[0].isalnum() and _spaced(said[-1], part[0]) else part
    return said


def _spaced(before: str, after: str) -> bool:
    """Whether a space stands between two words: not beside Chinese."""
    return not HAN.match(before) and not HAN.match(after) and not FULL.match(before)


def _cue(span: Units, length: int, draw: random.Random) -> Units:
    """A stretch of a span, the whole of a short one."""
    start = draw.randrange(max(1, len(span) - length + 1))
    return span[start : start + length]


def _spans(text: str, amid: Amid) -> list[Units]:
    """The stretches between what is in any question; a number alone is none."""
    parts = MARKS.split(amid.common.sub("|", text.casefold()))
    return [span for part in parts if (span := units(part)) and not all(unit.isdigit() for unit in span)]


def _runs(line: Units) -> Iterator[Units]:
    """All stretches of up to LONGEST units."""
    return (line[start : start + size] for size in range(1, LONGEST + 1) for start in range(len(line) - size + 1))


@cache
def _amid(lang: str) -> Amid:
    if lang == OTHER:
        return Amid(common=re.compile(r"(?!)"), lead=("",), between=(",", ""), tail=("",), asking=())
    told = tomllib.loads((HOME / f"{lang}.toml").read_text(encoding="utf-8"))["amid"]
    return Amid(
        common=re.compile(told["common"], re.IGNORECASE),
        lead=tuple(told["lead"]),
        between=tuple(told["between"]),
        tail=tuple(told["tail"]),
        asking=tuple(Asking(re.compile(one["about"], re.IGNORECASE), tuple(one["tail"])) for one in told["asking"]),
    )
