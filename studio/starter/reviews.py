"""Reviews of many trades with a known sentiment, in the manner of hurried customers.

It knows nothing of the formats in which they are asked about (see ``lessons``).
"""

import random
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from studio.starter.documents import Language
from studio.starter.grammar import choose, fill, grow, lexicon, words

Sentiment = Literal["good", "bad", "soso"]

_BUT = {
    "zh": ("但是", "可是", "不过", "就是", "但", "只是", "然而", "可惜", "只不过", "唯一不足"),
    "en": (" but ", ", but ", ", however ", ", although "),
}
_COMMAS = {
    "zh": ("，", "，", "，", "，", ",", ",", " ", "。", "！", "！！", "、", "；", "...", "。。。", "～", "", ""),
    "en": (", ", ". ", ", ", "! ", " and ", "; "),
}
_STOPS = {
    "zh": ("", "", "", "", "。", "。", "！", "！！", "！！！", "~", "…", "。。。", ".", "!", "啊", "哦", "了", "～～"),
    "en": ("", ".", ".", "!", "!!", "..."),
}
_LINKS = ("", "", "", "也", "还", "就是", "真的", "都", "是", "的话")


@dataclass(frozen=True)
class Remark:
    """What is said of one thing."""

    sentiment: Sentiment
    text: str


@dataclass(frozen=True)
class Review:
    """A review, the trade it is about, its sentiment and the remarks it was made of."""

    text: str
    domain: str
    sentiment: Sentiment
    remarks: tuple[Remark, ...]


@cache
def _entries(language: Language, *path: str) -> tuple[str, ...]:
    """The entries at a path of the review lexicon: templates as they are, word lists parted."""
    value: Any = lexicon(f"{language}_reviews")
    for key in path:
        value = value[key]
    return tuple(value) if isinstance(value, list) else tuple(words(str(value)))


@cache
def _domains(language: Language) -> tuple[str, ...]:
    """All trades, those that small shops of food and drink are in thrice."""
    names = tuple(lexicon(f"{language}_reviews")["domain"])
    return names + ("takeaway", "restaurant", "tea", "takeaway", "takeaway", "restaurant")


def write_review(rng: random.Random, language: Language, sentiment: Sentiment | None = None, most: int = 6) -> Review:
    """A review of the sentiment (any, if none is named), of at most so many remarks."""
    sentiment = sentiment or rng.choices(("good", "bad", "soso"), (9, 9, 3))[0]
    domain = rng.choice(_domains(language))
    remarks = _remarks(rng, language, domain, sentiment, most)
    opening = grow(rng, rng.choice(_entries(language, "style", "open_good" if sentiment == "good" else "open_bad")))
    closing = grow(rng, rng.choice(_entries(language, "style", f"close_{sentiment}")))
    text = opening * (rng.random() < 0.3) + _join(rng, language, remarks) + closing * (rng.random() < 0.3)
    return Review(_roughen(rng, language, text, sentiment), domain, sentiment, remarks)


def _remarks(
    rng: random.Random, language: Language, domain: str, sentiment: Sentiment, most: int
) -> tuple[Remark, ...]:
    """One to six remarks, or fewer; praise may hold one reservation, complaint one concession."""
    moods: list[Sentiment] = [sentiment] * min(most, rng.choices((1, 2, 3, 4, 5, 6), (5, 6, 5, 3, 2, 1))[0])
    if sentiment == "soso" and len(moods) >= 2 and rng.random() < 0.5:
        moods = [("good", "bad")[i % 2] for i in range(len(moods))]
    elif sentiment == "good" and len(moods) >= 2 and rng.random() < 0.2:
        moods[rng.choice((-1, -1, 0))] = rng.choices(("bad", "soso"), (1 + (len(moods) > 2), 2))[0]
    elif sentiment == "bad" and len(moods) >= 2 and rng.random() < 0.25:
        moods[rng.choice((0, 0, -1))] = rng.choices(("good", "soso"), (1 + (len(moods) > 2), 2))[0]
    remark = _chinese_remark if language == "zh" else _aspect_remark
    return tuple(Remark(mood, remark(rng, language, domain, mood)) for mood in moods)


