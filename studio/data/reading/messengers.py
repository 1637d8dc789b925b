"""A messenger's table with a message a row, WeChat's among them: who wrote it is 1 or 0, and its kind is a number.

Knows no file format: a Table comes in, records with the number of their first row come out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.data.reading.headers import plain
from studio.data.reading.texts.media import is_media
from studio.data.schema import Table

OURS = ("issender", "issend", "isself", "isfromme", "fromme", "是否发送", "是否自己发送", "是否本人")
WORDS = ("strcontent", "content", "message", "msg", "text", "消息内容", "内容")
KINDS = ("type", "typename", "msgtype", "消息类型", "类型")
TEXTS = frozenset({"1", "文本", "文字", "text", "文本消息"})
CHATS = (
    "talkerid",
    "strtalker",
    "roomname",
    "chatid",
    "talker",
    "conversation",
    "remark",
    "nickname",
    "会话",
    "联系人",
)
YES, NO = frozenset({"1", "true", "是"}), frozenset({"0", "false", "否"})


@dataclass(frozen=True)
class _Columns:
    """The places of the columns; `kind` and `chat` where the table has them."""

    ours: int
    words: int
    kind: int | None
    chat: int | None


def messages(table: Table) -> tuple[list[tuple[int, Mapping[str, Any]]], list[dict[str, Any]]] | None:
    """The conversations of a messenger's table and what is to be said about them; None for any other table."""
    columns = _columns(table)
    if columns is None:
        return None
    chats: dict[str, list[int]] = {}
    for place, row in enumerate(table.rows):
        if _says(row, columns):
            chats.setdefault(row[columns.chat] if columns.chat is not None else "", []).append(place)
    said = [_record(table, columns, places) for places in chats.values()]
    left = len(table.rows) - sum(map(len, chats.values()))
    notes: list[dict[str, Any]] = [{"reason": "data.who_answers_by_column", "column": table.columns[columns.ours]}]
    return said, [*notes, *([{"reason": "data.notices_left_out", "n": left}] if left else [])]


def _columns(table: Table) -> _Columns | None:
    names = [plain(name) for name in table.columns]
    ours, words, kind = (_first(names, wanted) for wanted in (OURS, WORDS, KINDS))
    if ours is None or words is None:
        return None
    values = {row[ours].strip().casefold() for row in table.rows} - {""}
    if not values & YES or not values & NO or not values <= YES | NO:
        return None
    if kind is not None and not any(row[kind].strip().casefold() in TEXTS for row in table.rows):
        kind = None
    return _Columns(ours, words, kind, next((j for j in _places(names, CHATS) if _both(table, j, ours)), None))


def _places(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    return [names.index(name) for name in wanted if name in names]


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next(iter(_places(names, wanted)), None)


def _both(table: Table, j: int, ours: int) -> bool:
    """Whether the column names the chat and not who wrote: under nearly every value of it stands what both wrote."""
    sides: dict[str, set[str]] = {}
    for row in table.rows:
        sides.setdefault(row[j], set()).add(row[ours])
    return 2 * sum(len(held) > 1 for held in sides.values()) > len(sides)


def _says(row: Sequence[str], columns: _Columns) -> bool:
    text = columns.kind is None or row[columns.kind].strip().casefold() in TEXTS
    words = row[columns.words].strip()
    return text and not is_media(words) and not words.startswith(("<?xml", "<msg", "<sysmsg"))


def _record(table: Table, columns: _Columns, places: Sequence[int]) -> tuple[int, Mapping[str, Any]]:
    turns = [
        {"role": "assistant" if row[columns.ours].strip().casefold() in YES else "user", "content": row[columns.words]}
        for row in (table.rows[place] for place in places)
    ]
    return table.numbers[places[0]], {"messages": turns}
