"""How long 100,000 rows take from the file to the database."""

from __future__ import annotations

import csv
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

from benchmarks.table import Figure
from studio.data.datastore import DataStore
from studio.workspace import Workspace

ROWS = 100_000
WORDS = ("奶茶", "珍珠", "服务", "味道", "太甜", "好喝", "一般", "排队", "便宜", "推荐", "外卖", "包装", "漏了", "热情")


def figures() -> Iterator[Figure]:
    """The time of `DataStore.add` for a csv and an xlsx of the same rows."""
    with tempfile.TemporaryDirectory() as folder:
        home, rows = Path(folder), list(made_rows())
        for path, goal in ((_csv(home / "rows.csv", rows), "≤ 3 s"), (_xlsx(home / "rows.xlsx", rows), "≤ 6 s")):
            store = DataStore(Workspace(home / path.suffix[1:]))
            began = time.perf_counter()
            dataset = store.add(path)
            seconds = time.perf_counter() - began
            assert dataset.report.rows == ROWS
            store.close()
            yield Figure(f"import of {ROWS:,} rows, {path.suffix[1:]}", f"{seconds:.2f} s", goal)


def made_rows() -> Iterator[tuple[str, str]]:
    draw = random.Random(0)
    for number in range(ROWS):
        yield f"{''.join(draw.choices(WORDS, k=12))}{number}", draw.choice(("好评", "差评", "中性"))


def _csv(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("评论", "标签"), *rows])
    return path


def _xlsx(path: Path, rows: list[tuple[str, str]]) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [("评论", "标签"), *rows]:
        sheet.append(row)
    book.save(path)
    return path
