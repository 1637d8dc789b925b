"""The one place where passages are put before a question: as many as a model has room for, the question always whole.

Knows no weights and no file: whether a conversation has room is asked of a session.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.contract import Sampling, Session
from studio.data.asking import Conversation
from studio.data.schema import Message
from studio.data.teaching import languages
from studio.handbook.cutting import Passage
from studio.handbook.finding import Finder
from studio.words import Lang, say

Fits = Callable[[Conversation], bool]
Outcome = Literal["found", "nothing_found", "no_room"]


@dataclass(frozen=True)
class Informed:
    """A conversation to be answered, and the passages that stand before its question: none unless `found`."""

    said: Conversation
    sources: tuple[Passage, ...] = ()
    outcome: Outcome = "nothing_found"


def informed(said: Sequence[Message], found: Sequence[Passage], fits: Fits) -> Informed:
    """The conversation with the passages before its last question that fit, the likeliest first.

    Where none fits, or none was found, it is asked as it is: no word of the question is ever cut for a passage's sake.
    """
    kept: list[Passage] = []
    for passage in found:
        if fits(_with(said, [*kept, passage])):
            kept.append(passage)
    if not kept:
        return Informed(list(said), outcome="no_room" if found else "nothing_found")
    return Informed(_with(said, kept), tuple(kept), "found")


def inform(
    session: Session, conversations: Sequence[Sequence[Message]], finder: Finder, sampling: Sampling
) -> list[Informed]:
    """Each conversation with the passages before its question that speak of it and that the model has room for."""
    return [
        informed(said, finder.find(said[-1].content), lambda whole: session.fits(whole, sampling))
        for said in conversations
    ]


def _with(said: Sequence[Message], passages: Sequence[Passage]) -> Conversation:
    question = said[-1].content
    lang: Lang = "zh" if languages.of_question(question) == "zh" else "en"
    listed = "\n\n".join(f"[{number}] {passage.told}" for number, passage in enumerate(passages, 1))
    return [*said[:-1], Message("user", say("handbook.prompt", lang, passages=listed, question=question))]
