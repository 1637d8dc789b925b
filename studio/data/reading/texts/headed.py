"""Markdown whose headings or bold lines are questions, with the answers below them.

Knows no other text; headings that are no questions are sections, which are named and not learned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.data.reading.grid import Grid
from studio.data.reading.texts.asking import asks, bare
from studio.data.reading.texts.faq import FEWEST, MOST, Line, Pair, grid_of

_HEADING = re.compile(r" {0,3}(#{1,6})\s+\S|(?:[-*+]|\d+[.)])?\s*(\*\*|__)[^*]+(?:\*\*|__)\s*+[:：]?\s*+$")
_SUMMARY = re.compile(r"\s*<summary>(.*?)</summary>\s*$", re.IGNORECASE)
_WRAPPED = re.compile(r"\s*</?(?:details|br|a)\b[^>]*>\s*$", re.IGNORECASE)
_FENCE = re.compile(r"\s*(?:```|~~~)")
_CONTENTS = re.compile(r"\s*(?:[-*+]|\d+[.)])\s*\[[^\]]*\]\(#[^)]*\)\s*$")
_ABOUT = re.compile(
    r"常见问题|常見問題|问答|問答|疑难解答|\bFAQs?\b|\bQ ?(?:&|and) ?A\b|frequently asked", re.IGNORECASE
)
_FRONT = re.compile(r"\A\s*---\n(?=[\w-]+:)(?:(?!---)[^\n]*\n){1,40}---\n")  # what a site is told about the page
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}$")
SIGNS = ("#", "**", "__", "<summary>", "<SUMMARY>")  # without one of them there is no such line
DEEPEST = 7  # a bold line stands below every heading


def read_headed(text: str, encoding: str) -> Grid | None:
    """The questions of the heading's level whose headings ask; None for any other text."""
    if not any(sign in text for sign in SIGNS):
        return None
    front = found[0] if (found := _FRONT.match(text)) else ""
    lines = ("\n" * front.count("\n") + text[len(front) :]).split("\n")
    levels = _levels(lines)
    asking = {level for level in {*levels} - {0} if _mostly_asks(lines, levels, level)} or _topics(front, lines, levels)
    if not asking or sum(level in asking for level in levels) < FEWEST:
        return None
    pairs: list[Pair] = []
    aside: list[Line] = []
    open_pair: Pair | None = None
    for number, (line, level) in enumerate(zip(lines, levels, strict=True), 1):
        if level in asking:
            open_pair = Pair(number, _title(line))
            pairs.append(open_pair)
        elif level and level < max(asking):
            open_pair = None
            aside.append((number, line.strip()))
        elif open_pair is not None:
            open_pair.answer += [] if _WRAPPED.match(line) or _RULE.match(line) else [line.rstrip()]
        elif line.strip() and not _RULE.match(line) and not _WRAPPED.match(line):
            aside.append((number, line.strip()))
    contents = [pair for pair in pairs if _is_contents(pair.answer)]
    aside += [(pair.number, pair.question) for pair in contents]
    pairs = [pair for pair in pairs if pair not in contents]
    answered = sum(any(map(str.strip, pair.answer)) for pair in pairs)
    return grid_of(pairs, aside, encoding, "md") if answered >= max(FEWEST, MOST * len(pairs)) else None


def _levels(lines: Sequence[str]) -> list[int]:
    """Of each line 1 to 6 for a heading, 7 for a bold line or a summary, 0 for any other and in a block of code."""
    levels: list[int] = []
    fenced = False
    for line in lines:
        fenced ^= bool(_FENCE.match(line))
        found = None if fenced else _HEADING.match(line)
        bold = bool(found) or (not fenced and bool(_SUMMARY.match(line)))
        levels.append(len(found[1]) if found and found[1] else DEEPEST if bold else 0)
    return levels


def _mostly_asks(lines: Sequence[str], levels: Sequence[int], wanted: int) -> bool:
    titles = [_title(line) for line, level in zip(lines, levels, strict=True) if level == wanted]
    return len(titles) >= FEWEST and sum(map(asks, titles)) >= MOST * len(titles)


def _topics(front: str, lines: Sequence[str], levels: Sequence[int]) -> set[int]:
    """The deepest level of headings, none of which need ask, of a page that calls itself one of questions."""
    headings = [level for level in levels if 0 < level < DEEPEST]
    named = " ".join([front, *(line for line, level in zip(lines, levels, strict=True) if level == 1)])
    return {max(headings)} if headings and _ABOUT.search(named) else set()


def _title(line: str) -> str:
    found = _SUMMARY.match(line)
    return bare(re.sub(r"<[^>]{1,200}>", "", found[1] if found else line))


def _is_contents(answer: Sequence[str]) -> bool:
    full = [line for line in answer if line.strip()]
    return bool(full) and all(_CONTENTS.match(line) for line in full)
