"""Answers judged by another model: each pair twice, in either order, so that it gains nothing to stand first.

Knows no address and no database: texts go to a client, verdicts come back one by one, to be kept at once.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from studio.contract import Progress
from studio.data import asking
from studio.data.thoughts import spoken
from studio.errors import StudioError
from studio.judging.opinions import SIDES, Better, Match, Side, Verdict
from studio.words import Lang, say

IN_A_ROW = 5  # answers that nobody can read, after which it is not worth more money
ANSWER_TOKENS = 80
LONGEST_WHY = 400  # characters
HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
FOUND = re.compile(r"\{[^{}]*\}")
LEVEL = {"same", "tie", "equal", "draw", "both", "neither", "一样", "平", "平局"}


class Judge(Protocol):
    @property
    def name(self) -> str: ...

    def ask(self, messages: Sequence[Mapping[str, str]]) -> str: ...


@dataclass(frozen=True)
class Cost:
    """How many calls it takes, and about how many tokens they are, in and out."""

    calls: int
    tokens: int


@dataclass(frozen=True)
class Swapped:
    """Of `count` pairs that a model judged in both orders, in how many it said the same."""

    judge: str
    count: int
    steady: int

    def facts(self) -> dict[str, Any]:
        return asdict(self)


def prompt(lang: Lang) -> str:
    """What the model is told, word for word."""
    return say("judging.prompt", lang)


def language_of(matches: Sequence[Match]) -> Lang:
    return asking.language_of([match.asked.text for match in matches]) or "zh"


def messages(match: Match, first: Side, lang: Lang) -> list[dict[str, str]]:
    second: Side = "against" if first == "run" else "run"
    before = "".join(f"{message.role}: {message.content}\n" for message in match.asked.context)
    case = say(
        "judging.case", lang, question=before + match.asked.text, wanted=match.asked.wanted or "-",
        first=match.of(first), second=match.of(second),
    )  # fmt: skip
    return [{"role": "system", "content": prompt(lang)}, {"role": "user", "content": case}]


def left(matches: Iterable[Match], said: Iterable[Verdict], judge: str) -> list[tuple[Match, Side]]:
    """What `judge` has not been asked yet, or not with an answer that could be read."""
    done = {(one.match, one.first) for one in said if one.way == "model" and one.judge == judge}
    return [(match, side) for match in matches if not match.alike for side in SIDES if (match.id, side) not in done]


def cost(todo: Sequence[tuple[Match, Side]], lang: Lang) -> Cost:
    texts = [one["content"] for match, side in todo for one in messages(match, side, lang)]
    return Cost(len(todo), sum(map(tokens, texts)) + ANSWER_TOKENS * len(todo))


def tokens(text: str) -> int:
    """About: one for each Chinese character, one for four others."""
    han = len(HAN.findall(text))
    return han + (len(text) - han + 3) // 4


def verdicts(judge: Judge, todo: Sequence[tuple[Match, Side]], lang: Lang, progress: Progress) -> Iterator[Verdict]:
    """One by one. An answer that cannot be read is passed over, to be asked again another time. Raises StudioError
    judging.judge_nonsense after IN_A_ROW of these, and what the judge raises."""
    unread = 0
    for number, (match, first) in enumerate(todo):
        said = judge.ask(messages(match, first, lang))
        found = read(said, first)
        if found is None:
            unread += 1
            if unread >= min(IN_A_ROW, len(todo)):
                raise StudioError("judging.judge_nonsense", judge=judge.name, said=" ".join(said.split())[:120] or "…")
            continue
        unread = 0
        yield Verdict(match.id, judge.name, found[0], "model", first, found[1])
        progress((number + 1) / len(todo))


def read(said: str, first: Side) -> tuple[Better, str] | None:
    """Whose answer is the better one, and why; None where nothing tells."""
    second: Side = "against" if first == "run" else "run"
    text = spoken(said).strip()
    for piece in reversed(FOUND.findall(text)):
        try:
            held = json.loads(piece)
        except ValueError:
            continue
        if isinstance(held, dict) and "better" in held:
            found = _whose(str(held["better"]), first, second)
            return found and (found, str(held.get("why", ""))[:LONGEST_WHY])
    found = _whose(text.strip("。.!*\"' "), first, second)
    return found and (found, "")


def _whose(said: str, first: Side, second: Side) -> Better | None:
    word = said.strip().casefold()
    places: dict[str, Better] = {"a": first, "b": second, **dict.fromkeys(LEVEL, "same")}
    return places.get(word)


def together(said: Iterable[Verdict]) -> tuple[list[Verdict], list[Swapped]]:
    """Of each model what it says of a match that it judged in both orders: level where they contradict each other."""
    of: dict[tuple[str, int], dict[Side, Verdict]] = defaultdict(dict)
    for one in said:
        if one.way == "model":
            of[one.judge, one.match][one.first] = one
    both = {key: list(given.values()) for key, given in of.items() if len(given) == len(SIDES)}
    steady = {key: one[0].better == one[1].better for key, one in both.items()}
    found = [one[0] if steady[key] else replace(one[0], better="same") for key, one in both.items()]
    judges = dict.fromkeys(judge for judge, _ in both)
    counts = [[same for (judge, _), same in steady.items() if judge == one] for one in judges]
    return found, [Swapped(judge, len(count), sum(count)) for judge, count in zip(judges, counts, strict=True)]
