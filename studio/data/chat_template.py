"""A model's own way to write a conversation, and how a conversation is put so that it can be written that way.

Knows no rows and no token ids. A template is a stranger's small program: it may refuse a system text or two turns of
one speaker, and it may fail; then there is one sentence for the user.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import dropwhile, groupby
from typing import Any

from jinja2 import TemplateError

from studio.data.thoughts import CLOSE, OPEN, written
from studio.errors import StudioError

Turn = dict[str, str]  # {"role": "system" | "user" | "assistant", "content": …}

# For models that were never taught a chat format: plain text, one turn a line, ended by the model's own end token.
PLAIN_TEMPLATE = (
    "{{ bos_token if bos_token else '' }}"
    "{% for message in messages %}"
    "{{ message['role'] | capitalize }}:\n{{ message['content'] }}"
    "{{ eos_token if message['role'] == 'assistant' else '' }}\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}Assistant:\n{% endif %}"
)
# What comes out of a program that adds texts to nothing, divides, or looks where nothing is.
_FAILURES = (TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_ASKED, _ANSWERED = ({"role": "user", "content": "probe-one"}, {"role": "assistant", "content": "probe-two"})


@dataclass(frozen=True)
class Accepts:
    """What a template writes as it is given: a system text, two turns of one speaker, a start by the assistant."""

    system: bool
    repeats: bool
    greeting: bool


def fitted(messages: Iterable[Turn], accepts: Accepts) -> list[Turn]:
    """The same conversation as the template takes it.

    A system text that has no place of its own stands before the user's first words; turns of one speaker in a row
    become one. A greeting before anyone has asked is left out where the conversation must start with the user.
    """
    messages = list(messages)
    system = [message["content"] for message in messages if message["role"] == "system"]
    turns = [message for message in messages if message["role"] != "system"]
    if not accepts.greeting:
        turns = list(dropwhile(lambda turn: turn["role"] == "assistant", turns))
    if not accepts.repeats:
        spoken = groupby(turns, key=lambda turn: turn["role"])
        turns = [{"role": role, "content": "\n".join(turn["content"] for turn in said)} for role, said in spoken]
    if not system:
        return turns
    if accepts.system:
        return [{"role": "system", "content": "\n\n".join(system)}, *turns]
    first = next(place for place, turn in enumerate(turns) if turn["role"] == "user")
    folded = {"role": "user", "content": "\n\n".join([*system, turns[first]["content"]])}
    return [*turns[:first], folded, *turns[first + 1 :]]


class ChatTemplate:
    """The chat template of a Hugging Face tokenizer, or a plain one where it has none."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.source = self._opening_answers(own_template(tokenizer.chat_template))

    def write(self, messages: Iterable[Turn], generate: bool) -> str:
        """The conversation as text, with the start of an answer if one is to be generated. Raises StudioError."""
        said = fitted(messages, self.accepts)
        try:
            return self._render(self.source, said, generate)
        except _FAILURES as error:
            raise _failure(error) from error

    def below(self, system: str) -> str:
        """The template's source, which puts a conversation without a system text below this one.

        As it is where there is no such text, or no place for one but the user's first words.
        """
        if not system or not self.accepts.system:
            return self.source
        first = json.dumps([{"role": "system", "content": system}], ensure_ascii=False)
        asked = "not messages or messages[0]['role'] != 'system'"
        # a line of its own: the line break after a block is no part of what is written
        return f"{{% if {asked} %}}{{% set messages = {first} + messages %}}{{% endif %}}\n{self.source}"

    @cached_property
    def thinks(self) -> bool:
        """Whether it has a place for what is thought before an answer: it opens one, or writes a thought as such."""
        if CLOSE not in self.source:
            return False
        thought = {"role": "assistant", "content": written("probe-three", "probe-two")}
        try:
            opened, whole = (
                self._render(self.source, [_ASKED], True),
                self._render(self.source, [_ASKED, thought], False),
            )
        except _FAILURES:
            return False
        return opened.rstrip().endswith(OPEN) or ("probe-three" in whole and whole.count(CLOSE) == 1)

    @cached_property
    def accepts(self) -> Accepts:
        """Learned from tiny conversations. Raises StudioError when not even a question with its answer is written."""
        try:
            written = self._render(self.source, [_ASKED, _ANSWERED], False)
        except _FAILURES as error:
            raise _failure(error) from error
        lost = next((turn["content"] for turn in (_ASKED, _ANSWERED) if turn["content"] not in written), None)
        if lost:
            raise _failure(LookupError(f"{lost!r} is not in {written!r}"))
        return Accepts(
            system=self._takes("system", "user"),
            repeats=self._takes("user", "user", "assistant", "assistant", "user"),
            greeting=self._takes("assistant", "user"),
        )

    def _takes(self, *roles: str) -> bool:
        """Whether a conversation of these speakers is written, and all of it."""
        said = [{"role": role, "content": f"probe-{place}"} for place, role in enumerate(roles)]
        try:
            written = self._render(self.source, said, True)
        except _FAILURES:
            return False
        return all(turn["content"] in written for turn in said)

    def _opening_answers(self, source: str) -> str:
        """`source`, mended where it does not open an answer though it is asked to: else the model would say who speaks.

        What opens an answer is what stands between a question and its answer in a whole conversation.
        """
        try:
            asked, opened = (self._render(source, [_ASKED], generate) for generate in (False, True))
            whole = self._render(source, [_ASKED, _ANSWERED], False)
        except _FAILURES:
            return source  # to be said when a conversation is written
        if asked != opened or not whole.startswith(asked):
            return source
        opening, found, _ = whole.removeprefix(asked).partition(_ANSWERED["content"])
        if not found or not opening.strip():
            return source
        literal = json.dumps(opening, ensure_ascii=False)
        return f"{source.removesuffix(chr(10))}{{% if add_generation_prompt %}}{{{{ {literal} }}}}{{% endif %}}"

    def _render(self, source: str, messages: list[Turn], generate: bool) -> str:
        """Tokens that the tokenizer does not have are empty, so that a template may add them to a text."""
        written = self._tokenizer.apply_chat_template(
            messages,
            chat_template=source,
            tokenize=False,
            add_generation_prompt=generate,
            bos_token=self._tokenizer.bos_token or "",
            eos_token=self._tokenizer.eos_token or "",
        )
        return str(written)


def own_template(given: Any) -> str:
    """One template: of several with names the one for conversations, of none or of what is no text the plain one."""
    if isinstance(given, Mapping):
        given = given.get("default") or next(iter(given.values()), None)
    return given if given and isinstance(given, str) else PLAIN_TEMPLATE


def _failure(error: Exception) -> StudioError:
    return StudioError("engine.template_fails", problem=(str(error).splitlines() or [type(error).__name__])[0][:200])
