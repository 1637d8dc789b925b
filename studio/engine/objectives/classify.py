"""A text is put into a class: the likeliest of the labels.

Knows no run and no other task.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.contract import no_progress
from studio.data import asking
from studio.engine.objectives.objective import Examined
from studio.heads import HEADS
from studio.words import Lang

if TYPE_CHECKING:
    from studio.config import RunConfig
    from studio.data.schema import Example
    from studio.engine.encode import Encoded, RowEncoder
    from studio.engine.load import Base
    from studio.engine.loss import Tokens

CJK = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
passes = 1
sides = 1


def question(text: str, labels: Sequence[str], lang: Lang | None = None) -> str:
    """The question that makes a chat model a classifier; without a `lang`, Chinese as soon as one label is."""
    if lang == "zh" or (lang is None and any(CJK.search(label) for label in labels)):
        return f"把下面的文字分到一类：{'、'.join(labels)}\n\n{text}"
    return f"Put the text below into one class: {', '.join(labels)}\n\n{text}"


def aim(base: Base, config: RunConfig) -> Tokens:
    from studio.engine.loss import Tokens

    return Tokens(base, config.embedding_noise, config.class_weights)


def examined(base: Base, encoder: RowEncoder, rows: Sequence[tuple[Example, Encoded]], aim: Tokens) -> Examined:
    """The likeliest label of each row."""
    from studio.engine import catalog, drafts, generate

    encoded, asked = [row for _, row in rows], [asking.of(example) for example, _ in rows]
    reads = drafts.read(base, encoded, generate.TUNED)
    loss = drafts.mean_loss(encoded, reads)
    if not HEADS[catalog.head_of(base.model.config.model_type)].talks:  # what it says is the number of a label
        said = [row.completion[0] if one.agreed else one.said for row, one in zip(encoded, reads, strict=True)]
        return Examined([encoder.labels[number] for number in said], loss)
    found = base.head.predict(base, encoder, asked, generate.TUNED, no_progress)
    return Examined([one.answer for one in found], loss)
