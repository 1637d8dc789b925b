"""A table with one turn a row, as chat desks and forums hand it out, as one record for each conversation.

Knows no file format: a Table comes in, records with the number of their first row come out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.data.reading.headers import plain, role_of
from studio.data.reading.replying import trees
from studio.data.reading.shapes.speakers import speaker_of
from studio.data.schema import Table

SPEAKERS = {
    "role", "from", "speaker", "sender", "author", "who", "sendertype", "senderrole", "fromrole", "usertype", "角色",
    "发言人", "说话人", "发送者", "发送方", "发送人", "发言者", "身份", "说话者", "发言角色", "消息来源",
    "发送者角色",
    "对话角色", "說話人", "發送者",
}  # fmt: skip
TALK = re.compile(r"会话|对话|聊天|工单|會話|對話|session|conv|dialog|chat|thread|ticket|tree")
ORDER = {
    "时间", "发送时间", "消息时间", "发言时间", "聊天时间", "时间戳", "time", "timestamp", "sendtime", "createdat",
    "createtime",
    "createddate", "datetime", "date", "轮次", "轮", "turn", "turnid", "turnindex", "turnnumber", "序号", "seq",
    "order",
    "index", "step", "時間",
}  # fmt: skip
KINDS_OF_MESSAGE = {"消息类型", "msgtype", "messagetype", "contenttype", "语种", "渠道"}
MOST_SPEAKERS = 200
KNOWN = 0.5  # of the rows, at least, must say who speaks in words that are known


@dataclass(frozen=True)
class _Columns:
    """The places of the columns; `talk` is None where the whole table is one conversation."""

    speaker: int
    words: int
    talk: int | None
    order: int | None


def talks(table: Table) -> list[tuple[int, Mapping[str, Any]]] | None:
    """The conversations of a table whose rows are turns; None for any other table."""
    if found := trees(table):
        return found
    columns = _columns(table)
    if columns is None:
        return None
    together: dict[str, list[int]] = {}
    for place, row in enumerate(table.rows):
        together.setdefault(row[columns.talk].strip() if columns.talk is not None else "", []).append(place)
    return [_record(table, columns, places) for places in together.values()]


def _columns(table: Table) -> _Columns | None:
    names = [plain(name) for name in table.columns]
    if not any(name in SPEAKERS or TALK.search(name) for name in names):
        return None
    values = [[value for row in table.rows if (value := row[j].strip())] for j in range(len(names))]
    speaker = next((j for j, name in enumerate(names) if name in SPEAKERS and _speaks(values[j])), None)
    talk = next((j for j, name in enumerate(names) if TALK.search(name) and _again(values[j], len(table.rows))), None)
    if speaker is None and talk is not None:
        speaker = next((j for j, held in enumerate(values) if held and _speaks(held, all_known=True)), None)
    if speaker is None or len(table.rows) < 2:
        return None
    order = next((j for j, name in enumerate(names) if name in ORDER and _sorts(values[j])), None)
    others = [j for j in range(len(names)) if j not in (speaker, talk, order) and values[j]]
    for j in others:
        claimed = role_of(table.columns[j])
        if claimed and claimed[0] == "label" and names[j] not in KINDS_OF_MESSAGE and len(set(values[j])) > 1:
            return None  # each turn is put into a class
    said = [j for j in others if (claimed := role_of(table.columns[j])) and claimed[0] in ("text", "prompt", "reply")]
    if len({(role_of(table.columns[j]) or ("", 0))[0] for j in said} & {"prompt", "reply"}) > 1:
        return None  # a row is a question with its answer
    words = said[0] if said else max(others, key=lambda j: len(set(values[j])), default=None)
    return None if words is None else _Columns(speaker, words, talk, order)


def _speaks(values: Sequence[str], all_known: bool = False) -> bool:
    """Whether a column says who speaks: somebody who asks and somebody who answers."""
    if not values or len(set(values)) > MOST_SPEAKERS:
        return False
    meant = [speaker for value in values if (speaker := speaker_of(value))]
    if all_known:
        return len(meant) == len(values) and {"user", "assistant"} <= set(meant)
    named = {"user", "assistant"} & set(meant)
    return bool(named) and len(meant) >= KNOWN * len(values) and len(set(values)) > 1


def _again(values: Sequence[str], rows: int) -> bool:
    return bool(values) and len(set(values)) < rows


def _sorts(values: Sequence[str]) -> bool:
    return bool(values) and all(_moment(value) is not None for value in values)


def _moment(value: str) -> float | None:
    """A time or a number to sort by."""
    try:
        return float(value)
    except ValueError:
        pass
    text = re.sub(r"[/.年月]", "-", value.strip()).replace("日", "")
    text = re.sub(r"(?<=-)(\d)(?=\D|$)", r"0\1", text)
    text = re.sub(r"(?<=[ T])(\d)(?=:)", r"0\1", text)
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or datetime.UTC).timestamp()


def _record(table: Table, columns: _Columns, places: Sequence[int]) -> tuple[int, Mapping[str, Any]]:
    if columns.order is not None:
        order = columns.order
        moments = {place: _moment(table.rows[place][order]) for place in places}
        places = sorted(places, key=lambda place: (moments[place] is None, moments[place] or 0.0))
    turns = [
        {"role": table.rows[place][columns.speaker], "content": table.rows[place][columns.words]} for place in places
    ]
    return table.numbers[min(places)], {"messages": [turn for turn in turns if turn["content"].strip()]}
