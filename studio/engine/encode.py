"""Rows as token ids: what a model is shown, what it learns, what had to be cut; the same in training, chat and export.

Knows no torch and no model: it is handed a Hugging Face tokenizer and gives lists of numbers.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

from studio.contract import Shade
from studio.data.chat_template import ChatTemplate, fitted
from studio.data.schema import Example, Message, Splits, Thumb
from studio.data.thoughts import CLOSE, OPEN, parted, spoken
from studio.engine.objectives import OBJECTIVES
from studio.tasks import Task
from studio.words import Lang

_MARK = "\ue000"  # a private-use character: stands where a control token in someone's text was broken in two


def ask(
    text: str, task: Task, labels: Sequence[str] = (), context: Iterable[Message] = (), lang: Lang | None = None
) -> list[dict[str, str]]:
    """The messages that ask a model for the answer to `text`, the task's words around it in `lang`; of earlier answers
    no model reads what was thought."""
    said = [{"role": message.role, "content": spoken(message.content)} for message in context]
    return [*said, {"role": "user", "content": OBJECTIVES[task].question(text, labels, lang)}]


@dataclass(frozen=True)
class Encoded:
    """A row in tokens. The model reads `prompt` and learns `completion`: words and the end token after them, or the
    number of a class; or that it is better than `rejected`, or was `liked` or not, where there is such a thing."""

    number: int
    prompt: tuple[int, ...]
    completion: tuple[int, ...]
    text: str  # the question as far as it was kept
    cut: str = ""  # what was removed of it, so that the row fits
    rejected: tuple[int, ...] = ()
    liked: Thumb = ""

    @property
    def ids(self) -> tuple[int, ...]:
        return self.prompt + self.completion

    @property
    def judged(self) -> bool:
        """Whether people said what of it is good."""
        return bool(self.rejected or self.liked)

    @property
    def sides(self) -> tuple[Encoded, ...]:
        """The row of each answer alone, the better one first."""
        if not self.rejected:
            return (self,)
        return replace(self, rejected=()), replace(self, completion=self.rejected, rejected=())

    def __len__(self) -> int:
        return len(self.prompt) + max(len(self.completion), len(self.rejected))


class RowEncoder(ABC):
    """Turns rows into tokens with one tokenizer.

    Control tokens are written by whoever writes the conversation: where a row's text spells one, it is read as ordinary
    text. Rows that are too long lose first their earliest turns, then the start of their text; the answer, and the
    question around the text, are never cut.
    """

    def __init__(
        self, tokenizer: Any, task: Task, labels: Sequence[str], max_length: int, lang: Lang | None = None
    ) -> None:
        self.lang = lang
        self.tokenizer = tokenizer
        self.task = task
        self.labels = tuple(labels)
        self.max_length = max_length

    @classmethod
    def of(cls, tokenizer: Any, splits: Splits, max_length: int) -> Self:
        """For the rows of `splits` and all that is asked of whoever learned them."""
        return cls(tokenizer, splits.task, splits.labels, max_length, splits.asked_in)

    @abstractmethod
    def completion(self, target: str) -> tuple[int, ...]:
        """The tokens of an answer with its end token, as training would have them after any question."""

    @abstractmethod
    def as_code(self, example: Example) -> str:
        """What is asked of a row, as Python that whoever takes the model home can run."""

    @abstractmethod
    def _split(self, asked: list[dict[str, str]], target: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Prompt and completion of a question and its answer."""

    @abstractmethod
    def _prompt(self, messages: list[dict[str, str]]) -> tuple[int, ...]:
        """The tokens that ask for an answer."""

    def asked(self, text: str, context: Iterable[Message] = ()) -> list[dict[str, str]]:
        """The messages that ask for the answer to `text`, after what was said before it."""
        return ask(text, self.task, self.labels, context, self.lang)

    @cached_property
    def control_tokens(self) -> dict[str, int]:
        """The tokens that no text may spell, by their spelling."""
        return {token.content: number for number, token in self.tokenizer.added_tokens_decoder.items() if token.special}

    @cached_property
    def marks(self) -> tuple[list[int], list[int]]:
        """What the tokenizer puts before a text and after it, such as [CLS] and [SEP]."""
        bare, whole = (list(self.tokenizer.encode("a", add_special_tokens=special)) for special in (False, True))
        start = next(at for at in range(len(whole)) if whole[at : at + len(bare)] == bare)
        return whole[:start], whole[start + len(bare) :]

    @cached_property
    def unknown(self) -> int | None:
        """The token that stands for what the tokenizer has no word for, where it has such a token and no other use of
        it."""
        found = self.tokenizer.unk_token_id
        return None if found in (self.tokenizer.eos_token_id, self.tokenizer.pad_token_id) else found

    def room(self, completion: Sequence[int]) -> int:
        """The most tokens of a prompt with that answer."""
        return self.max_length - len(completion)

    def encode(self, example: Example) -> Encoded | None:
        """The row in tokens, or None when its answer is empty or leaves no room for a question (an unlearnable row)."""
        target = self._answer(example.target)
        if not spoken(target).strip():
            return None
        asked = self.asked(example.text, example.context)
        prompt, completion = self._split(asked, target)
        rejected = self._split(asked, self._answer(example.rejected))[1] if example.rejected else ()
        room = self.room(max(completion, rejected, key=len))
        if len(prompt) <= room:
            return Encoded(example.number, prompt, completion, example.text, "", rejected, example.liked)
        fitted = self._fit(example.text, example.context, room)
        if fitted is None:
            return None
        context, text = fitted
        prompt = self._prompt(self.asked(text, context))
        dropped = [message.content for message in example.context if message not in context]
        cut = "\n".join([*dropped, example.text.removesuffix(text)])
        return Encoded(example.number, prompt, completion, text, cut, rejected, example.liked)

    def prompt(self, text: str, context: Sequence[Message] = (), reserve: int = 1) -> tuple[int, ...]:
        """The tokens that ask for an answer of up to `reserve` tokens, cut where they must be.

        Raises ValueError when not even an empty question fits.
        """
        prompt = self._prompt(self.asked(text, context))
        if len(prompt) <= self.max_length - reserve:
            return prompt
        fitted = self._fit(text, context, self.max_length - reserve)
        if fitted is None:
            raise ValueError(f"{self.max_length} tokens leave no room for a question and {reserve} tokens of answer")
        return self._prompt(self.asked(fitted[1], fitted[0]))

    def fits(self, text: str, context: Sequence[Message], reserve: int) -> bool:
        """Whether `prompt` of the same cuts nothing."""
        return self._length(text, tuple(context)) <= self.max_length - reserve

    def preview(self, example: Example) -> list[tuple[str, Shade]]:
        """The row as the model sees it: what it only reads, what was cut, what it learns, and the end token."""
        row = self.encode(example)
        lost: list[tuple[str, Shade]] = [(example.text, "cut"), (example.target, "cut")]
        return [(text, shade) for text, shade in (self._pieces(row) if row else lost) if text]

    def _pieces(self, row: Encoded) -> list[tuple[str, Shade]]:
        shown = self.tokenizer.decode(list(row.prompt))
        at = shown.rfind(row.text) if row.cut else -1
        head, tail = (shown[:at], shown[at:]) if at >= 0 else ("", shown)
        return [
            (head, "ignored"),
            (row.cut, "cut"),
            (tail, "ignored"),
            (self.tokenizer.decode(list(row.completion[:-1])), "worse" if row.liked == "down" else "learned"),
            (self.tokenizer.decode([row.completion[-1]]), "end"),
            (self.tokenizer.decode(list(row.rejected[:-1])), "worse"),
        ]

    def _answer(self, target: str) -> str:
        """The answer as far as it can be learned."""
        return spoken(target)

    def _fit(self, text: str, context: Sequence[Message], room: int) -> tuple[tuple[Message, ...], str] | None:
        """The latest turns and the longest end of `text` whose prompt has at most `room` tokens."""
        system = tuple(message for message in context if message.role == "system")
        turns = tuple(message for message in context if message.role != "system")
        for said in [turns[start:] for start in range(0, len(turns), 2)]:
            if self._length(text, system + said) <= room:
                return system + said, text
        low, high = 0, len(text)  # the most characters from the end of the text that fit
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._length(text[-middle:], system) <= room else (low, middle - 1)
        return (system, text[-low:]) if low else None

    def _length(self, text: str, context: tuple[Message, ...]) -> int:
        return len(self._prompt(self.asked(text, context)))

    def _defuse(self, text: str) -> str:
        """`text` with a mark inside everything that spells a control token."""
        return self._control_pattern.sub(lambda found: found[0][0] + _MARK + found[0][1:], text.replace(_MARK, ""))

    @cached_property
    def _control_pattern(self) -> re.Pattern[str]:
        spellings = sorted(self.control_tokens, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, spellings)) if spellings else r"(?!)")

    def _ids(self, text: str) -> list[int]:
        return [number for piece in text.split(_MARK) for number in self._encode(piece)]

    def _encode(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False)) if text else []


