"""Every sentence the studio says, in Chinese and English, read from `locales/`.

Knows nothing of who asks: the page, the terminal and an exported file use the same words.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)
CHOICE = re.compile(r"\{(?P<name>\w+)\}|\[(?P<one>[^\[\]|]*)\|(?P<more>[^\[\]|]*)\]")


@cache
def catalogue(lang: Lang) -> dict[str, str]:
    """All sentences of a language by `room.key`, where a room is one file of `locales/LANG/`."""
    words = {}
    for file in (files("studio") / "locales" / lang).iterdir():
        room = file.name.removesuffix(".toml")
        for key, sentence in tomllib.loads(file.read_text(encoding="utf-8")).items():
            words[f"{room}.{key}"] = sentence
    return words


def say(key: str, lang: Lang, **details: Any) -> str:
    """The sentence `key` in `lang`, its `{placeholders}` filled from `details`.

    A detail that differs between the languages is a dict {"zh": …, "en": …}. Where a sentence gives a choice, as
    `{n} [row is|rows are] left out`, the first is said of one, by the detail before it.
    Raises KeyError for a key or a detail that does not exist: that is the programmer's mistake.
    """
    given = {name: _in(value, lang) for name, value in details.items()}
    return _numbered(catalogue(lang)[key], given).format(**given)


def of_kind(key: str, kind: str) -> str:
    """`key`, or where there is a sentence of its own for what is of a `kind`, that one's key: `key_kind`."""
    own = f"{key}_{kind}"
    return own if own in catalogue("zh") else key


def _numbered(sentence: str, details: dict[str, Any]) -> str:
    """The sentence with each of its choices made."""
    before = ""

    def chosen(found: re.Match[str]) -> str:
        nonlocal before
        if found["name"]:
            before = found["name"]
            return found[0]
        return found["one"] if str(details[before]) == "1" else found["more"]

    return CHOICE.sub(chosen, sentence) if "|" in sentence else sentence


def kept(key: str, lang: Lang, /, **details: Any) -> str:
    """A sentence that was written to the disk; a general one with its key where only another version knows it."""
    try:
        return say(key, lang, **details)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return say("run.newer_fact", lang, sentence=key[:80])


def _in(value: Any, lang: Lang) -> Any:
    return value[lang] if isinstance(value, dict) and value.keys() == set(LANGS) else value
