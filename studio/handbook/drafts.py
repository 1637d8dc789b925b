"""Questions and answers drafted from a handbook by rule, each with the passage that it comes from, to be ticked.

Knows no model. A draft says nothing that its passage does not say; what a rule is not sure of is not drafted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studio.data.near import normalise
from studio.handbook.blocks import ASKED, CHINESE, TOLD
from studio.handbook.cutting import Passage
from studio.words import Lang, say

MOST = 500
LONGEST_ANSWER = 160  # characters: a longer paragraph is no answer that one remembers
LONGEST_NAME = 16  # … of a row's first cell, or half of a heading
NUMBER = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[章节条篇部分]\s*|\d+(?:\.\d+)+\s*|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]\s*"
    r"|(?:chapter|section|part)\s+\w+[:.]?\s+)+", re.IGNORECASE,
)  # fmt: skip
PAIR = re.compile(r"\s*([^：:；;]{1,20})[：:]\s*(.+)")
QUESTION = re.compile(r"^(?:问题?|提问|questions?|q)$", re.IGNORECASE)
ANSWER = re.compile(r"^(?:答案?|回答|回复|answers?|a)$", re.IGNORECASE)
DEFINED = re.compile(
    r"^([^，。；：、,.;:（）()\n]{2,16}?)(?:(?:是指|指的是|就是|是)(?!否|不是)|\s(?:means|is|are)\s)\s*\S",
    re.IGNORECASE,
)
UNSAID = re.compile(  # what only the sentence before could tell
    r"^(?:这|那|它|他|她|我|你|本|其|以上|以下|如果|只要|凡|(?:it|this|that|these|there|he|she|we|you|if)\b)",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?|[^.\n]+\.")


@dataclass(frozen=True)
class Draft:
    """A question with its answer, and the number of the passage that says so."""

    question: str
    answer: str
    passage: int


def drafts(passages: Iterable[Passage]) -> list[Draft]:
    """At most MOST, in the order of the handbook, no question twice."""
    found: dict[str, Draft] = {}
    for passage in passages:
        for question, answer in _pairs(passage):
            question, answer = question.strip(), answer.strip()
            if question and answer and len(found) < MOST:
                found.setdefault(normalise(question), Draft(question, answer, passage.number))
    return list(found.values())


def _pairs(passage: Passage) -> Iterator[tuple[str, str]]:
    """Written as question and answer; else a row of a table; else what is defined, and what stands below a heading."""
    if asked := list(_asked(passage.text)):
        yield from asked
    elif row := _row(passage.text):
        yield from _of_row(row)
    else:
        defined = list(_defined(passage.text))
        yield from defined
        if not defined:
            yield from _headed(passage)


def _asked(text: str) -> Iterator[tuple[str, str]]:
    """“问：… 答：…”, however many lines the answer has."""
    question = ""
    answer: list[str] = []
    for line in text.splitlines():
        if ASKED.match(line):
            if question and answer:
                yield question, "\n".join(answer)
            question, answer = ASKED.sub("", line, count=1), []
        elif question:
            answer.append(TOLD.sub("", line, count=1) if not answer else line)
    if question and answer:
        yield question, "\n".join(answer)


def _row(text: str) -> list[tuple[str, str]]:
    """The cells of a row by their columns' names; none for what is no row."""
    cells = [PAIR.fullmatch(part) for part in re.split(r"[；;]", text)]
    return [(cell[1].strip(), cell[2].strip()) for cell in cells if cell] if len(cells) > 1 and all(cells) else []


def _of_row(row: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    asked = [value for name, value in row if QUESTION.match(name)]
    told = [value for name, value in row if ANSWER.match(name)]
    if asked and told:
        yield asked[0], told[0]
        return
    (_, subject), *cells = row
    if len(subject) > LONGEST_NAME:
        return
    for name, value in cells:
        yield (
            _say("of_cell", subject, name=name),
            _say("cell", f"{subject}{value}", subject=subject, name=name, value=value),
        )


def _defined(text: str) -> Iterator[tuple[str, str]]:
    for sentence in SENTENCE.findall(text):
        found = DEFINED.match(sentence.strip())
        if found and not UNSAID.match(found[1]) and len(sentence) <= LONGEST_ANSWER:
            yield _say("of_name", found[1]), sentence


def _headed(passage: Passage) -> Iterator[tuple[str, str]]:
    """A short passage answers the question that its heading is."""
    name = NUMBER.sub("", passage.under[-1]).strip() if passage.under else ""
    if 2 <= len(name) <= 2 * LONGEST_NAME and len(passage.text) <= LONGEST_ANSWER:
        yield name if re.search(r"[?？]$", name) else _say("of_heading", name), passage.text


def _say(what: str, text: str, **details: str) -> str:
    """In the language of the text."""
    lang: Lang = "zh" if CHINESE.search(text) else "en"
    return say(f"handbook.draft_{what}", lang, **{"text": text, **details})
