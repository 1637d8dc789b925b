"""Every sentence the studio says, in Chinese and English, read from `locales/`.

Knows nothing of who asks: the page, the terminal and an exported file use the same words.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)


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

    A detail that differs between the languages is a dict {"zh": …, "en": …}.
    Raises KeyError for a key or a detail that does not exist: that is the programmer's mistake.
    """
    return catalogue(lang)[key].format(**{name: _in(value, lang) for name, value in details.items()})


def kept(key: str, lang: Lang, /, **details: Any) -> str:
    """A sentence that was written to the disk; a general one with its key where only another version knows it."""
    try:
        return say(key, lang, **details)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return say("run.newer_fact", lang, sentence=key[:80])


def _in(value: Any, lang: Lang) -> Any:
    return value[lang] if isinstance(value, dict) and value.keys() == set(LANGS) else value
