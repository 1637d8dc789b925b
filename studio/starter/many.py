"""Many questions at once: each answered in a word, or each found again in a list of known questions or answers.

It knows no question of its own (see ``questions``); a list has ten times as much to learn from as one question.
"""

import random
from string import ascii_uppercase

from studio.starter.documents import Document, Language, talk
from studio.starter.grammar import grow, lexicon
from studio.starter.questions import Question, intents, rows, training_question, training_twins

_TOPICS = ("general", "shop")


def write_list(rng: random.Random, language: Language) -> Document:
    """A dozen questions, each answered by the piece that makes an answer right."""
    topics = rng.choice((("general",), ("shop",), _TOPICS))
    questions = [training_question(rng, language, rng.choice(topics)) for _ in range(rng.randint(4, 12))]
    asked = _numbered([question.ask for question in questions])
    keys = [question.accept[0].strip("。.“” ") for question in questions]
    return talk(grow(rng, rng.choice(_style(language)["list"]), {"text": asked}), _numbered(keys))


def write_match(rng: random.Random, language: Language) -> Document:
    """A list of questions, or of answers, and then questions in other words: which of the list is each?"""
    twins = _different(rng, language, rng.choice(_TOPICS), rng.randint(3, 10))
    by_answer = rng.random() < 0.5
    known = [(one.say if by_answer else one.ask) for one, _ in twins]
    places = rng.sample(range(len(twins)), rng.randint(min(2, len(twins)), len(twins)))
    slots = {
        "known": _numbered(known),
        "text": "\n".join(f"{ascii_uppercase[i]}. {twins[place][1].ask}" for i, place in enumerate(places)),
    }
    answer = "\n".join(f"{ascii_uppercase[i]}. {place + 1}" for i, place in enumerate(places))
    return talk(grow(rng, rng.choice(_style(language)["by_answer" if by_answer else "by_question"]), slots), answer)


def _different(rng: random.Random, language: Language, topic: str, count: int) -> list[tuple[Question, Question]]:
    """Twins whose answers all differ; in half of the lists those of one table stand together, hard to tell apart."""
    names = sorted(set(intents(language, topic)))
    if rng.random() < 0.5:
        names = rng.sample([name for name in names if len(rows(language, topic, name)) > 3], 2)
    found: dict[str, tuple[Question, Question]] = {}
    for _ in range(3 * count):
        twins = training_twins(rng, language, topic, rng.choice(names))
        found.setdefault(twins[0].accept[0], twins)
    return list(found.values())[:count]


def _numbered(lines: list[str]) -> str:
    return "\n".join(f"{place}. {line}" for place, line in enumerate(lines, 1))


def _style(language: Language) -> dict[str, list[str]]:
    style: dict[str, list[str]] = lexicon(f"{language}_facts")["style"]
    return style
