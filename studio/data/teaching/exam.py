"""The exam for facts: other ways to ask for what is taught, none of which is ever learned.

Knows no model and no screen. Own phrasings are held out where an answer has three or more; other facts are asked in
words that the rules of `templates` find, and a person may strike any of these and write others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random

from studio.data.near import normalise
from studio.data.schema import Example, Part
from studio.data.teaching import templates
from studio.data.teaching.languages import OTHER, of_facts
from studio.data.teaching.lesson import facts

OWN = 3  # phrasings of an answer from which on one is held out
MANY = 6  # … and from which on two are
REWORDED = 2  # questions that are made up for a fact: one for the small tests, one for the last
ASKED: tuple[Part, ...] = ("validation", "test")


@dataclass(frozen=True)
class Change:
    """What a person made of the exam: a question struck, or written for the fact of row `number`."""

    number: int
    text: str
    kept: bool  # False: struck


@dataclass(frozen=True)
class Exam:
    """The questions, each with its part, `validation` or `test`; and those that were struck."""

    asked: tuple[tuple[Example, Part], ...]
    struck: tuple[Example, ...] = ()

    @property
    def held(self) -> dict[int, Part]:
        """Row number → part, of the rows that are asked and hence not taught."""
        return {example.number: part for example, part in self.asked if example.origin == "own"}


def compose(examples: Sequence[Example], changes: Iterable[Change] = (), seed: int = 42) -> Exam:
    """The exam for these rows; the same rows, changes and seed, the same exam."""
    changes = list(changes)
    struck = {(change.number, normalise(change.text)) for change in changes if not change.kept}
    written: dict[int, list[str]] = {}
    for change in (change for change in changes if change.kept):
        written.setdefault(change.number, []).append(change.text)
    known = {normalise(example.text) for example in examples}
    asked: list[tuple[Example, Part]] = []
    left_out: list[Example] = []
    by_fact = facts([example for example in examples if example.target])
    Random(seed).shuffle(by_fact)
    langs = of_facts([(*(row.text for row in rows), rows[0].target) for rows in by_fact])
    for turn, (rows, lang) in enumerate(zip(by_fact, langs, strict=True)):
        found = _held(rows, seed) or (_reworded(rows, known) if lang != OTHER else [])
        kept = [one for one in found if (one.number, normalise(one.text)) not in struck]
        left_out += [one for one in found if one not in kept]
        for row in rows:
            for text in written.get(row.number, ()):
                if normalise(text) not in known | {normalise(one.text) for one in kept}:
                    kept.append(replace(row, text=text, origin="written"))
        known |= {normalise(one.text) for one in kept}
        asked += [(one, ASKED[(turn + place) % 2]) for place, one in enumerate(kept)]
    order = {example.number: place for place, example in enumerate(examples)}
    asked.sort(key=lambda pair: order[pair[0].number])
    return Exam(tuple(asked), tuple(sorted(left_out, key=lambda one: order[one.number])))


def held_out(examples: Sequence[Example], seed: int = 42) -> dict[int, Part]:
    """Row number → part, of the own phrasings that `compose` holds out while nobody has changed anything."""
    by_fact = facts([example for example in examples if example.target])
    Random(seed).shuffle(by_fact)
    found = ((turn + place, one) for turn, rows in enumerate(by_fact) for place, one in enumerate(_held(rows, seed)))
    return {one.number: ASKED[turn % 2] for turn, one in found}


def _held(rows: Sequence[Example], seed: int) -> list[Example]:
    """Own phrasings to hold out, of those that stand alone: one of three, two of six, never the first.

    Rows of a group are passed over: they may have been made from one another by rule, and would ask for too little.
    """
    texts = {normalise(row.text): row for row in reversed(rows) if not row.context}
    spare = [row for row in list(texts.values())[:-1] if not row.group]  # the first is often the plainest
    count = 0 if len(texts) < OWN else 1 if len(texts) < MANY else 2
    return Random(f"{seed} {rows[0].number}").sample(spare, min(count, len(spare)))


def _reworded(rows: Sequence[Example], known: set[str]) -> list[Example]:
    """Other words for the questions of a fact, by rule: for each of its phrasings in turn, until there are enough."""
    found: list[Example] = []
    taken = set(known)
    for row in rows:
        if any(turn.role != "system" for turn in row.context):
            continue
        new = (text for text in templates.ways(row.text) if normalise(text) not in taken)
        for text in islice(new, REWORDED - len(found)):
            taken.add(normalise(text))
            found.append(replace(row, text=text, origin="rule"))
        if len(found) >= REWORDED:
            break
    return found
