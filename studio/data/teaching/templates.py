"""Other ways to ask one question, by rules of Chinese and English: candidates that a person chooses from.

Knows no dataset and no model; a question that no rule fits has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from studio.data.near import normalise
from studio.data.teaching.languages import OTHER, of_question
from studio.data.teaching.rewording.rules import Met, rules

MOST = 10
ASKS_ZH = re.compile(
    "[？?吗呢么谁哪几]|什么|啥|怎|如何|多少|多久|多长|为何|能不|可不|可以|能否|有没|有无|是不|要不|是否|何时|(.)[不没]\\1"
)
ASKS_EN = re.compile(
    r"(?:how|what|when|where|who|why|which|whose|do|does|did|is|are|am|can|could|may|will|would|should|any)\b|.*\?",
    re.IGNORECASE | re.DOTALL,
)
LONGEST = 60  # characters; what is longer is a story, not a question
BULLET = re.compile(r"^\s*(?:[-*•·]|\(?\d+[.、)）:：])\s*")
CAPITAL = re.compile(r"^(?!I\b)[A-Z](?=[a-z']*\b)")
TWICE = re.compile(r"((?:(?!不)[\u4e00-\u9fff]){2,})\1|\b([a-z]+) \2\b")  # a form met its like: 晚上晚上
ALONE = re.compile(r"\bi\b")
MARKS = "。．.？?！!～~，, "


def phrasings(question: str, known: Iterable[str] = (), most: int = MOST) -> list[str]:
    """Up to `most` other ways to ask `question`, the most different first, none of which is the same as another or one
    of `known` once case, spaces and punctuation do not count."""
    seen = {normalise(text) for text in known}
    return list(islice((one for one in ways(question) if normalise(one) not in seen), max(0, most)))


def ways(question: str) -> Iterator[str]:
    """All other ways to ask `question` that the rules find, none the same as another or the question."""
    bare = _bare(question)
    if not bare:
        return
    lang = of_question(question)
    chinese, language = lang == "zh", rules(lang)
    asks = ASKS_ZH.search(question) if chinese else ASKS_EN.match(bare) or "?" in question
    if not asks and not language.intent(bare):
        return  # a remark becomes no question by a polite word in front
    seen = {normalise(question)}
    for candidate in language.wordings(bare):
        plain = normalise(candidate)
        if plain not in seen and not TWICE.search(candidate):
            seen.add(plain)
            yield _written(candidate, chinese=chinese)


def asked(question: str) -> Met | None:
    """What the rules recognise in a question, with the topic that it is asked about."""
    bare = _bare(question)
    return rules(of_question(question)).intent(bare) if bare else None


def _bare(question: str) -> str:
    """The question without marks and politeness; "" for what is too long to be one, or in a language without rules."""
    bare, lang = question.strip().strip(MARKS), of_question(question)
    if lang == OTHER or len(bare) > LONGEST or "\n" in bare:
        return ""
    begun = bare if lang == "zh" else CAPITAL.sub(lambda letter: letter[0].lower(), bare)
    return rules(lang).bare(begun).strip(MARKS) or bare


def request(question: str) -> str:
    """What a large model is asked for: in the language of the question if it has rules, else in English."""
    if of_question(question) == "zh":
        return f"把下面这个问题换成{MOST}种不同的问法，意思不变，每行一种，不要编号，不要解释。\n问题：{question}"
    return (
        f"Rephrase this question in its own language in {MOST} ways with the same meaning, one a line, no numbers.\n"
        f"Question: {question}"
    )


def listed(answer: str) -> list[str]:
    """The lines of a large model's answer without bullets and numbers, and without lines too long for a question."""
    lines = (BULLET.sub("", line).strip().strip('"“”') for line in answer.splitlines())
    return [line for line in dict.fromkeys(lines) if line and len(line) <= LONGEST and not line.endswith(("：", ":"))]


def _written(candidate: str, *, chinese: bool) -> str:
    said = " ".join(candidate.split()).lstrip("，, ")  # a topic may be missing
    return said if chinese else ALONE.sub("I", said[0].upper() + said[1:].rstrip("?")) + "?"
