"""Word's .docx, by python-docx: headings by their styles, or by being short and bold; tables row by row.

Knows no layout: a document has no pages until it is printed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.data.reading.package import BROKEN, main_part, parts
from studio.errors import StudioError
from studio.handbook.blocks import ENDS, SHORT, Block, Document, of_line, rows

STYLED = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
MOST_BYTES = 200 * 2**20  # of all parts together, unpacked


def is_one(head: bytes, path: Path) -> bool:
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as file:
            return main_part(file, parts(file)).startswith("word/")
    except BROKEN:
        return False


def read(path: Path) -> Document:
    import docx
    from docx.opc.exceptions import OpcError

    with zipfile.ZipFile(path) as file:
        if sum(part.file_size for part in file.infolist()) > MOST_BYTES:
            raise StudioError("data.too_big")
    try:
        document = docx.Document(str(path))
        blocks = [block for block in _blocks(document) if block.text]
    except (OpcError, ValueError, KeyError, SyntaxError) as error:  # lxml's complaints are SyntaxErrors
        raise StudioError("handbook.broken") from error
    if not blocks:
        pictures = sum(part.partname.startswith("/word/media/") for part in document.part.package.iter_parts())
        raise StudioError("handbook.pictures_only" if pictures else "handbook.empty", pages=pictures)
    return Document(tuple(blocks))


def _blocks(document: Any) -> Iterator[Block]:
    from docx.table import Table

    for piece in document.iter_inner_content():
        if isinstance(piece, Table):
            yield from _table(piece)
        else:
            yield from _paragraph(piece)


def _paragraph(piece: Any) -> Iterator[Block]:
    text = piece.text.strip()
    name = piece.style.name if piece.style is not None and piece.style.name else ""
    if level := _level(name, piece, text):
        yield Block(text, "heading", level)
    elif name.startswith("List"):
        yield Block(text, "item")
    else:
        yield from (of_line(line) for line in text.splitlines() if line.strip())


def _level(style: str, piece: Any, text: str) -> int:
    """How high a heading; 0 for what is none."""
    if found := STYLED.match(style):
        return int(found[1])
    if style == "Title":
        return 1
    written = [run for run in piece.runs if run.text.strip()]
    bold = bool(written) and all(run.bold for run in written)
    return 3 if bold and len(text) <= SHORT and not ENDS.search(text) else 0


def _table(table: Any) -> Iterator[Block]:
    cells = [_cells(row) for row in table.rows]
    if len(cells) > 1:
        yield from rows(cells[0], cells[1:])
    else:
        yield from rows([""] * 100, cells)


def _cells(row: Any) -> list[str]:
    """Each cell once, though Word tells a merged one at every place that it covers."""
    seen: dict[int, str] = {}
    return [
        "" if id(cell._tc) in seen else seen.setdefault(id(cell._tc), " ".join(cell.text.split())) for cell in row.cells
    ]
