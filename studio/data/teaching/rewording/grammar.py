"""The notation of the rule files: patterns that a question fits, and forms that are written from what was found.

Knows no language. In both, `[a|b|]` is a choice. In a pattern `{name}` is any words, `{name?}` words that may be
missing, and one of the words of that list where the file has a list of that name; in a form it is what was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

PIECE = re.compile(r"\{(?P<name>\w+)(?P<maybe>\??)\}|(?P<mark>[\[\]|])|(?P<text>[^{}\[\]|]+)")
CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{(\w+)\}")
Lists = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Pattern:
    """A shape of question, and which of its words are a topic: anything that is not from a list."""

    regex: re.Pattern[str]
    topics: frozenset[str]
    needed: frozenset[str]  # topics that no choice leaves out

    @classmethod
    def of(cls, pattern: str, lists: Lists) -> Pattern:
        topics, needed, regex, depth = set(), set(), "", 0
        for piece in PIECE.finditer(pattern):
            name, mark = piece["name"], piece["mark"]
            depth += {"[": 1, "]": -1}.get(mark, 0)
            if name in lists:
                new = f"(?P<{name}>" not in regex
                regex += f"({f'?P<{name}>' if new else '?:'}{either(lists[name])})"
            elif name:
                assert name not in topics, f"{name} stands twice in {pattern}"
                topics.add(name)
                needed |= set() if piece["maybe"] or depth else {name}
                regex += f"(?P<{name}>.{'*' if piece['maybe'] else '+'}?)"
            else:
                regex += {"[": "(?:", "]": ")", "|": "|"}.get(piece[0], re.escape(piece[0]))
        return cls(re.compile(regex, re.IGNORECASE), frozenset(topics), frozenset(needed))

    def found(self, text: str) -> dict[str, str] | None:
        match = self.regex.fullmatch(text)
        return {name: words or "" for name, words in match.groupdict().items()} if match else None


def either(words: Sequence[str]) -> str:
    """A regular expression for one of these words, the longest that fits."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def written(form: str, found: Mapping[str, str]) -> Iterator[str]:
    """The form with what was found in it: with the first word of each choice, then the second, until all were used."""
    parts = [part.split("|") if place % 2 else [part] for place, part in enumerate(CHOICE.split(form))]
    for turn in range(max(map(len, parts))):
        yield SLOT.sub(lambda slot: found[slot[1]], "".join(part[turn % len(part)] for part in parts))
