"""Files that a person might choose by mistake, or another with intent: what each is called, and its bytes.

Knows no reader and no place that takes files.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from functools import cache

import docx
from openpyxl import Workbook

from tests.handbook.pdfs import pdf

TABLE = "text,label\n好喝,好评\n难喝,差评\n".encode()
BOMB_MIB = 700


def workbook() -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in (["text", "label"], ["好喝", "好评"], ["难喝", "差评"]):
        book.worksheets[0].append(row)
    book.save(file)
    return file.getvalue()


def document() -> bytes:
    made, file = docx.Document(), io.BytesIO()
    made.add_paragraph("珍珠要煮15分钟。")
    made.save(file)
    return file.getvalue()


@cache
def bomb() -> bytes:
    """A workbook of some hundred kilobytes that would fill the memory where it is unpacked."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as honest,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out,
    ):
        for name in honest.namelist():
            if not name.startswith("xl/worksheets"):
                out.writestr(name, honest.read(name))
        with out.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(BOMB_MIB):
                member.write(bytes(2**20))
    return file.getvalue()


def half(whole: Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: whole()[: len(whole()) // 2]


# by its kind: the ending of its name, "" for the one that is wanted, and its bytes
BAD_FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("", lambda: b""),
    "zeros": ("", lambda: bytes(5000)),
    "noise": ("", lambda: random.Random(7).randbytes(4000)),
    "half a character": ("", lambda: TABLE[:12]),
    "a picture": ("", lambda: b"\x89PNG\r\n\x1a\n" + bytes(64)),
    "a program": (".exe", lambda: b"MZ" + bytes(200)),
    "a page": (".html", lambda: b"<html><script>alert(1)</script>"),
    "no ending": (".", lambda: TABLE),
    "a zip bomb": (".xlsx", bomb),
    "half a workbook": (".xlsx", half(workbook)),
    "half a document": (".docx", half(document)),
    "half a pdf": (".pdf", half(lambda: pdf([[(12, "a")]]))),
    "zeros in a table": ("", lambda: TABLE.replace("好喝".encode(), b"a\0b")),
    "depth": ("", lambda: b"[" * 100_000),
}
