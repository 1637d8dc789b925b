"""JSON, JSON Lines and Parquet as columns and cells: tables of objects, and the shapes that other tools export.

Knows no roles: alpaca's columns stay as they are, conversations become `system, history, prompt, reply`.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from studio.data.reading.grid import MAX_COLUMNS, MAX_ROWS, Grid, as_text
from studio.data.reading.lenient import forgiving
from studio.data.reading.memory import remembered
from studio.data.reading.messengers import messages
from studio.data.reading.nothing_left import all_left_out
from studio.data.reading.outline import dialogues, outline
from studio.data.reading.prodigy import judged, prodigy, rejected
from studio.data.reading.shapes import TURNS, Cells, Shaped, cell, cells, shaped
from studio.data.reading.squad import squad
from studio.data.reading.talks import talks
from studio.data.schema import Table
from studio.errors import StudioError

MAX_BAD_LINES = 0.5  # of a JSON Lines file; beyond that it is something else
MAX_CELLS = 20_000_000
RECORDS = ("json", "jsonl")  # and not Parquet, whose lists may be texts
LOOKED_AT = 20  # rows of a table that tell whether its cells hold conversations


def read_json(text: str, encoding: str) -> Grid:
    """The cells of a JSON text. Raises StudioError data.bad_json or data.not_records."""
    try:
        try:
            data = _loads(text)
        except json.JSONDecodeError as error:
            return _read_otherwise(text, encoding, error)
        return _whole(data, encoding)
    except RecursionError as error:
        raise StudioError("data.not_records") from error


def read_records(records: Sequence[Any], kind: str, encoding: str) -> Grid:
    """The cells of records that another format held. Raises StudioError as `read_json`."""
    return _grid(enumerate(records, 1), kind, encoding)


def _whole(data: Any, encoding: str) -> Grid:
    """One JSON value as a table."""
    found = outline(data)
    records = found.records
    if records and all(isinstance(record, list) for record in records) and not dialogues(records):
        grid = Grid([[cell(value) for value in record] for record in records], "json", encoding)
        if found.headless:
            grid.columns = [""] * max(map(len, grid.cells))
            grid.repaired.append({"row": 1, "reason": "data.no_header"})
    else:
        grid = _grid(enumerate(records, 1), "json", encoding)
    grid.notes += map(dict, found.notes)
    return grid


def _read_otherwise(text: str, encoding: str, error: json.JSONDecodeError) -> Grid:
    """What is no JSON as a whole: a record on each line, else as it is meant. Raises StudioError data.bad_json."""
    refusal = StudioError("data.bad_json", line=error.lineno, column=error.colno)
    if error.msg == "Extra data" or not text.lstrip().startswith("["):
        try:
            return _read_lines(text, encoding, refusal)
        except StudioError as found:
            if found is not refusal:
                raise
    meant = _plain(forgiving(text, _loads))
    if meant is None:
        raise refusal from error
    grid = _whole(meant, encoding)
    grid.notes.append({"reason": "data.json_mended"})
    return grid


def read_parquet(path: Path) -> Grid:
    """The cells of a Parquet file. Raises StudioError data.broken_parquet, data.too_many_rows, data.too_big."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    records: list[dict[str, Any]] = []
    try:
        with ParquetFile(path) as file:
            for batch in file.iter_batches(use_threads=False):  # each thread would take its share of the limit
                records += _batch(batch, len(records))
    except (StudioError, MemoryError):
        raise
    except (ArrowException, OSError, ValueError, ArithmeticError, LookupError) as error:  # a zone that nobody knows …
        raise StudioError("data.broken_parquet") from error
    return _grid(enumerate(records, 1), "parquet", "")


def _batch(batch: Any, before: int) -> list[dict[str, Any]]:
    """Its rows. Raises StudioError where `before` rows and these are too many."""
    names = batch.schema.names
    if len(names) > MAX_COLUMNS:
        raise StudioError("data.too_many_columns", columns=len(names), limit=MAX_COLUMNS)
    if before + batch.num_rows > MAX_ROWS:
        raise StudioError("data.too_many_rows", rows=before + batch.num_rows, limit=MAX_ROWS)
    if (before + batch.num_rows) * len(names) > MAX_CELLS:
        raise StudioError("data.too_big")
    columns = [_values(column) for column in batch.columns]
    return [{name: _plain(value) for name, value in zip(names, row, strict=True)} for row in zip(*columns, strict=True)]


def _values(column: Any) -> list[Any]:
    """Its values; times to the microsecond, for which nobody has to load pandas."""
    from pyarrow import timestamp, types

    if types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(timestamp("us", column.type.tz), safe=False)
    values: list[Any] = column.to_pylist()
    return values


def unfold(table: Table) -> Grid | None:
    """A table whose rows are turns, or whose cells hold turns or another tool's lists and objects, read as records.

    None for any other table.
    """

    def records(rows: Iterable[Sequence[str]]) -> Iterator[dict[str, Any]]:
        return (dict(zip(table.columns, map(_literal, row), strict=True)) for row in rows)

    chats = messages(table)
    told = chats[0] if chats else remembered(table) or talks(table)
    read = table.format in RECORDS  # whose records were looked at when they were read
    if told is None and (read or not any(map(shaped, records(table.rows[:LOOKED_AT])))):
        return None
    numbered = zip(table.numbers, records(table.rows), strict=True) if told is None else told
    grid = _grid(numbered, table.format, table.encoding)
    if told is not None:
        grid.notes += [{"reason": "data.turns_by_row", "n": len(told)}, *(chats[1] if chats else ())]
    grid.sheet, grid.sheets = table.sheet, table.sheets
    for kind in ("repaired", "dropped", "notes"):
        getattr(grid, kind).extend(dict(entry) for entry in getattr(table, kind))
    return grid


