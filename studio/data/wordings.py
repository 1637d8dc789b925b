"""What is learned beside the taught questions: the same questions in other words, none of which any exam asks.

Knows no model and no token; the rules that reword a question are in `templates`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from studio.data import templates
from studio.data.near import normalise
from studio.data.schema import Example, Splits


def learned(splits: Splits, wordings: int) -> tuple[Example, ...]:
    """The training rows, and each that stands alone again in up to `wordings` other words, with the same answer.

    A later turn of a conversation means little by itself and is left as it is. A wording that another answer is taught
    for, or that is asked in the exam, is nobody's.
    """
    if not wordings:
        return splits.train
    known = {normalise(row.text) for row in (*splits.train, *splits.validation, *splits.test)}
    found = list(splits.train)
    for row in splits.train:
        if any(turn.role != "system" for turn in row.context):
            continue
        new = (text for text in templates.ways(row.text) if normalise(text) not in known)
        for text in islice(new, wordings):
            known.add(normalise(text))
            found.append(replace(row, text=text))
    return tuple(found)
