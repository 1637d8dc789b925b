"""A file with columns added at its right, all else as it was: written by a limited process, one room a kind of file.

Knows no model. What a room cannot keep is told, not lost in silence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from studio.data.export import write_table
from studio.data.reading.read import ask_child
from studio.data.schema import Table
from studio.errors import StudioError

Value = str | float | None  # a number is a share, 0 … 1
SECONDS = 600
# An ending → the contents to which columns are added as they are, and by which room; all else becomes a new table.
KEPT: Mapping[str, tuple[frozenset[str], str]] = {
    ".xlsx": (frozenset({"xlsx", "xls", "ods", "xlsb"}), "workbook"),
    ".xlsm": (frozenset({"xlsx"}), "workbook"),
    ".csv": (frozenset({"csv", "tsv", "txt"}), "lines"),
    ".tsv": (frozenset({"csv", "tsv"}), "lines"),
    ".jsonl": (frozenset({"json", "jsonl"}), "records"),
    ".json": (frozenset({"json", "jsonl"}), "records"),
    ".parquet": (frozenset({"parquet"}), "columnar"),
}
MADE = {".xlsm": ".xlsx"}  # what a new table with this ending is written as
RECORDS = (".json", ".jsonl")  # whose rows name their columns themselves


@dataclass(frozen=True)
class Column:
    """`values`: a row's place in the file → what to add to it; several where one record makes several rows."""

    name: str
    values: Mapping[int, Sequence[Value]]


@dataclass(frozen=True)
class Added:
    """What to add to one sheet, "" where a file has none. `header`: the place of the row of names, 0 where none is."""

    sheet: str
    header: int
    columns: Sequence[Column]


@dataclass(frozen=True)
class Written:
    """`lost`: sentences of predict.toml on what the new file has not got, each {"key": …, details …}."""

    lost: tuple[Mapping[str, Any], ...] = ()


def kept(table: Table, source: Path, out: Path) -> bool:
    """Whether `out` will be the file itself with columns added; else it is a new table of one sheet's cells."""
    contents, _ = KEPT[ending(out)]
    if table.format == "txt" and len(table.columns) > 1:  # 问：… 答：…
        return False
    same = ending(out) == source.suffix.casefold() or table.sheet != ""
    return same and table.format in contents


def ending(out: Path) -> str:
    """Raises StudioError data.no_such_format."""
    suffix = out.suffix.casefold()
    if suffix not in KEPT:
        raise StudioError("data.no_such_format", format=suffix or out.name, formats="、".join(KEPT))
    return suffix


def add_columns(source: Path, out: Path, tables: Sequence[Table], added: Sequence[Added]) -> Written:
    """Writes `out`, over whatever is there: `source` with `added`, one for each of the `tables`, which were read of it.

    Raises StudioError data.* for what the format of `out` cannot hold, and where the file is too big.
    """
    table = tables[0]
    if kept(table, source, out):
        try:
            return _run(source, out, table, added)
        except StudioError as error:
            if error.key != "data.not_records":
                raise
    with TemporaryDirectory() as folder:
        made = Path(folder) / f"table{MADE.get(ending(out), ending(out))}"
        _write_new(made, table)
        anew = replace(table, format=made.suffix[1:], encoding="", header=1)
        written = _run(made, out, anew, [_moved(added[0], table, 0 if made.suffix in RECORDS else 1)])
    return Written((*written.lost, {"key": "predict.new_table", "format": table.format}))


def _run(source: Path, out: Path, table: Table, added: Sequence[Added]) -> Written:
    _, room = KEPT[ending(out)]
    job = {"source": str(source.resolve()), "out": str(out), "format": table.format, "encoding": table.encoding}
    given = {**job, "added": [_plain(one) for one in added]}
    content = json.dumps(given, ensure_ascii=False).encode()
    answer = ask_child("studio.data.adding.child", [room], source.name, content, SECONDS)
    return Written(tuple(answer["lost"]))


def _plain(added: Added) -> dict[str, object]:
    """As JSON, which has no numbers for keys."""
    return {**asdict(added), "columns": [[one.name, list(one.values.items())] for one in added.columns]}


def _write_new(path: Path, table: Table) -> None:
    if path.suffix not in RECORDS:
        write_table(path, table.columns, table.rows)
        return
    lines = [json.dumps(dict(zip(table.columns, row, strict=True)), ensure_ascii=False) for row in table.rows]
    content = "\n".join(lines) if path.suffix == ".jsonl" else "[\n" + ",\n".join(lines) + "\n]"
    path.write_text(content + "\n", encoding="utf-8")


def _moved(added: Added, table: Table, above: int) -> Added:
    """For the new table, whose rows stand one below the other, with `above` rows over them."""
    columns = []
    for column in added.columns:
        waiting = {place: list(values) for place, values in column.values.items()}
        placed = {}
        for at, place in enumerate(table.numbers, 1):
            if waiting.get(place):
                placed[at + above] = [waiting[place].pop(0)]
        columns.append(Column(column.name, placed))
    return Added("", 1, columns)
