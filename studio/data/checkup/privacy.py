"""Which rows give somebody away, and the same rows with a mask; a shop's own telephone in its answers is no secret.

Knows no pattern: what is personal is found in `personal`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from studio.data.checkup.finding import Finding
from studio.data.checkup.personal import HAN, NEVER_PUBLIC, Span, find, mask
from studio.data.schema import Message, Row
from studio.tasks import TASKS
from studio.words import Lang

if TYPE_CHECKING:
    from studio.tasks import Task


ASKED = re.compile(  # a question whose answer is the shop's own
    r"电话|手机号|联系|热线|微信|客服|公众号|邮箱|地址|位置|在哪|哪里|怎么走|怎么去|哪个群|qq|扣扣"
    r"|phone|call|contact|e-?mail|wechat|address|where|locat|reach|directions",
    re.IGNORECASE,
)


def privacy(rows: Sequence[Row], task: Task) -> Iterator[Finding]:
    """Customers' data anywhere, and, apart from those, ways to reach somebody that only answers name."""
    theirs = customers(rows)
    secret = [row.number for row in rows if masked(row, theirs) != row]
    if secret:
        yield Finding("personal_data", "warning", tuple(secret))
    if TASKS[task].talks:
        known = {*secret}
        told = (row for row in rows if row.number not in known and not ASKED.search(row.text))
        contact = [row.number for row in told if masked_replies(row) != row]
        if contact:
            yield Finding("contact_in_reply", "info", tuple(contact))


def customers(rows: Sequence[Row]) -> frozenset[str]:
    """The values that customers wrote."""
    texts = [row.text for row in rows]
    texts += [turn.content for row in rows for turn in row.context if turn.role == "user"]
    return frozenset(span.value for text in texts for span in find(text))


def masked(row: Row, theirs: frozenset[str]) -> Row:
    """The row without anything personal; of an answer, only what a customer wrote somewhere or no shop would tell."""

    def secret(span: Span) -> bool:
        return span.kind in NEVER_PUBLIC or span.value in theirs

    lang = _lang(row)
    return over(row, partial(mask, lang=lang), partial(mask, lang=lang, wanted=secret))


def masked_replies(row: Row) -> Row:
    return over(row, str, partial(mask, lang=_lang(row)))


def _lang(row: Row) -> Lang:
    return "zh" if HAN.search(row.text + row.target) else "en"


def over(row: Row, asked: Callable[[str], str], told: Callable[[str], str]) -> Row:
    """The row with one change made to what a customer wrote and another to what the shop wrote."""
    turns = tuple(Message(turn.role, (asked if turn.role == "user" else told)(turn.content)) for turn in row.context)
    return replace(row, text=asked(row.text), target=told(row.target), rejected=told(row.rejected), context=turns)
