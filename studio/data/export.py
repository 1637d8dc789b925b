"""Tables written as xlsx, csv, jsonl or Parquet, of which Excel runs nothing, and versions as folders of `datasets`.

Knows no database.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal, get_args

from studio.data.schema import PARTS, Dataset, Example, Part, Row, Splits, Thumb
from studio.errors import StudioError
from studio.tasks import TASKS, Role, Task

FORMATS = (".xlsx", ".csv", ".tsv", ".jsonl", ".parquet")
Shape = Literal[
    "text-label", "messages", "alpaca", "preference", "kto"
]  # of a line of jsonl; what the tools of others read
SHAPES: dict[Task, tuple[Shape, ...]] = {
    "classify": ("text-label", "messages", "alpaca"),
    "chat": ("messages", "alpaca"),
    "prefer": ("preference", "kto"),
}
LONGEST_CELL = 32_767  # characters that a cell of Excel holds
TRIGGER = re.compile("[=+\\-@\t\r＝＋－＠]")  # what makes a spreadsheet program run a cell as a formula (CWE-1236)
NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]+)?([eE][+-]?[0-9]+)?%?", re.ASCII)
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML cannot hold


def write_dataset(
    path: Path, dataset: Dataset, rows: Sequence[Row] | Sequence[Example], shape: Shape | None = None
) -> None:
    """The dataset's rows under the names its columns had; `history` as JSON where there are conversations.

    A jsonl has lines of `shape`, the first one of the task without it. Raises StudioError as `write_table` does.
    """
    _write(path, dataset, rows, shape, {})


def write_version(
    path: Path, dataset: Dataset, splits: Splits, part: Part | None = None, shape: Shape | None = None
) -> None:
    """A frozen version as `write_dataset` does, or one part of it; a table of all parts says which row is in which."""
    rows = [(row, name) for name in PARTS if part in (None, name) for row in getattr(splits, name)]
    rows.sort(key=lambda row: row[0].number)
    more = {} if part else {"split": [name for _, name in rows]}
    if any(row.group for row, _ in rows):
        more[_name(dataset, "group")] = [row.group for row, _ in rows]
    _write(path, dataset, [row for row, _ in rows], shape, more)


def write_folder(folder: Path, task: Task, splits: Splits, part: Part | None = None) -> None:
    """A frozen version, or one part of it, as `datasets.load_from_disk` opens it: rows of the task's first shape."""
    from datasets import Dataset as Rows  # slow to import, and only needed here
    from datasets import DatasetDict, Features, Value, disable_progress_bars

    disable_progress_bars()
    shape, text = usual(task, [row for name in PARTS for row in getattr(splits, name)]), Value("string")
    turns = [{"role": text, "content": text}]
    columns: dict[str, Any] = {
        "messages": {"messages": turns},
        "preference": dict.fromkeys(("prompt", "chosen", "rejected"), turns),
        "kto": {"prompt": turns, "completion": turns, "label": Value("bool")},
    }.get(shape, {"text": text, "label": text})
    parts = {}
    for name in PARTS if part is None else (part,):
        lines = [line for row in getattr(splits, name) for line in records(row, shape)]
        cells = {column: [line[column] for line in lines] for column in columns}
        parts[name] = Rows.from_dict(cells, Features(columns))  # a part without rows has the columns of the others
    DatasetDict(parts).save_to_disk(folder, num_shards=dict.fromkeys(parts, 1))


def _write(
    path: Path,
    dataset: Dataset,
    rows: Sequence[Row] | Sequence[Example],
    shape: Shape | None,
    more: Mapping[str, Sequence[str]],
) -> None:
    """`more` are further columns of a table, at the right."""
    if path.suffix.casefold() == ".jsonl":
        shape = shape or usual(dataset.task, rows)
        lines = (json.dumps(one, ensure_ascii=False) + "\n" for row in rows for one in records(row, shape))
        path.write_text("".join(lines), encoding="utf-8")
        return
    names = [_name(dataset, role) for role in TASKS[dataset.task].roles]
    cells: list[Sequence[str]] = [(row.text, row.target) for row in rows]
    if TASKS[dataset.task].compares:
        role, beside = BESIDE[_of_thumbs(rows)]
        names.append(_name(dataset, role))
        cells = [(row.text, row.target, beside(row)) for row in rows]
    if any(row.context for row in rows):
        names = ["system", "history", *names]
        cells = [(*said, *cell) for said, cell in zip(map(_context, rows), cells, strict=True)]
    right = list(zip(*more.values(), strict=True)) if more else [()] * len(rows)
    write_table(path, [*names, *more], [(*line, *last) for line, last in zip(cells, right, strict=True)])


def usual(task: Task, rows: Sequence[Row] | Sequence[Example]) -> Shape:
    """The shape that lines of jsonl have unless a person says otherwise."""
    return "kto" if TASKS[task].compares and _of_thumbs(rows) else SHAPES[task][0]


