"""All that a run reported, line by line, in a language: the full log, for whoever wants to know.

Knows no page and no file: facts come in, sentences go out.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from studio.curves import learned
from studio.events import (
    Evaluated,
    Event,
    Failed,
    Named,
    Note,
    Planned,
    Started,
    Step,
    Unknown,
    told,
)
from studio.plan import duration
from studio.words import Lang, say


@dataclass(frozen=True)
class Line:
    """One fact in words, with its time of day here; "" where a fact of another version has none."""

    when: str
    kind: str
    text: str


def lines(facts: Iterable[Event | Unknown], lang: Lang, search: str = "") -> list[Line]:
    """Of all facts, or of those in whose line each of the words of `search` stands, whatever their case."""
    words = search.casefold().split()
    made = (Line(_when(fact), fact.kind, _text(fact, lang)) for fact in facts)
    return [line for line in made if all(word in f"{line.when} {line.kind} {line.text}".casefold() for word in words)]


def _when(fact: Event | Unknown) -> str:
    return "" if isinstance(fact, Unknown) else time.strftime("%m-%d %H:%M:%S", time.localtime(fact.at))


def _text(fact: Event | Unknown, lang: Lang) -> str:
    match fact:
        case Note() | Failed():
            return told(fact, lang)
        case Evaluated():
            return _test(fact, lang)
        case _:
            return say(f"log.{'unknown' if isinstance(fact, Unknown) else fact.kind}", lang, **_figures(fact, lang))


def _figures(fact: Event | Unknown, lang: Lang) -> dict[str, Any]:
    """What the sentence of a fact tells, as a person reads it."""
    match fact:
        case Step():
            rounded = {
                "loss": f"{fact.loss:.4f}",
                "grad_norm": f"{fact.grad_norm:.2f}",
                "memory_gib": f"{fact.memory_gib:.2f}",
            }
            paces = {
                "learning_rate": f"{fact.learning_rate:.2e}",
                "tokens_per_second": f"{fact.tokens_per_second:,.0f}",
            }
            return {"step": fact.step, **rounded, **paces}
        case Planned():
            seconds, gib = fact.seconds * fact.times_seconds, fact.memory_gib * fact.times_memory
            return {"time": duration(seconds, lang), "memory": f"{gib:.1f}"}
        case Started():
            return {**vars(fact), "trainable_parameters": f"{fact.trainable_parameters:,}"}
        case Named():
            return {"name": fact.name or "–", "note": fact.note or "–"}
        case Unknown():
            return {"kind": fact.kind}
        case _:
            return vars(fact)


def _test(test: Evaluated, lang: Lang) -> str:
    """What it asked, part by part: of what was not learned, then of what was."""
    said, known = [say("log.tested", lang, step=test.step, loss=f"{test.loss:.4f}")], learned(test)
    if test.count:
        said.append(say("log.unseen", lang, correct=test.correct, count=test.count))
    if known.count:
        said.append(say("log.learned", lang, correct=known.correct, count=known.count))
    return say("log.between", lang).join(said)
