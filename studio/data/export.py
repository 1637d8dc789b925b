"""Tables written as xlsx, csv or jsonl that Excel opens without running anything in them.

Knows no database.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from studio.data.roles import NEEDED
from studio.data.schema import Dataset, Role, Row
from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.config import Task

FORMATS = (".xlsx", ".csv", ".tsv", ".jsonl")
LONGEST_CELL = 32_767  # characters that a cell of Excel holds
TRIGGER = re.compile("[=+\\-@\t\r＝＋－＠]")  # what makes a spreadsheet program run a cell as a formula (CWE-1236)
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML cannot hold


def write_dataset(path: Path, dataset: Dataset, rows: Sequence[Row]) -> None:
    """The dataset's rows under the names its columns had; `history` as JSON where there are conversations.

    Raises StudioError as `write_table` does.
    """
    if path.suffix.casefold() == ".jsonl":
        path.write_text("".join(_record(dataset.task, row) + "\n" for row in rows), encoding="utf-8")
        return
    names = [_name(dataset, role) for role in NEEDED[dataset.task]]
    if not any(row.context for row in rows):
        write_table(path, names, ((row.text, row.target) for row in rows))
        return
    write_table(path, ["system", "history", *names], ((*_context(row), row.text, row.target) for row in rows))


def _record(task: Task, row: Row) -> str:
    if task == "classify":
        return json.dumps({"text": row.text, "label": row.target}, ensure_ascii=False)
    turns = [asdict(turn) for turn in row.context] + [{"role": "user", "content": row.text}]
    if row.target:
        turns.append({"role": "assistant", "content": row.target})
    return json.dumps({"messages": turns}, ensure_ascii=False)


def _name(dataset: Dataset, role: Role) -> str:
    return next((column for column, given in dataset.report.roles.items() if given == role), role)


def _context(row: Row) -> tuple[str, str]:
    system = "\n".join(turn.content for turn in row.context if turn.role == "system")
    turns = [[turn.role, turn.content] for turn in row.context if turn.role != "system"]
    return system, json.dumps(turns, ensure_ascii=False) if turns else ""


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns and rows of text as xlsx, csv or tsv, by the path's ending.

    xlsx: every cell is text, whatever it begins with. csv and tsv: UTF-8 with a byte order mark, for Excel; a cell
    that would run as a formula gets a `'` in front. Raises StudioError data.no_such_format, data.too_long_for_xlsx.
    """
    match path.suffix.casefold():
        case ".xlsx":
            _write_xlsx(path, columns, rows)
        case ".csv" | ".tsv" as ending:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, delimiter="," if ending == ".csv" else "\t")
                writer.writerows([_harmless(cell) for cell in row] for row in (columns, *rows))
        case other:
            raise StudioError("data.no_such_format", format=other or path.name, formats="、".join(FORMATS))


def _harmless(cell: str) -> str:
    return "'" + cell if TRIGGER.match(cell) else cell


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