def _chinese_remark(rng: random.Random, language: Language, domain: str, mood: Sentiment) -> str:
    """About an aspect, about the thing itself in free words, or something that happened."""
    kind = rng.choice(_entries("zh", "domain", domain, "kinds"))
    chance = rng.random()
    if chance < 0.4:
        return _aspect_remark(rng, language, domain, mood)
    if chance < 0.65:
        return _described(rng, kind, domain, mood)
    events = lexicon("zh_events")
    template = rng.choice(events[kind if rng.random() < 0.7 else "any"][mood])
    slots = {name: choose(rng, entry) for name, entry in events["slot"].items() if "{" + name + "}" in template}
    return grow(rng, template, slots | {"item": rng.choice(_entries("zh", "domain", domain, "things"))})


def _described(rng: random.Random, kind: str, domain: str, mood: Sentiment) -> str:
    """A thing or aspect and adjectives, negated and heightened."""
    tables = lexicon("zh_adjectives")
    good, bad = (rng.sample(words(tables[kind][side]), 2) for side in ("good", "bad"))
    frames = tables["frame"]
    slots = {"g": good[0], "g2": good[1], "b": bad[0], "b2": bad[1]}
    slots |= {name: choose(rng, frames[name]) for name in ("deg", "where")}
    said = fill(choose(rng, rng.choice(frames[mood])), slots)
    if rng.random() < 0.4:
        return said
    pool = "things" if kind in ("food", "goods") else "places"
    return rng.choice(_entries("zh", "domain", domain, pool)) + rng.choice(_LINKS) + said


def _aspect_remark(rng: random.Random, language: Language, domain: str, mood: Sentiment) -> str:
    """A name of an aspect, or of a thing or place of the trade, and what is said of it."""
    aspect = rng.choice(_entries(language, "domain", domain, "aspects"))
    said = rng.choice(_entries(language, "aspect", aspect, mood))
    name = rng.choice(_entries(language, "aspect", aspect, "names"))
    if language == "en":
        return f"{name} {said}".strip()
    if not name:
        return said
    chance = rng.random()
    if aspect in ("taste", "dish", "fresh", "match", "drink") and chance < 0.4:
        name = rng.choice(_entries(language, "domain", domain, "things")) + name * (aspect == "taste")
    elif chance < 0.15:
        name = rng.choice(_entries(language, "domain", domain, "places")) + "的" + name
    before = rng.choice(("", "", "", "", "", "", "这", "他家", "他们家", "就是")) if chance >= 0.4 else ""
    return before + name + rng.choice(_LINKS) * (rng.random() < 0.5 and before != "就是") + said


def _join(rng: random.Random, language: Language, remarks: tuple[Remark, ...]) -> str:
    """The remarks in a row, mostly with a conjunction where the mood turns."""
    comma = rng.choice(_COMMAS[language])
    out = remarks[0].text
    turned = any(one.sentiment != other.sentiment for one, other in pairwise(remarks))
    if turned and language == "zh" and rng.random() < 0.3:
        out = rng.choice(("虽然", "尽管", "虽说")) + out
    for before, after in pairwise(remarks):
        if before.sentiment != after.sentiment and rng.random() < 0.75:
            out += rng.choice(("，", "，", ",", "", " ") if language == "zh" else ("",)) + rng.choice(_BUT[language])
        else:
            out += comma if rng.random() < 0.8 else rng.choice(_COMMAS[language])
        out += after.text
    return out


def _roughen(rng: random.Random, language: Language, text: str, sentiment: Sentiment) -> str:
    """The text as typed on a phone: a typo, stops left out or repeated, an emoji."""
    if language == "zh" and rng.random() < 0.15:
        pairs = _entries("zh", "typo", "pairs")
        at = rng.randrange(len(pairs) // 2) * 2
        text = text.replace(pairs[at], pairs[at + 1], 1)
    text += rng.choice(_STOPS[language])
    if rng.random() < 0.06:
        text += text[-1] * rng.randint(2, 4)
    if rng.random() < 0.12:
        text += rng.choice(_entries(language, "style", f"emoji_{sentiment}"))
    if language == "en" and rng.random() < 0.7:
        text = text[0].upper() + text[1:]
    return text
