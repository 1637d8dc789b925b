"""Workbooks and the other tables that the studio reads: each row of each sheet that a person sees.

Knows no cell: the reading of tables does.
"""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

from studio.data.reading.child import OLE, PASSWORD_STREAM, tabulate_file, visible_sheets
from studio.data.schema import Reading
from studio.errors import StudioError
from studio.handbook.blocks import Block, Document, rows

MOST_ROWS = 20_000


def is_one(head: bytes, path: Path) -> bool:
    return head.startswith((b"PAR1", OLE)) or (head.startswith(b"PK\x03\x04") and zipfile.is_zipfile(path))


def read(path: Path) -> Document:
    _refuse_what_is_no_table(path)
    found: list[Block] = []
    for sheet in visible_sheets(path) or (None,):
        try:
            table = tabulate_file(path, replace(Reading(), sheet=sheet))
        except StudioError as error:
            if sheet is None or error.key == "data.encrypted":
                raise
            continue  # an empty sheet beside others
        if sheet:
            found.append(Block(sheet, "heading", 1, sheet))
        found += rows(table.columns, table.rows, sheet or "")
    told = sum(block.kind == "row" for block in found)
    if not told:
        raise StudioError("handbook.empty")
    if told > MOST_ROWS:
        raise StudioError("handbook.too_many_rows", rows=told, most=MOST_ROWS)
    return Document(tuple(found))


def _refuse_what_is_no_table(path: Path) -> None:
    """Word's old format and a document under a password look like an old workbook from outside."""
    content = path.read_bytes()
    if content.startswith(OLE):
        if PASSWORD_STREAM in content:
            raise StudioError("handbook.encrypted")
        if "WordDocument".encode("utf-16-le") in content:
            raise StudioError("handbook.old_word")
        if "PowerPoint Document".encode("utf-16-le") in content:
            raise StudioError("handbook.is_other")
