"""Whether an answer says what it should: nearly the same words, and exactly the same facts.

Knows no model and no task.

An answer is right when its facts (numbers, times, prices, days, negations, codes, names) are those of the target in the
same order, and the words between each two of them are the same but for slips: a short word that came or went. A word
put for another (大杯 for 小杯, open for closed) is no slip. Politeness, punctuation and the order of sentences do not
count. What it cannot see: a name in small letters or Chinese that is left out in the middle of a long sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain, groupby
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio

from studio.evaluation.language import WEIGHTY
from studio.evaluation.reading import BREAK, ITEM, JOINT, Token, read
from studio.evaluation.rules import Fact

ALIKE = 0.8  # share of the letters that must match
SLIP = 2  # words (in Chinese: letters) that may come or go at one place
UNSAID = {"", "yuan", "time", "#"}  # kinds whose unit people leave out: 一杯十二, 九到十点, iPhone 13
FACT_WEIGHT = 2  # letters that a fact counts for
MOST_PARTS = 40  # sentences that are put in order; a longer text must have them in order


class Slips(NamedTuple):
    """How many words may come or go at one place within a text, and how many letters at its end."""

    inside: int
    at_end: int


def agrees(answer: str, target: str) -> bool:
    """Whether `answer` says what `target` says."""
    if len(answer) > 3 * len(target) + 60:  # it goes on and on
        return False
    said, meant = read(answer), read(target)
    if not _content(said) or not _content(meant):  # nothing but politeness, or nothing at all
        return bool(answer.strip()) and ratio(answer.casefold(), target.casefold()) >= 100 * ALIKE
    inside = SLIP if said.count(ITEM) == meant.count(ITEM) else 1  # of things in a row none may be missing
    at_end = int((said[-1] == BREAK) == (meant[-1] == BREAK))  # an answer without its full stop was cut off
    slips = Slips(inside, at_end)
    return _matches(said, meant, slips) or _matches(_in_order_of(meant, said), meant, slips)


def _content(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token not in (BREAK, ITEM, JOINT)]


def _matches(said: Sequence[Token], meant: Sequence[Token], slips: Slips) -> bool:
    """Whether facts and words are the same, in this order."""
    said, meant = _content(said), _content(meant)
    said, meant = _without_spare(said, meant), _without_spare(meant, said)
    facts, wanted = _facts(said), _facts(meant)
    if len(facts) != len(wanted) or not all(map(_is_same, facts, wanted)):
        return False
    one, other = _between_facts(said), _between_facts(meant)
    after = zip(facts, wanted, one[1:], other[1:], strict=True)
    if any(fact[:2] != want[:2] and words[:1] != others[:1] for fact, want, words, others in after):
        return False  # 送15券 is not 送15元: a unit was not left out but is another
    changed = [_changed(*words, slips.inside) for words in zip(one, other, strict=True)]
    if None in changed or not _ends_alike(one[-1], other[-1], slips.at_end):
        return False
    letters = sum(map(_letters, [*one, *other])) + 2 * FACT_WEIGHT * len(facts)
    return sum(filter(None, changed)) <= (1 - ALIKE) * letters


def _changed(said: Sequence[str], meant: Sequence[str], slip: int) -> int | None:
    """How many letters came or went; None if a change is more than a slip."""
    letters = 0
    for change in Levenshtein.opcodes(said, meant):
        if change.tag == "replace":
            return None
        words = [*said[change.src_start : change.src_end], *meant[change.dest_start : change.dest_end]]
        if change.tag != "equal":
            if len(words) > slip or WEIGHTY.search(" ".join(words)):
                return None
            letters += _letters(words)
    return letters


def _ends_alike(said: Sequence[str], meant: Sequence[str], slip: int) -> bool:
    """Whether no more than `slip` letters are missing at the end of either."""
    change = next(reversed(Levenshtein.opcodes(said, meant)), None)
    if change is None or change.tag == "equal":
        return True
    return _letters([*said[change.src_start :], *meant[change.dest_start :]]) <= slip


def _letters(words: Sequence[str]) -> int:
    return sum(map(len, words))


def _facts(tokens: Sequence[Token]) -> list[Fact]:
    return [token for token in tokens if isinstance(token, Fact)]


def _is_same(one: Fact, other: Fact) -> bool:
    """A number without a unit is one with a unit that people leave out: 一杯十二 is 一杯12元."""
    is_bare = "" in (one.kind, other.kind) and {one.kind, other.kind} <= UNSAID
    return one[:2] == other[:2] or (is_bare and one.said == other.said != "")


def _without_spare(tokens: list[Token], others: list[Token]) -> list[Token]:
    """`tokens` without bare ones that `others` leave unsaid: 送一张券 is 送张券, but 买一送二 never 买二送一."""
    wanted = _facts(others)
    spare = len(_facts(tokens)) - len(wanted)
    kept: list[Token] = []
    at = 0
    for token in tokens:
        if isinstance(token, Fact):
            is_said = at < len(wanted) and _is_same(token, wanted[at])
            if spare > 0 and not is_said and token[:2] == ("", 1):
                spare -= 1
                continue
            at += 1
        kept.append(token)
    return kept


def _between_facts(tokens: Sequence[Token]) -> list[list[str]]:
    """The words before the first fact, between each two, and after the last."""
    words: list[list[str]] = [[]]
    for token in tokens:
        if isinstance(token, Fact):
            words.append([])
        else:
            words[-1].append(token)
    return words


def _in_order_of(model: Sequence[Token], tokens: Sequence[Token]) -> list[Token]:
    """`tokens` with each sentence where `model` has the one most like it, and so the parts of each sentence."""
    wanted = _split(model, BREAK, ITEM)
    found = _arranged(_split(tokens, BREAK, ITEM), wanted)
    wanted += [[]] * (len(found) - len(wanted))
    parts = [_arranged(_split(one, JOINT), _split(other, JOINT)) for one, other in zip(found, wanted, strict=False)]
    return [token for part in chain.from_iterable(parts) for token in part]


def _split(tokens: Sequence[Token], *marks: str) -> list[list[Token]]:
    return [list(part) for is_mark, part in groupby(tokens, lambda token: token in marks) if not is_mark]


def _arranged(parts: list[list[Token]], model: list[list[Token]]) -> list[list[Token]]:
    """`parts`, each at the place of the part of `model` that it shares most with; no place is given twice."""
    if not parts or not model or max(len(parts), len(model)) > MOST_PARTS:
        return parts
    from scipy.optimize import linear_sum_assignment  # here: the terminal imports this file before every command

    alike = [[(Counter(part) & Counter(other)).total() for other in model] for part in parts]
    rows, places = linear_sum_assignment(np.array(alike), maximize=True)
    place = dict(zip(rows.tolist(), places.tolist(), strict=True))
    return [parts[at] for at in sorted(range(len(parts)), key=lambda at: place.get(at, len(model)))]