def _literal(text: str) -> Any:
    """A cell that holds a list or an object, as JSON or as Python prints it; any other as it is."""
    if text[:1] not in ("[", "{"):
        return text
    for parse in (_loads, ast.literal_eval):
        try:
            return _plain(parse(text))
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    return text


def _plain(value: Any) -> Any:
    """Lists, objects, booleans and text stay what they are; every other value becomes text."""
    match value:
        case dict():
            return {str(key): _plain(held) for key, held in value.items()}
        case list() | tuple():
            return [_plain(held) for held in value]
        case None | bool() | str():
            return value
        case bytes():
            return value.decode("utf-8", "replace")
        case _:
            return as_text(value)


def _loads(text: str) -> Any:
    return json.loads(
        text, parse_int=str, parse_float=str, parse_constant=_constant
    )  # 17-digit ids and 1.50 stay whole


def _constant(name: str) -> str | None:
    """What is no JSON and yet written: NaN is what Python calls nothing."""
    return None if name == "NaN" else name


def _read_lines(text: str, encoding: str, refusal: StudioError) -> Grid:
    """A record on each line. Raises `refusal` where most lines hold none."""
    records: list[tuple[int, Any]] = []
    dropped: list[dict[str, Any]] = []
    mended = False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            records.append((number, _loads(line)))
        except (json.JSONDecodeError, RecursionError):
            meant = _plain(forgiving(line, _loads))
            if not isinstance(meant, dict):
                dropped.append({"row": number, "reason": "data.bad_line"})
                continue
            records.append((number, meant))
            mended = True
    objects = any(isinstance(record, dict) for _, record in records) or dialogues([record for _, record in records])
    if len(dropped) > MAX_BAD_LINES * (len(records) + len(dropped)) or not objects:
        raise refusal
    grid = _grid(records, "jsonl", encoding)
    grid.dropped += dropped
    if mended:
        grid.notes.append({"reason": "data.json_mended"})
    return grid


def _grid(records: Iterable[tuple[int, Any]], kind: str, encoding: str) -> Grid:
    columns: dict[str, int] = {}
    rows: list[tuple[int, Cells]] = []
    grid = Grid((), kind, encoding)
    counted: Counter[str] = Counter()
    nested: set[str] = set()
    for number, record in _judged(grid, list(records)):
        found = _shape(record)
        if isinstance(record, dict):
            nested |= {str(key) for key, held in record.items() if isinstance(held, list | dict)}
        elif isinstance(record, list):
            nested |= {f"column {j}" for j, held in enumerate(record, 1) if isinstance(held, list | dict)}
        if found.dropped or not found.rows:
            why = found.dropped or "data.not_a_record"
            times = {"n": found.counted[why]} if why in found.counted else {}
            grid.dropped.append({"row": number, "reason": why, **times})
        else:
            counted.update(found.counted)
        if found.repaired:
            grid.repaired.append({"row": number, "reason": found.repaired})
        for row in found.rows:
            for name in row:
                columns.setdefault(name, len(columns))
            rows.append((number, row))
    if not rows:
        raise _nothing(grid)
    if len(rows) * len(columns) > MAX_CELLS:
        raise StudioError("data.too_big")
    grid.cells = [[row.get(name, "") for name in columns] for _, row in rows]
    grid.columns = list(columns)
    grid.nested = nested & columns.keys()
    grid.numbers = [number for number, _ in rows]
    grid.notes += [{"reason": reason, "n": times} for reason, times in sorted(counted.items())]
    return grid


def _judged(grid: Grid, records: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """The records, of which those whose only label was rejected have the other one."""
    both = judged([record for _, record in records])
    if both is None:
        return records
    times = sum(record["answer"] == "reject" for _, record in records)
    grid.notes.append({"reason": "data.rejected_is_not", "label": both[0], "other": both[1], "n": times})
    return [(number, rejected(record, both[1])) for number, record in records]


def _nothing(grid: Grid) -> StudioError:
    """Why there are no rows: all were left out for a reason of their own, or there are no records."""
    if not grid.dropped:
        return StudioError("data.empty")
    if all(entry["reason"] == "data.not_a_record" for entry in grid.dropped):
        return StudioError("data.not_records")
    return all_left_out(grid.dropped)


def _shape(record: Any) -> Shaped:
    """One record as rows: a conversation gives one for each reply, anything else one. No rows: it is no record."""
    if isinstance(record, str):
        return _shape({"text": record})
    if isinstance(record, list):
        spoken = shaped({"messages": record})
        return spoken or Shaped([{f"column {j + 1}": cell(value) for j, value in enumerate(record)}] if record else [])
    if not isinstance(record, dict) or not record:
        return Shaped([])
    within = {key: _literal(held) for key, held in record.items() if key in TURNS and isinstance(held, str)}
    return prodigy(record) or squad(record) or shaped({**record, **within}) or Shaped([cells(record)])
