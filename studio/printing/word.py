"""The report as a Word document on A4, to be changed by whoever hands it in.

Knows no run. What a user wrote goes in as text, without the characters that XML cannot hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatch
from io import BytesIO
from typing import Any

from studio.lamp import Lamp
from studio.printing.sheet import Case, Chart, Facts, Grid, Piece, Scores, Sheet, Text

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
WIDTH = 18.0  # centimetres between the margins of A4
COLOURS = {"green": "2f8a5b", "amber": "d39a1c", "red": "c0392b", "grey": "a59988"}
FONT, CHINESE_FONT = "Calibri", "Microsoft YaHei"


def write(sheet: Sheet) -> bytes:
    """The whole document."""
    import docx
    from docx.shared import Cm, Pt

    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.5)
    page.top_margin = page.bottom_margin = Cm(1.6)
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Table Grid"):
        _font(document.styles[name])
    document.styles["Normal"].font.size = Pt(10.5)
    document.core_properties.title, document.core_properties.author = clean(sheet.name), "小灶 Xiaozao"
    document.add_heading(clean(sheet.title), 0)
    _grey(document.add_paragraph(clean(sheet.subtitle)))
    for part in sheet.parts:
        document.add_heading(clean(part.title), 1)
        for piece in part.pieces:
            _add(piece, document)
    _grey(document.add_paragraph(clean(sheet.foot)))
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def clean(text: str) -> str:
    return FORBIDDEN.sub("", text)


def _font(style: Any) -> None:
    """Letters of both scripts, which Word asks for apart."""
    from docx.oxml.ns import qn

    style.font.name = FONT
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), CHINESE_FONT)


def _grey(paragraph: Any) -> None:
    for run in paragraph.runs:
        _colour(run, "61574b")


def _colour(run: Any, colour: str) -> None:
    from docx.shared import RGBColor

    run.font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())


def _table(document: Any, rows: Sequence[tuple[str, ...]], widths: tuple[float, ...], bold: bool = False) -> Any:
    from docx.shared import Cm

    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.autofit = False
    for at, row in enumerate(rows):
        for cell, text, width in zip(table.add_row().cells, row, widths, strict=True):
            cell.width = Cm(width)
            cell.text = clean(text)
            if bold and at == 0:
                cell.paragraphs[0].runs[0].bold = True
    document.add_paragraph()
    return table


@singledispatch
def _add(piece: Piece, document: Any) -> None:
    raise AssertionError(piece)


@_add.register
def _(piece: Text, document: Any) -> None:
    paragraph = document.add_paragraph(clean(piece.words))
    if piece.soft:
        _grey(paragraph)


@_add.register
def _(piece: Lamp, document: Any) -> None:
    paragraph = document.add_paragraph()
    _colour(paragraph.add_run("● "), COLOURS[piece.colour])
    paragraph.add_run(clean(piece.name)).bold = True
    document.add_paragraph(clean(piece.why))


@_add.register
def _(piece: Facts, document: Any) -> None:
    _table(document, list(piece.rows), (5.5, WIDTH - 5.5))


@_add.register
def _(piece: Scores, document: Any) -> None:
    rows = [(one.name, one.percent, one.counted, one.sure) for one in piece.rows]
    _table(document, rows, (5.0, 2.0, 4.5, WIDTH - 11.5))


@_add.register
def _(piece: Grid, document: Any) -> None:
    wide = WIDTH / len(piece.heads)
    _table(document, [piece.heads, *piece.rows], (wide,) * len(piece.heads), bold=True)


@_add.register
def _(piece: Chart, document: Any) -> None:
    from docx.shared import Cm

    named = document.add_paragraph()
    named.add_run(clean(piece.title)).bold = True
    named.paragraph_format.keep_with_next = True
    document.add_picture(BytesIO(piece.drawn("png")), width=Cm(16))


@_add.register
def _(piece: Case, document: Any) -> None:
    document.add_heading(clean(piece.title), 2)
    _table(document, list(piece.facts), (5.5, WIDTH - 5.5))
    for one in piece.done:
        document.add_paragraph(clean(one), style="List Bullet")
    for _ in range(piece.blanks):
        document.add_paragraph("_" * 60)
