"""A text is put into a class: the likeliest of the labels.

Knows no run and no other task.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.contract import no_progress
from studio.data import asking
from studio.words import Lang

if TYPE_CHECKING:
    from studio.data.schema import Example
    from studio.engine.drafts import Read
    from studio.engine.encode import Encoded, RowEncoder
    from studio.engine.load import Base

CJK = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
passes = 1


def question(text: str, labels: Sequence[str], lang: Lang | None = None) -> str:
    """The question that makes a chat model a classifier; without a `lang`, Chinese as soon as one label is."""
    if lang == "zh" or (lang is None and any(CJK.search(label) for label in labels)):
        return f"把下面的文字分到一类：{'、'.join(labels)}\n\n{text}"
    return f"Put the text below into one class: {', '.join(labels)}\n\n{text}"


def examined(
    base: Base, encoder: RowEncoder, rows: Sequence[tuple[Example, Encoded]], reads: Sequence[Read]
) -> list[str]:
    from studio.engine import generate

    asked = [asking.of(example) for example, _ in rows]
    return [one.answer for one in base.head.predict(base, encoder, asked, generate.TUNED, no_progress)]