def _of_thumbs(rows: Sequence[Row] | Sequence[Example]) -> bool:
    return any(row.liked for row in rows)


# Beside an answer, where some stand alone and where none does: the role of its column, and its cell.
BESIDE: Mapping[bool, tuple[Role, Callable[[Row | Example], str]]] = {
    False: ("rejected", lambda row: row.rejected),
    True: ("approved", lambda row: {"up": "true", "down": "false", "": ""}[row.liked]),
}


def records(row: Row | Example, shape: Shape) -> list[dict[str, Any]]:
    """The lines of a row: of a pair as thumbs there are two, and none of a thumb as a pair."""
    if shape == "preference" and row.liked:
        return []
    if shape == "kto" and not row.liked:
        sides: tuple[tuple[str, Thumb], ...] = ((row.target, "up"), (row.rejected, "down"))
        return [record(replace(row, target=said, rejected="", liked=liked), shape) for said, liked in sides if said]
    return [record(row, shape)]


def record(row: Row | Example, shape: Shape) -> dict[str, Any]:
    """A line of jsonl. alpaca: https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md; preference, kto:
    turns, as https://huggingface.co/docs/trl/dataset_formats has them, so that the model's own template is used."""
    assert shape in get_args(Shape), shape
    if shape == "text-label":
        return {"text": row.text, "label": row.target}
    turns: list[dict[str, Any]] = [*map(asdict, row.context), {"role": "user", "content": row.text}]
    if shape == "preference":
        said = {"chosen": row.target, "rejected": row.rejected}
        return {"prompt": turns, **{name: [{"role": "assistant", "content": it}] for name, it in said.items()}}
    if shape == "kto":
        return {
            "prompt": turns,
            "completion": [{"role": "assistant", "content": row.target}],
            "label": row.liked == "up",
        }
    if shape == "messages":
        if row.target:
            turns.append({"role": "assistant", "content": row.target})
        return {"messages": turns}
    record: dict[str, Any] = {"instruction": row.text, "input": "", "output": row.target}
    system = "\n".join(turn.content for turn in row.context if turn.role == "system")
    before = [turn for turn in row.context if turn.role != "system"]
    if system:
        record["system"] = system
    if before:
        turns_before = zip(before[::2], before[1::2], strict=False)
        record["history"] = [[one.content, other.content] for one, other in turns_before]
    return record


def _name(dataset: Dataset, role: Role) -> str:
    return next((column for column, given in dataset.report.roles.items() if given == role), role)


def _context(row: Row | Example) -> tuple[str, str]:
    system = "\n".join(turn.content for turn in row.context if turn.role == "system")
    turns = [[turn.role, turn.content] for turn in row.context if turn.role != "system"]
    return system, json.dumps(turns, ensure_ascii=False) if turns else ""


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns and rows of text as xlsx, csv, tsv or Parquet, by the path's ending.

    xlsx: every cell is text, whatever it begins with. csv and tsv: UTF-8 with a byte order mark, for Excel; a cell
    that would run as a formula, and is no plain number, gets a `'` in front.
    Raises StudioError data.no_such_format, data.too_long_for_xlsx.
    """
    match path.suffix.casefold():
        case ".xlsx":
            _write_xlsx(path, columns, rows)
        case ".csv" | ".tsv" as ending:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, delimiter="," if ending == ".csv" else "\t")
                writer.writerows([harmless(cell) for cell in row] for row in (columns, *rows))
        case ".parquet":
            _write_parquet(path, columns, rows)
        case other:
            raise StudioError("data.no_such_format", format=other or path.name, formats="、".join(FORMATS))


def harmless(cell: str) -> str:
    """A cell of csv of which a spreadsheet program runs nothing; a plain number stays one."""
    return "'" + cell if TRIGGER.match(cell) and not NUMBER.fullmatch(cell) else cell


def _write_parquet(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    import pyarrow
    from pyarrow.parquet import write_table

    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pyarrow.array(column, pyarrow.string()) for column in cells]
    write_table(pyarrow.Table.from_arrays(arrays, names=list(columns)), path)


def _write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from openpyxl import Workbook  # slow to import, and only needed here
    from openpyxl.cell import WriteOnlyCell

    lines = [list(row) for row in (columns, *rows)]
    for number, line in enumerate(lines, 1):
        if max(map(len, line), default=0) > LONGEST_CELL:
            raise StudioError("data.too_long_for_xlsx", row=number, limit=LONGEST_CELL)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    for line in lines:
        cells = [WriteOnlyCell(sheet, ILLEGAL.sub("", value)) for value in line]
        for cell in cells:
            cell.data_type = "s"  # what begins with = would be a formula
        sheet.append(cells)
    book.save(path)
