"""Small real documents of every kind, written by the tests that need them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

MANUAL = (
    ("heading", "员工手册"),
    ("heading", "一、制作标准"),
    ("text", "珍珠要煮15分钟，再焖15分钟。"),
    ("text", "少糖是在标准糖浆上减20%。"),
    ("heading", "二、退款"),
    ("text", "七天内凭小票可以全额退款，由店长批准。"),
    ("text", "问：送错了怎么办？"),
    ("text", "答：先道歉，再免费重做一杯。"),
)
PRICES = (("饮品", "大杯"), ("珍珠奶茶", "15元"), ("柠檬水", "10元"))


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    """A Word document with headings, paragraphs, a question with its answer, and a table."""
    import docx

    document = docx.Document()
    for kind, text in MANUAL:
        if kind == "heading":
            document.add_heading(text, 1)
        else:
            document.add_paragraph(text)
    document.add_heading("三、价目表", 1)
    table = document.add_table(rows=0, cols=2)
    for row in PRICES:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    path = tmp_path / "手册.docx"
    document.save(str(path))
    return path


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes | str], Path]:
    def put(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return put
