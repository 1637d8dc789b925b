"""Texts that are written in a form of their own, which no separator tells: each a function that knows its own or not.

Knows no encoding and no separator. Every form gets a text whose lines end in \n.
"""

from __future__ import annotations

from collections.abc import Callable

from studio.data.reading.grid import Grid
from studio.data.reading.texts.chatlog import read_chatlog
from studio.data.reading.texts.conv import read_conv
from studio.data.reading.texts.faq import read_blocks, read_by_turns
from studio.data.reading.texts.fasttext import read_fasttext
from studio.data.reading.texts.headed import read_headed
from studio.data.reading.texts.marked import read_marked
from studio.data.reading.texts.rasa import read_rasa

__all__ = ["loosely_written", "written"]

Form = Callable[[str, str], Grid | None]
# Forms that say what they are, the most particular first. One that does not know a text gives None.
FORMS: tuple[Form, ...] = (read_rasa, read_chatlog, read_marked, read_fasttext, read_conv, read_headed)
# Forms that only their regularity shows: for a text that no separator cuts.
LOOSE: tuple[Form, ...] = (read_blocks, read_by_turns)


def written(text: str, encoding: str) -> Grid | None:
    """The rows of a text that says what it is; None for any other. Raises StudioError as the form does."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return next((found for form in FORMS if (found := form(text, encoding)) is not None), None)


def loosely_written(text: str, encoding: str) -> Grid | None:
    """The rows of a text that is regular enough to be questions and answers; None for any other."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return next((found for form in LOOSE if (found := form(text, encoding)) is not None), None)
