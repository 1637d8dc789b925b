"""What is learned beside the taught questions: the same questions in other words, none of which any exam asks.

Knows no model and no token; the rules that reword a question are in `templates`, what customers say in `heard` and
`matters`, what points to a fact in `cues`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from studio.data.near import normalise
from studio.data.schema import Example, Splits
from studio.data.teaching import cues, heard, matters, templates
from studio.data.teaching.languages import OTHER, of_facts
from studio.data.teaching.lesson import facts

WHOLE = 0.5  # of the wordings say the whole question otherwise, as far as the rules know how,
MOST_WHOLE = 10  # and no more than these
HEARD = 1 / 5  # … say it as customers were heard to
MATTERS = 1 / 10  # … ask about its matter, as they do in any shop
CHOICES = re.compile(r"\nA\. .*\nB\. ")  # below a question, as an import writes them
SYNONYMS = 12  # other words for those of a line that may point to its fact, too


def learned(splits: Splits, wordings: int) -> Sequence[Example]:
    """The rows that are learned now, and each that stands alone again in up to `wordings` other words, with the same
    answer.

    The first of them say the whole question otherwise, the rest only what points to the fact. A later turn of a
    conversation means little by itself and is left as it is, and a question with its choices is asked in no other way.
    A wording that another answer is taught for, or that is asked in the exam, is nobody's.
    """
    if not wordings:
        return splits.lessons
    known = {normalise(row.text) for row in (*splits.train, *splits.validation, *splits.test)}

    def new(texts: Iterable[str]) -> Iterator[str]:
        for text in texts:
            if normalise(text) not in known:
                known.add(normalise(text))
                yield text

    found = list(splits.lessons)
    alone = facts([row for row in splits.lessons if all(turn.role == "system" for turn in row.context)])
    langs = of_facts([(*(row.text for row in fact), fact[0].target) for fact in alone])
    pointing = cues.questions([_fact(rows, ruled=lang != OTHER) for rows, lang in zip(alone, langs, strict=True)])
    told = [
        matters.Told([row.text for row in rows], rows[0].target, lang) for rows, lang in zip(alone, langs, strict=True)
    ]
    for fact, lang, about, more in zip(alone, langs, matters.questions(told), pointing, strict=True):
        for turn, row in enumerate(fact):
            if CHOICES.search(row.text):
                continue
            most = wordings if lang != OTHER else 0
            whole = islice(new(templates.ways(row.text)), min(MOST_WHOLE, math.ceil(WHOLE * most)))
            said = islice(new(heard.wordings(row.text, turn)), round(HEARD * most))
            asked = islice(new(about), round(MATTERS * most))
            found += [replace(row, text=text) for text in islice(chain(whole, said, asked, new(more)), wordings)]
    return tuple(found)


def rewordable(splits: Splits) -> int:
    """How many rows have other words; 0 where most questions come with their choices, as in an exam that is learned."""
    alone = sum(not CHOICES.search(row.text) for row in splits.lessons)
    return len(splits.lessons) if 2 * alone >= len(splits.lessons) else 0


def _fact(rows: Sequence[Example], *, ruled: bool) -> cues.Fact:
    """With other words for its own where its language has rules."""
    questions, answer = tuple(row.text for row in rows), rows[0].target
    lines = (*questions, answer) if ruled else ()
    words = (word for line in lines for word in islice(heard.synonyms(line), SYNONYMS))
    return cues.Fact(questions, answer, tuple(dict.fromkeys(words)))
