"""Any table file as a Table, parsed in a child process under limits of memory and time.

Knows no file format: the child does, and only the child opens the file.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

from studio.data.schema import Table
from studio.errors import StudioError

MAX_BYTES = 300 * 2**20
WALL_SECONDS = 90
log = logging.getLogger(__name__)


def read_table(path: Path, sheet: str | None = None, name: str | None = None) -> Table:
    """The table in an xlsx, xls, ods, csv, tsv, json, jsonl or txt file, known by its content.

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
    answer = _ask_child([str(path.resolve()), *([sheet] if sheet is not None else [])], name)
    if "error" in answer:
        raise StudioError(answer["error"], **{"file": name, **answer["details"]})
    table: dict[str, Any] = answer["table"]
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Table(**{**values, "rows": tuple(map(tuple, table["rows"]))})


def _ask_child(arguments: list[str], name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "studio.data.child", *arguments]
    root = Path(__file__).parents[2]  # where `studio` is found, installed or not
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
