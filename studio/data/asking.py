"""What a model is asked, in training and ever after: made of a row's cells, or of what somebody types.

Knows no file, no database and no tokenizer. How a task words its question is in `engine.objectives`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.data.intake.together import ABOUT
from studio.data.reading.headers import plain
from studio.data.reading.shapes.turns import turns_in
from studio.data.schema import Example, Message, Splits
from studio.data.teaching import languages
from studio.tasks import TASKS, Role, Task
from studio.words import LANGS, Lang

WORD = re.compile(r"[^\W\d_]{2}")  # a text without any, such as 12-7, is in no language
LOOKED_AT = 2_000  # rows, spread over all
Conversation = list[Message]  # what is said before, then the question, which is the user's


@dataclass(frozen=True)
class Columns:
    """Which cells of a row make its question, by their places; several are joined in the order in which they stand."""

    source: tuple[int, ...]
    system: tuple[int, ...] = ()
    history: tuple[int, ...] = ()

    @classmethod
    def of(cls, columns: Sequence[str], roles: Mapping[str, Role], task: Task) -> Columns:
        """In the order of `roles`, for a later table may have the columns that were taught in another order; what a
        question is about comes after the question."""

        def having(role: Role) -> tuple[int, ...]:
            names = [name for name, given in roles.items() if given == role and name in columns]
            return tuple(columns.index(name) for name in sorted(names, key=lambda name: plain(name) in ABOUT))

        source = having(TASKS[task].roles[0])
        return cls(source, having("system"), having("history")) if TASKS[task].talks else cls(source)

    def text(self, row: Sequence[str]) -> str:
        """What is asked; "" where nothing is."""
        return joined(row, self.source)

    def context(self, row: Sequence[str]) -> tuple[Message, ...] | None:
        """What was said before it; None where that cannot be read."""
        if not self.system and not self.history:
            return ()
        return _context(joined(row, self.system), joined(row, self.history))


def joined(row: Sequence[str], columns: Sequence[int]) -> str:
    """The cells, trimmed, one below the other without those that are empty."""
    return "\n".join([cell for j in columns if (cell := row[j].strip())]) if columns else ""


def conversation(text: str, context: Iterable[Message] = ()) -> Conversation:
    return [*context, Message("user", text)]


def of(example: Example) -> Conversation:
    return conversation(example.text, example.context)


def typed(text: str, system: str) -> Conversation:
    """A question that somebody types, below a system text unless that is empty."""
    return conversation(text, [Message("system", system)] if system.strip() else [])


def below(system: str, said: Sequence[Message]) -> Conversation:
    """The conversation below this system text instead of its own; below none where it is empty."""
    first = [Message("system", system)] if system.strip() else []
    return [*first, *(message for message in said if message.role != "system")]


def system_text(splits: Splits) -> str:
    """The system text that most training rows begin with; "" where most have none. Questions without one get it."""
    some = splits.train[:: len(splits.train) // LOOKED_AT + 1]
    count = Counter(
        "\n\n".join(message.content for message in example.context if message.role == "system") for example in some
    )
    return count.most_common(1)[0][0] if count else ""


def language_of(texts: Sequence[str]) -> Lang | None:
    """The language in which most texts are written, where it is one that the studio asks in."""
    some = texts[:: len(texts) // LOOKED_AT + 1]
    count = Counter(languages.of_question(text) for text in some if WORD.search(text))
    return next((lang for lang in LANGS if count[lang] > count.total() / 2), None)


def _context(system: str, history: str) -> tuple[Message, ...] | None:
    """From JSON `[[question, answer], …]`, `[[speaker, words], …]` or turns as any tool writes them; None: no such."""
    messages = [Message("system", system)] if system else []
    if history and history != "[]":
        try:
            turns = json.loads(history)
        except ValueError:
            return None
        said = _said(turns)
        if said is None:
            return None
        messages += said
    return tuple(messages)


def _said(turns: Any) -> list[Message] | None:
    if not isinstance(turns, list):
        return None
    if all(isinstance(turn, dict) for turn in turns):
        found = turns_in(turns)
        if found is None:
            return None
        return [
            Message(one.speaker, one.words)
            for one in found
            if one.words and (one.speaker == "user" or one.speaker == "assistant")
        ]
    messages: list[Message] = []
    for turn in turns:
        match turn:
            case ["user" | "assistant" as speaker, str(words)]:
                messages.append(Message(speaker, words))
            case [str(question), str(answer)]:
                messages += [Message("user", question), Message("assistant", answer)]
            case _:
                return None
    return messages
