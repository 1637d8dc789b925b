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
    from studio.engine import drafts, generate

    encoded, asked = [row for _, row in rows], [asking.of(example) for example, _ in rows]
    loss = drafts.mean_loss(encoded, drafts.read(base, encoded, generate.TUNED))
    found = base.head.predict(base, encoder, asked, generate.TUNED, no_progress)
    return Examined([one.answer for one in found], loss)
