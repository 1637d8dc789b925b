"""Any table file as a Table, parsed in a child process under limits of memory and time.

Knows no file format: the child does, and only the child opens the file.
"""

from __future__ import annotations

import json
import logging
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
    try:
        size = path.stat().st_size
    except OSError as error:
        raise StudioError("data.no_such_file", file=name) from error
    if not path.is_file():
        raise StudioError("data.no_such_file", file=name)
    if size > MAX_BYTES:
        raise StudioError("data.too_big", file=name)
    answer = _ask_child([str(path.resolve()), json.dumps(asdict(reading or Reading()))], name)
    if "error" in answer:
        raise StudioError(answer["error"], **{"file": name, **answer["details"]})
    table: dict[str, Any] = answer["table"]
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Table(**{**values, "rows": tuple(map(tuple, table["rows"]))})


def read_tables(files: Sequence[tuple[str, Path]], reading: Reading) -> list[tuple[str, Table]]:
    """The tables of one file or of several; of several, only those in doubt are read in the encoding that was named.

    Raises StudioError as `read_table`.
    """
    if len(files) == 1:
        name, path = files[0]
        return [(name, read_table(path, reading, name))]
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


def _ask_child(arguments: list[str], name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "studio.data.reading.child", *arguments]
    root = Path(__file__).parents[3]  # where `studio` is found, installed or not
    try:
        done = subprocess.run(
            command, cwd=root, capture_output=True, stdin=subprocess.DEVNULL, timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise StudioError("data.too_big", file=name) from error
    if done.returncode == 0:
        return dict(json.loads(done.stdout))
    log.warning("parsing %s ended with %s: %s", name, done.returncode, done.stderr.decode(errors="replace")[-2000:])
    # below zero: a signal, which is how the limits of memory and time end it
    raise StudioError("data.too_big" if done.returncode < 0 else "data.unreadable", file=name)
