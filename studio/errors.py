"""What went wrong, for the person who can mend it: one sentence in each language.

Knows no screen: the page, the terminal and the event log each show a StudioError in their own way.
"""

from __future__ import annotations

from typing import Any

from studio.words import Lang, say


class StudioError(Exception):
    """The user's mistake, or the machine's, in the user's words.

    `key` names a sentence of the locale files that says what was wrong, where, and what to do; `details` fill its
    placeholders and must be JSON values, because a failed run keeps them in its event log.
    """

    def __init__(self, key: str, **details: Any) -> None:
        super().__init__(key)
        self.key = key
        self.details = details

    def say(self, lang: Lang) -> str:
        return say(self.key, lang, **self.details)

    def __str__(self) -> str:
        return self.say("en")
