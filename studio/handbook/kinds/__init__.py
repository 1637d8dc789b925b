"""The formats of documents: one file each, a row in the table, told by content and not by name.

Knows no passage. Runs only in the limited child process, for a document is a stranger's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.handbook.blocks import Document
from studio.handbook.kinds import docx, page, pdf, table, text

# `is_one(head, path)` looks at the first bytes; the first that says yes reads it. Raises StudioError handbook.*, data.*
Kind = tuple[Callable[[bytes, Path], bool], Callable[[Path], Document]]
KINDS: dict[str, Kind] = {
    "pdf": (pdf.is_one, pdf.read),
    "docx": (docx.is_one, docx.read),
    "html": (page.is_one, page.read),
    "table": (table.is_one, table.read),
    "text": (text.is_one, text.read),
}
