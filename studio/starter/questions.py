"""Questions that have a known good answer: small talk, general knowledge, shop talk in general terms.

It knows nothing of reviews or of any real shop.
"""

import random
from dataclasses import dataclass
from functools import cache

from studio.starter.documents import Document, Language, talk
from studio.starter.grammar import choose, every, fill, grow, held_out, lexicon, swap_words, words

HELD_OUT_PHRASINGS = 8  # one phrasing in so many is kept from training, for the score
_PLAIN = 8  # one question in so many takes its intent's first template, the plainest: most people ask like that
_TOPICS = ("general", "shop")


@dataclass(frozen=True)
class Question:
    """A question, a good answer, and the pieces of which a right answer contains at least one."""

    intent: str
    ask: str
    say: str
    accept: tuple[str, ...]
    is_held_out: bool  # training must not see it: it is a held-out phrasing, or is made from one by other words

    def is_answered(self, answer: str) -> bool:
        """Whether an answer is right."""
        return any(piece in answer for piece in self.accept)


@cache
def rows(language: Language, topic: str, intent: str) -> tuple[dict[str, str], ...]:
    """The rows of an intent's table as slots; one empty row where it has no table."""
    entry = lexicon(f"{language}_{topic}")[intent]
    if "rows" not in entry:
        return ({},)
    columns = entry["columns"].split()
    if language == "en":
        cells = [[cell.strip() for cell in row.split("|")] for row in words(entry["rows"])]
    else:
        cells = [row.split() for row in words(entry["rows"])]
    return tuple(dict(zip(columns, row, strict=True)) for row in cells)


@cache
def intents(language: Language, topic: str) -> tuple[str, ...]:
    """The intents of a topic, each as often as its table deserves (a table of fifty rows more than a greeting)."""
    names = [name for name in lexicon(f"{language}_{topic}") if not name.startswith("_")]
    return tuple(name for name in names for _ in range(1 + len(rows(language, topic, name)) // 12))


@dataclass(frozen=True)
class _Meant:
    """What a question is to ask, before there are words for it."""

    language: Language
    topic: str
    intent: str
    slots: dict[str, str]


def write_question(rng: random.Random, language: Language, topic: str, intent: str | None = None) -> Question:
    """A question of the intent (any, if none is named) in some phrasing, held-out ones included."""
    intent = intent or rng.choice(intents(language, topic))
    return _phrased(rng, _Meant(language, topic, intent, rng.choice(rows(language, topic, intent))))


def _phrased(rng: random.Random, meant: _Meant, *, swapped: bool = False) -> Question:
    """The question in some phrasing of its template, or in other words than the template's."""
    entry = lexicon(f"{meant.language}_{meant.topic}")[meant.intent]
    template = entry["ask"][0] if rng.random() < 1 / _PLAIN else rng.choice(entry["ask"])
    phrasing = choose(rng, template)
    spoken = swap_words(rng, meant.language, phrasing) if swapped else phrasing
    return Question(
        intent=meant.intent,
        ask=_framed(rng, meant, fill(spoken, meant.slots)),
        say=grow(rng, rng.choice(entry["say"]), meant.slots),
        accept=tuple(fill(piece, meant.slots) for piece in entry["accept"]),
        is_held_out=_is_held_out(meant, phrasing) or _is_held_out(meant, spoken),
    )


def _is_held_out(meant: _Meant, phrasing: str) -> bool:
    """Whether the score keeps this phrasing, before slots and frame; never one of the plainest."""
    if phrasing in _plainest(meant.language, meant.topic, meant.intent):
        return False
    return held_out(f"{meant.intent}:{phrasing}", HELD_OUT_PHRASINGS)


@cache
def _plainest(language: Language, topic: str, intent: str) -> frozenset[str]:
    """The plainest phrasings of an intent, those of its first template: what everybody asks is never held out."""
    return every(lexicon(f"{language}_{topic}")[intent]["ask"][0])


def _framed(rng: random.Random, meant: _Meant, core: str) -> str:
    """The core with what people say around it."""
    tables = lexicon(f"{meant.language}_{meant.topic}")
    if not tables[meant.intent].get("frame", True):
        return core
    before, after = rng.choice(tables["_frame"]["before"]), rng.choice(tables["_frame"]["after"])
    if meant.language == "en" and not before:
        core = core[0].upper() + core[1:] if rng.random() < 0.7 else core
    return before + core + after


def training_question(rng: random.Random, language: Language, topic: str, intent: str | None = None) -> Question:
    """A question in a phrasing that is not held out, half of them in other words than the template's."""
    intent = intent or rng.choice(intents(language, topic))
    return training_twins(rng, language, topic, intent)[0]


def training_twins(rng: random.Random, language: Language, topic: str, intent: str) -> tuple[Question, Question]:
    """The same question in two phrasings, neither held out."""
    meant = _Meant(language, topic, intent, rng.choice(rows(language, topic, intent)))
    return _trained(rng, meant), _trained(rng, meant)


def _trained(rng: random.Random, meant: _Meant) -> Question:
    while (question := _phrased(rng, meant, swapped=rng.random() < 0.5)).is_held_out:
        pass
    return question


def held_out_questions(language: Language, topic: str, count: int, seed: int = 2_026) -> list[Question]:
    """Different questions in phrasings that training never saw."""
    rng = random.Random(seed)
    found: dict[str, Question] = {}
    while len(found) < count:
        question = write_question(rng, language, topic)
        if question.is_held_out:
            found[question.ask] = question
    return list(found.values())


def write_dialogue(rng: random.Random, language: Language) -> Document:
    """One to a dozen questions and answers in a row."""
    turns: list[str] = []
    for _ in range(rng.choices((1, 2, 3, 4, 12), (60, 15, 10, 5, 2))[0]):
        question = training_question(rng, language, rng.choices(_TOPICS, (3, 2))[0])
        turns += [question.ask, question.say]
    return talk(*turns)
