"""Reading and remembering: invented facts stand in the conversation, questions about them follow.

It knows no fact outside the conversation: every name and number is made up on the spot, so that a model learns to
look facts up, and to tie a new answer to a question however it is asked.
"""

import random

from studio.starter.characters import common_characters
from studio.starter.documents import Document, Language, talk
from studio.starter.grammar import choose, fill, grow, lexicon
from studio.starter.questions import intents, training_question, training_twins

_CHARACTERS = common_characters()
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

_Fact = tuple[str, list[str], str]  # the statement, questions, the answer


def _invented(rng: random.Random, language: Language, template: str) -> dict[str, str]:
    """A made-up value for every slot the book of facts knows."""
    kinds = lexicon(f"{language}_facts")["value"]
    return {name: _value(rng, str(entries)) for name, entries in kinds.items() if "{" + name + "}" in template}


def _value(rng: random.Random, entries: str) -> str:
    """One choice with a digit for every ``#``, never a leading zero, and any common character for every ``※``."""
    out = ""
    for char in choose(rng, entries):
        if char == "#":
            out += str(rng.randint(0 if out[-1:].isdigit() else 1, 9))
        else:
            out += rng.choice(_CHARACTERS) if char == "※" else char
    return out


def write_fact(rng: random.Random, language: Language) -> _Fact:
    """A statement about something invented, several questions for it, and the answer."""
    entry = rng.choice(lexicon(f"{language}_facts")["fact"])
    slots = _invented(rng, language, entry["tell"] + entry["say"] + "".join(entry["ask"]))
    asks = [fill(choose(rng, ask), slots) for ask in entry["ask"]]
    return grow(rng, entry["tell"], slots), asks, grow(rng, entry["say"], slots)


def _subject(fact: _Fact) -> str:
    """What two facts share that could contradict each other: how their answers begin."""
    return fact[2][:4] if fact[2][0] > "\x7f" else " ".join(fact[2].split()[:4])


def write_reading(rng: random.Random, language: Language) -> Document:
    """Some facts as a text, then questions; sometimes one that the text does not answer."""
    facts: dict[str, _Fact] = {}
    for _ in range(rng.choice((1, 2, 3, 3, 4, 5, 6, 20))):
        fact = write_fact(rng, language)
        facts.setdefault(_subject(fact), fact)
    told = list(facts.values())
    style = lexicon(f"{language}_facts")["style"]
    text = ("" if language == "zh" else " ").join(f"{tell}{'。' if language == 'zh' else '.'}" for tell, _, _ in told)
    rng.shuffle(told)
    asked = [(rng.choice(asks), say) for _, asks, say in told[: rng.choice((1, 1, 2, 3))]]
    if rng.random() < 0.12:
        absent = write_fact(rng, language)
        if _subject(absent) not in facts:
            asked.append((rng.choice(absent[1]), rng.choice(style["absent"])))
    turns = [piece for pair in asked for piece in pair]
    if rng.random() < 0.4:
        return talk(*turns, system=grow(rng, rng.choice(style["system"]), {"text": text}))
    turns[0] = grow(rng, rng.choice(style["prompt"]), {"text": text, "ask": turns[0]})
    return talk(*turns)


def write_teaching(rng: random.Random, language: Language) -> Document:
    """The user teaches an answer to one phrasing of a question and then asks in another phrasing."""
    style = lexicon(f"{language}_facts")["style"]
    taught: list[tuple[str, str]] = []
    turns: list[str] = []
    for intent in rng.sample(sorted(set(intents(language, "shop"))), rng.choice((1, 1, 2, 3))):
        answer = write_fact(rng, language)[2] if rng.random() < 0.6 else _shop_answer(rng, language)
        ask = training_question(rng, language, "shop", intent).ask
        turns += [grow(rng, rng.choice(style["teach"]), {"ask": ask, "say": answer}), rng.choice(style["learned"])]
        taught.append((intent, answer))
    for intent, answer in rng.sample(taught, len(taught)):
        turns += [training_question(rng, language, "shop", intent).ask, answer]
    return talk(*turns)


def _shop_answer(rng: random.Random, language: Language) -> str:
    """An invented rule of an invented shop."""
    entry = rng.choice(lexicon(f"{language}_facts")["rule"])
    return grow(rng, entry, _invented(rng, language, entry))


def write_copy(rng: random.Random, language: Language) -> Document:
    """Characters, made-up names or figures to be written again, so that the model meets every one of them."""
    if language == "zh":
        word = "".join(rng.choices(_CHARACTERS, k=rng.choice((1, 2, 3, 4, 8, 16, 24))))
    else:
        word = "".join(rng.choices(_LETTERS, k=rng.randint(3, 9)))
        word = rng.choice((word, word.capitalize(), word.upper(), f"{word} {''.join(rng.choices(_LETTERS, k=5))}"))
    if rng.random() < 0.3:
        word += "".join(rng.choices("0123456789", k=rng.randint(1, 8)))
    return talk(grow(rng, rng.choice(lexicon(f"{language}_facts")["style"]["copy"]), {"x": word}), word)


def write_paraphrase(rng: random.Random, language: Language) -> Document:
    """The same question in other words, or whether two questions ask the same."""
    style = lexicon(f"{language}_facts")["style"]
    topic = rng.choice(("shop", "general"))
    first, second = training_twins(rng, language, topic, rng.choice(intents(language, topic)))
    if rng.random() < 0.5:
        return talk(grow(rng, rng.choice(style["rephrase"]), {"ask": first.ask}), second.ask)
    if rng.random() < 0.5:
        while (second := training_question(rng, language, topic)).accept == first.accept:
            pass
    verdict = style["same" if second.accept == first.accept else "different"]
    return talk(grow(rng, rng.choice(style["compare"]), {"a": first.ask, "b": second.ask}), rng.choice(verdict))