class Encoder(RowEncoder):
    """Turns rows into tokens with one tokenizer's own chat template.

    Control tokens are written by the template only. `max_length` counts prompt and completion together.
    """

    def __init__(
        self, tokenizer: Any, task: Task, labels: Sequence[str], max_length: int, lang: Lang | None = None
    ) -> None:
        super().__init__(tokenizer, task, labels, max_length, lang)
        self.template = ChatTemplate(tokenizer)

    @cached_property
    def control_tokens(self) -> dict[str, int]:
        """The tokens that open and close turns, by their spelling."""
        return {
            token.content: number
            for number, token in self.tokenizer.added_tokens_decoder.items()
            if token.special
            or (
                token.content in self.template.source and token.content.strip() and token.content not in (OPEN, CLOSE)
            )  # which replies may hold: no turn ends with them
        }

    @cached_property
    def end_id(self) -> int:
        """The token that ends an answer: the first control token after it in the template, else the tokenizer's own."""
        return self._split(ask("?", "chat"), "!")[1][-1]

    @property
    def turn_end(self) -> int | None:
        """The control token with which the template ends an answer, if it does so."""
        return self.end_id if self.end_id in self.control_tokens.values() else None

    def completion(self, target: str) -> tuple[int, ...]:
        return self._split(self.asked("?"), self._answer(target))[1]

    def as_code(self, example: Example) -> str:
        """Messages, put the way in which the chat template takes them."""
        said = fitted(self.asked(example.text, example.context), self.template.accepts)
        return "[\n" + "".join(f"    {json.dumps(message, ensure_ascii=False)},\n" for message in said) + "]"

    def _answer(self, target: str) -> str:
        """The answer with what was thought before it only where the template has a place for that."""
        return target if self.template.thinks else spoken(target)

    def _prompt(self, messages: list[dict[str, str]]) -> tuple[int, ...]:
        return tuple(self._ids(self._text(messages, generate=True)))

    def _split(self, asked: list[dict[str, str]], target: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The completion is what follows the prompt when all is rendered, up to its first control token."""
        start = self._text(asked, generate=True)
        whole = self._text([*asked, {"role": "assistant", "content": target}], generate=False)
        prompt = self._ids(start)
        if whole.startswith(start):
            both = self._ids(whole)
            joined = both[: len(prompt)] == prompt
            ids = both[len(prompt) :] if joined else self._ids(whole[len(start) :])
        else:  # a template that renders past answers differently from the one it is about to get
            ids = self._ids(self._defuse(_begun(start, target)))
        controls = set(self.control_tokens.values())
        ends = [place for place, number in enumerate(ids) if number in controls]
        return tuple(prompt), tuple(ids[: ends[0] + 1] if ends else [*ids, self.tokenizer.eos_token_id])

    def _text(self, messages: list[dict[str, str]], generate: bool) -> str:
        said = [{**message, "content": self._defuse(message["content"])} for message in messages]
        return self.template.write(said, generate)


def _begun(start: str, target: str) -> str:
    """The rest of an answer whose thinking the prompt has already opened, as that of DeepSeek-R1 does."""
    if not start.rstrip().endswith(OPEN):
        return target
    thought, words = parted(target)
    return f"{thought}\n{CLOSE}\n\n{words}"
