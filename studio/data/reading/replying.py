"""A table of messages of which each names the one that it replies to: tweets, forum posts, OpenAssistant's messages.

Knows no file format: a Table comes in, the trees of its messages come out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.data.reading.headers import plain, role_of
from studio.data.reading.shapes.speakers import speaker_of
from studio.data.schema import Table

IDS = {
    "messageid", "usermessageid", "msgid", "tweetid", "statusid", "postid", "commentid", "replyid", "id", "消息id",
    "消息编号", "评论id", "编号", "帖子id",
}  # fmt: skip
PARENTS = {
    "parentid", "parentmessageid", "inresponsetotweetid", "inreplyto", "inreplytoid", "inreplytostatusid",
    "inreplytotweetid", "replyto", "replytoid", "repliedto", "repliedtoid", "quotedmessageid", "parent",
    "parentcomment", "回复id", "回复的消息", "回复编号", "父id", "父消息id", "父评论id", "上级id",
}  # fmt: skip
INBOUND = {"inbound", "isinbound", "incoming", "fromcustomer", "iscustomer", "是否顾客", "是否客户"}
OUTBOUND = {"outbound", "isoutbound", "outgoing", "fromagent", "isagent", "isstaff", "是否客服", "是否商家"}
YES, NO = {"true", "1", "1.0", "yes", "y", "是"}, {"false", "0", "0.0", "no", "n", "否"}
HIDDEN = ("rank", "deleted")


@dataclass(frozen=True)
class _Columns:
    """The places of the columns; `turned` is for each speaker's sign who is meant by it."""

    own: int
    parent: int
    words: int
    speaker: int
    turned: Mapping[str, str]


def trees(table: Table) -> list[tuple[int, Mapping[str, Any]]] | None:
    """The conversations of such a table, each as its first message with the replies to it; None for other tables."""
    columns = _columns(table)
    if columns is None:
        return None
    hidden = {name: table.columns.index(name) for name in HIDDEN if name in table.columns}
    nodes: dict[str, dict[str, Any]] = {}
    parents: list[tuple[int, str, str]] = []
    for number, row in zip(table.numbers, table.rows, strict=True):
        sign = row[columns.speaker].strip()
        held: dict[str, Any] = {name: row[j] for name, j in hidden.items()}
        held["deleted"] = held.get("deleted", "").casefold() == "true"
        own = _id(row[columns.own])
        if not own or own in nodes:
            own = f"row {number}"
        role = columns.turned.get(sign.casefold(), sign)
        nodes[own] = {**held, "role": role, "text": row[columns.words], "replies": []}
        parents.append((number, own, _id(row[columns.parent])))
    roots: list[tuple[int, Mapping[str, Any]]] = []
    for number, node, parent in parents:
        if parent in nodes and parent != node:
            nodes[parent]["replies"].append(nodes[node])
        else:
            roots.append((number, nodes[node]))
    return roots or None


def _columns(table: Table) -> _Columns | None:
    names = [plain(name) for name in table.columns]
    parent = next((j for j, name in enumerate(names) if name in PARENTS), None)
    found = _speaker(table, names) if parent is not None else None
    if parent is None or found is None:
        return None
    asked = {_id(row[parent]) for row in table.rows} - {""}
    hits = {j: len(asked & {_id(row[j]) for row in table.rows}) for j, name in enumerate(names) if name in IDS}
    own = max(hits, key=lambda j: hits[j], default=None)
    ids = {j for j, name in enumerate(names) if name in IDS | PARENTS}
    said = [j for j, name in enumerate(table.columns) if j not in ids and (role_of(name) or ("",))[0] == "text"]
    if own is None or not hits[own] or not said:
        return None
    return _Columns(own, parent, said[0], *found)


def _speaker(table: Table, names: Sequence[str]) -> tuple[int, Mapping[str, str]] | None:
    """The column that says who speaks, and what its signs mean."""
    for j, name in enumerate(names):
        if name not in INBOUND | OUTBOUND:
            continue
        values = {value for row in table.rows if (value := row[j].strip().casefold())}
        if values and values <= YES | NO:
            yes, no = ("user", "assistant") if name in INBOUND else ("assistant", "user")
            return j, {**dict.fromkeys(YES, yes), **dict.fromkeys(NO, no)}
    for j, name in enumerate(names):
        if name not in ("role", "角色"):
            continue
        values = {value for row in table.rows if (value := row[j].strip())}
        if {"user", "assistant"} <= {speaker_of(value) for value in values}:
            return j, {}
    return None


def _id(cell: str) -> str:
    """An id as it is written elsewhere: a column with gaps is one of fractions for some programs, 3.0."""
    text = cell.strip()
    return "" if text.casefold() in ("nan", "null", "none") else text.removesuffix(".0")
