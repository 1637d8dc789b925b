"""JSON and JSON Lines as columns and cells: tables of objects, and the shapes that chat data comes in.

Knows no roles: alpaca's columns stay as they are, conversations become `system, history, prompt, reply`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from studio.data.grid import Grid
from studio.errors import StudioError

TURNS = ("messages", "conversations", "conversation", "dialog")
SPEAKERS = {
    "system": "system",
    "user": "user", "human": "user", "customer": "user", "用户": "user",
    "assistant": "assistant", "gpt": "assistant", "bot": "assistant", "model": "assistant", "助手": "assistant",
}  # fmt: skip
CHAT_COLUMNS = ["system", "history", "prompt", "reply"]
MAX_BAD_LINES = 0.5  # of a JSON Lines file; beyond that it is something else


def read_json(text: str, encoding: str) -> Grid:
    """The cells of a JSON text. Raises StudioError data.bad_json or data.not_records."""
    try:
        data = _loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" or "\n" in text.strip():
            return _read_lines(text, encoding, error)
        raise StudioError("data.bad_json", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise StudioError("data.not_records") from error
    return _grid(enumerate(_records(data), 1), "json", encoding)


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)  # 17-digit ids and 1.50 stay whole


def _read_lines(text: str, encoding: str, whole: json.JSONDecodeError) -> Grid:
    records: list[tuple[int, Any]] = []
    dropped: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            records.append((number, _loads(line)))
        except (json.JSONDecodeError, RecursionError):
            dropped.append({"row": number, "reason": "data.bad_line"})
    if len(dropped) > MAX_BAD_LINES * (len(records) + len(dropped)) or not any(isinstance(r, dict) for _, r in records):
        raise StudioError("data.bad_json", line=whole.lineno, column=whole.colno) from whole
    grid = _grid(records, "jsonl", encoding)
    grid.dropped += dropped
    return grid


def _records(data: Any) -> list[Any]:
    """The list of rows, whether bare, under one key, or a single row."""
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        if len(lists) == 1 and data.keys().isdisjoint(TURNS):
            return list(lists[0])
        if data and all(isinstance(value, list) for value in data.values()) and data.keys().isdisjoint(TURNS):
            return [dict(zip(data, row, strict=True)) for row in zip(*data.values(), strict=False)]
        return [data]
    if isinstance(data, list):
        return data
    raise StudioError("data.not_records")


def _grid(records: Iterable[tuple[int, Any]], kind: str, encoding: str) -> Grid:
    columns: dict[str, int] = {}
    rows: list[tuple[int, dict[str, str]]] = []
    dropped: list[dict[str, Any]] = []
    for number, record in records:
        flat = _flat(record)
        if not flat:
            dropped.append({"row": number, "reason": "data.not_a_record"})
        for row in flat:
            for name in row:
                columns.setdefault(name, len(columns))
            rows.append((number, row))
    if not rows:
        raise StudioError("data.not_records" if dropped else "data.empty")
    return Grid(
        [[row.get(name, "") for name in columns] for _, row in rows],
        kind,
        encoding,
        columns=list(columns),
        numbers=[number for number, _ in rows],
        dropped=dropped,
    )


def _flat(record: Any) -> list[dict[str, str]]:
    """One record as rows: a conversation gives one for each reply, anything else one. Empty: it is no record."""
    if isinstance(record, str):
        return [{"text": record}]
    if isinstance(record, list):
        return [{f"column {j + 1}": _cell(value) for j, value in enumerate(record)}] if record else []
    if not isinstance(record, dict):
        return []
    for name in TURNS:
        if isinstance(record.get(name), list):
            return _conversation(record[name], record)
    return [{str(key): _cell(value) for key, value in record.items()}] if record else []


def _conversation(turns: list[Any], record: dict[str, Any]) -> list[dict[str, str]]:
    """Each reply with what was said before it. A preferred reply beside the turns is the last turn."""
    said = [turn for turn in map(_turn, turns) if turn is not None]
    if chosen := _turn(record.get("chosen")):
        said.append(chosen)
    system = _cell(record.get("system", ""))
    rows: list[dict[str, str]] = []
    history: list[tuple[str, str]] = []
    for speaker, content in said:
        if speaker == "system":
            system = content
            continue
        if speaker == "assistant" and history and history[-1][0] == "user":
            before = json.dumps(history[:-1], ensure_ascii=False) if history[:-1] else ""
            rows.append(dict(zip(CHAT_COLUMNS, (system, before, history[-1][1], content), strict=True)))
        history.append((speaker, content))
    if not rows and history and history[-1][0] == "user":  # a question nobody has answered yet
        rows.append(dict(zip(CHAT_COLUMNS, (system, "", history[-1][1], ""), strict=True)))
    return rows


def _turn(turn: Any) -> tuple[str, str] | None:
    """(speaker, what was said), or None for a tool's turn and whatever else is no speech."""
    if not isinstance(turn, dict):
        return None
    speaker = SPEAKERS.get(str(turn.get("role", turn.get("from", ""))).casefold())
    content = turn.get("content", turn.get("value"))
    if isinstance(content, list):  # OpenAI's content parts
        content = "\n".join(str(part["text"]) for part in content if isinstance(part, dict) and "text" in part)
    return (speaker, content) if speaker and isinstance(content, str) else None


def _cell(value: Any) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return json.dumps(value, ensure_ascii=False)
