"""Questions that the data do not answer, made by rule from what they speak of, and whether an answer to one is made up;
texts that belong to none of their classes.

Knows no run and no model. The rules are in `outside.toml`: one half is asked, the other, never asked, can be taught.
The texts are in `strangers.toml`.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from studio.data import asking
from studio.data.near import normalise
from studio.data.schema import Splits
from studio.data.teaching import heard
from studio.evaluation.reading import read
from studio.evaluation.rules import Fact
from studio.words import Lang

FILE = Path(__file__).with_name("outside.toml")
TEXTS = Path(__file__).with_name("strangers.toml")
ASKED = 30
TAUGHT = 20
ABOUT = 10  # of those asked, at most, speak of something that the data speak of
MOST_READ = 20_000  # rows that are looked through
LONGEST_TOPIC = 24  # characters; a longer one is half a sentence
SEVERAL = 3  # questions that name a thing
HALF = re.compile(
    r"[的了还有带是不做没吗要会能在我你他这那]|\b(?:is|are|do|does|you|your|i|my|it|that|this|to|not)\b", re.IGNORECASE
)
YES_OR_NO = re.compile(r"^(?:不?可以|不?能|没?有|是的|不?会|不?支持|不用|需要|yes\b|no\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Outside:
    """A question that the data do not answer; `matter` is found in what speaks of the same."""

    text: str
    matter: re.Pattern[str]

    def is_made_up(self, answer: str, taught: frozenset[str] = frozenset()) -> bool:
        """Whether the answer claims to know: it does not admit that it cannot, and it gives a figure, says yes or no,
        speaks of the matter, or is one of the answers that were `taught` (normalised) to other questions."""
        if not answer.strip() or admits(answer):
            return False
        figures = [token for token in read(answer) if isinstance(token, Fact) and token[:2] != ("", 1)]
        return bool(
            figures or YES_OR_NO.match(answer) or self.matter.search(answer) or normalise(answer) in taught
        )  # fmt: skip


def admits(answer: str) -> bool:
    """Whether the answer says that it does not know, asks back, or points to somebody who does."""
    return any(pattern.search(answer) for pattern in _admissions())


def asked(splits: Splits, seed: int) -> list[Outside]:
    """At most ASKED questions that the rows of `splits` do not answer; the same rows and seed, the same questions."""
    return _written(splits, seed, "asked", "about", ASKED)


def lesson(splits: Splits, seed: int) -> list[tuple[str, str]]:
    """TAUGHT other such questions, each with the answer that one does not know."""
    answer = _rules()[_language(splits)]["answer"]
    return [(one.text, answer) for one in _written(splits, seed, "lesson", "lesson_about", TAUGHT)]


def strangers(splits: Splits) -> list[str]:
    """At most ASKED texts of which neither the rows of `splits` nor its classes speak, in the language of the rows."""
    known = "\n".join([*splits.labels, *(row.text for row in islice(splits.train, MOST_READ))])
    found = (text for text, matter in _texts()[_language(splits)] if not re.search(matter, known, re.IGNORECASE))
    return list(islice(found, ASKED))


def catches_all(labels: Sequence[str]) -> str:
    """The class that takes whatever belongs to no other; "" without one."""
    return next((label for label in labels if re.search(_texts()["catches_all"], label, re.IGNORECASE)), "")


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))


@cache
def _rules() -> dict[str, dict[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def _admissions() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rules["admits"], re.IGNORECASE) for rules in _rules().values())


def _language(splits: Splits) -> Lang:
    return asking.language_of([row.text for row in islice(splits.train, MOST_READ)]) or "en"


def _written(splits: Splits, seed: int, general: str, about: str, most: int) -> list[Outside]:
    rules = _rules()[_language(splits)]
    rows = [row for row in islice(splits.train, MOST_READ) if not admits(row.target)]  # of which nothing is known
    told = "\n".join(line for row in rows for line in (row.text, row.target)).casefold()
    topics = _topics([row.text for row in rows])
    random.Random(seed).shuffle(topics)
    topics = topics[general == "lesson" :: 2]  # what is taught of one thing is not asked of it
    forms = list(zip(topics, cycle(rules[about]), strict=False))
    ours = [Outside(form.replace("{x}", topic), re.compile(re.escape(topic), re.IGNORECASE)) for topic, form in forms]
    any_shop = [Outside(text, re.compile(matter, re.IGNORECASE)) for text, matter in rules[general]]
    any_shop = [one for one in any_shop if not one.matter.search(told)]
    own = min(len(ours), max(ABOUT, most - len(any_shop)))
    return [*ours[:own], *any_shop][:most]


def _topics(texts: Sequence[str]) -> list[str]:
    """What the questions are about, each thing once: names that several of them say, not half sentences."""
    named = Counter(topic for text in texts if (topic := heard.topic(text)) and not HALF.search(topic))
    said = "\n".join(texts)
    return [one for one in named if 2 <= len(one) <= LONGEST_TOPIC and said.count(one) >= SEVERAL]


def answers_of(splits: Splits) -> frozenset[str]:
    """The taught answers, as `Outside.is_made_up` compares them."""
    targets: Sequence[str] = [row.target for row in islice(splits.train, MOST_READ)]
    return frozenset(normalise(target) for target in targets)
