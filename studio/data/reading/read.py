"""Any table file as a Table, parsed in a child process under limits of memory and time.

Knows no file format: the child does, and only the child opens the file.
"""

from __future__ import annotations

import json
import logging
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from studio.data.schema import Reading, Table
from studio.errors import StudioError

MAX_BYTES = 300 * 2**20
WALL_SECONDS = 90
log = logging.getLogger(__name__)


def read_table(path: Path, reading: Reading | None = None, name: str | None = None) -> Table:
    """The table in an xlsx, xls, ods, html, xml, csv, tsv, json, jsonl, parquet or txt file, known by its content.

    Raises StudioError data.* that calls the file by `name` (its own if none is given) and says what is wrong and what
    to do; never hangs and never takes the process down, whatever the file holds.
    """
    name = name or path.name
    answer = _asked(path, reading, name)
    return _table(answer["table"])


def read_sheets(path: Path, reading: Reading | None = None) -> list[tuple[str, Table | StudioError]]:
    """Every visible sheet of a workbook as a table, or why it is none; of any other file its one table, named "".

    Raises StudioError as `read_table` for a file that cannot be read at all.
    """
    sheets: list[tuple[str, Table | StudioError]] = []
    for found in _asked(path, reading, path.name, "every")["tables"]:
        wrong = StudioError(found["error"], **{"file": path.name, **found["details"]}) if "error" in found else None
        sheets.append((found["sheet"], wrong or _table(found["table"])))
    return sheets


def _asked(path: Path, reading: Reading | None, name: str, *more: str) -> dict[str, Any]:
    fit_to_read(path, name)
    arguments = [str(path.resolve()), json.dumps(asdict(reading or Reading())), *more]
    return ask_child("studio.data.reading.child", arguments, name)


def fit_to_read(path: Path, name: str) -> None:
    """Raises StudioError data.no_such_file, also for a folder or a pipe, and data.too_big."""
    try:
        found = path.stat()
    except OSError as error:
        raise StudioError("data.no_such_file", file=name) from error
    if not stat.S_ISREG(found.st_mode):
        raise StudioError("data.no_such_file", file=name)
    if found.st_size > MAX_BYTES:
        raise StudioError("data.too_big", file=name)


def _table(found: dict[str, Any]) -> Table:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}
    return Table(**{**values, "rows": tuple(map(tuple, found["rows"]))})


def read_tables(files: Sequence[tuple[str, Path]], reading: Reading) -> list[tuple[str, Table]]:
    """The tables of one file or of several; of several, only those in doubt are read in the encoding that was named.

    One workbook whose sheets are one table that was cut up, as by month, is one table a sheet, unless one is asked for.
    Raises StudioError as `read_table`.
    """
    if len(files) == 1:
        name, path = files[0]
        return [(name, _table(found)) for found in _asked(path, reading, name, "together")["tables"]]
    tables: list[tuple[str, Table]] = []
    for name, path in files:
        try:
            table = read_table(path, replace(reading, encoding=None), name)
        except StudioError as error:
            if error.key != "data.which_encoding" or not reading.encoding:
                raise
            table = read_table(path, reading, name)
        tables.append((name, table))
    return tables


def ask_child(
    module: str, arguments: list[str], name: str, given: bytes = b"", seconds: int = WALL_SECONDS
) -> dict[str, Any]:
    """What a module of ours answers that works on the file `name` in a process of its own, `given` to it to read.

    Raises StudioError what it refuses, data.too_big where its limits ended it, data.unreadable where it broke down.
    """
    command = [sys.executable, "-m", module, *arguments]
    root = Path(__file__).parents[3]  # where `studio` is found, installed or not
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, input=given, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise StudioError("data.too_big", file=name) from error
    if done.returncode:
        log.warning(
            "%s of %s ended with %s: %s", module, name, done.returncode, done.stderr.decode(errors="replace")[-2000:]
        )
        # below zero: a signal, which is how the limits of memory and time end it
        raise StudioError("data.too_big" if done.returncode < 0 else "data.unreadable", file=name)
    answer: dict[str, Any] = json.loads(done.stdout)
    if "error" in answer:
        raise StudioError(answer["error"], **{"file": name, **answer["details"]})
    return answer
