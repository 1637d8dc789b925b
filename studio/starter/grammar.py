"""A grammar of templates: ``[a|b|]`` takes one alternative, ``{slot}`` takes what the caller binds to it.

It knows neither the topics nor the languages it is used for.
"""

import hashlib
import random
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LEXICON = Path(__file__).parent / "lexicon"

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")


@cache
def lexicon(name: str) -> dict[str, Any]:
    """The tables of ``lexicon/NAME.toml``."""
    return tomllib.loads((LEXICON / f"{name}.toml").read_text(encoding="utf-8"))


def words(text: str) -> list[str]:
    """A word list written as one string: parted by commas where there are any, else by white space."""
    parts = text.split(",") if "," in text else text.split()
    return [part.strip() for part in parts if part.strip()] or [""]


def choose(rng: random.Random, template: str) -> str:
    """The template with every ``[a|b]`` decided, innermost first."""
    while "[" in template:
        template, found = _CHOICE.subn(lambda match: rng.choice(match[1].split("|")), template)
        if not found:
            raise ValueError(f"unbalanced brackets: {template}")
    return template


def every(template: str) -> frozenset[str]:
    """The template with its ``[a|b]`` decided in every way."""
    done: set[str] = set()
    undecided = [template]
    while undecided:
        one = undecided.pop()
        if found := _CHOICE.search(one):
            undecided += [one[: found.start()] + part + one[found.end() :] for part in found[1].split("|")]
        else:
            done.add(one)
    return frozenset(done)


def fill(template: str, slots: Mapping[str, str]) -> str:
    """The template with every ``{slot}`` bound; an unbound slot is a KeyError."""
    return _SLOT.sub(lambda match: slots[match[1]], template)


def grow(rng: random.Random, template: str, slots: Mapping[str, str] | None = None) -> str:
    """One text of the template."""
    return fill(choose(rng, template), slots or {})


@cache
def _swaps(language: str) -> tuple[re.Pattern[str], dict[str, list[str]]]:
    """What finds a word that has others for it (the longest first; ``$`` is a question's end), and the others."""
    entries = [entry.split("/") for entry in lexicon(f"{language}_synonyms")["swap"]]
    others = {word.rstrip("$"): rest for word, *rest in entries}
    edge = "" if language == "zh" else r"\b"
    longest_first = sorted((word for word, *_ in entries), key=len, reverse=True)
    found = "|".join(re.escape(word).replace(r"\$", "$") for word in longest_first)
    return re.compile(f"{edge}(?:{found}){edge}"), others


def swap_words(rng: random.Random, language: str, template: str, chance: float = 0.3) -> str:
    """The template in other words of the same sense: each that has a synonym may be put in its place."""
    pattern, others = _swaps(language)
    return pattern.sub(lambda found: rng.choice(others[found[0]]) if rng.random() < chance else found[0], template)


def held_out(key: str, one_in: int) -> bool:
    """Whether this key belongs to the part, one in N, that training never sees. The same in every process."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % one_in == 0
