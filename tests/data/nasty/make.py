"""How files of every kind are made from rows.

Knows no parser: it makes bytes.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet


def table(
    rows: Sequence[Sequence[str]], header: Sequence[str] = ("评论", "标签"), mark: str = ",", end: str = "\n"
) -> str:
    return end.join(mark.join(f'"{cell}"' if mark in cell else cell for cell in row) for row in [header, *rows]) + end


def quoted(rows: Sequence[Sequence[str]], header: Sequence[str]) -> bytes:
    """A csv as programs write it, whatever the cells hold."""
    written = io.StringIO()
    csv.writer(written).writerows([header, *rows])
    return written.getvalue().encode()


def as_json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def as_lines(records: Sequence[Any]) -> bytes:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()


def book(fill: Callable[[Worksheet], None], more: Callable[[Workbook], None] | None = None) -> bytes:
    made, buffer = Workbook(), io.BytesIO()
    fill(made.worksheets[0])
    if more:
        more(made)
    made.save(buffer)
    return buffer.getvalue()


def rows_on(sheet: Worksheet, rows: Sequence[Sequence[Any]]) -> None:
    for row in rows:
        sheet.append(row)


def plain_book(rows: Sequence[Sequence[Any]], then: Callable[[Worksheet], None] = lambda sheet: None) -> bytes:
    def fill(sheet: Worksheet) -> None:
        rows_on(sheet, rows)
        then(sheet)

    return book(fill)


def edited(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The zip file with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(body.decode()) if name == part else body)
    return buffer.getvalue()


def ods(rows: Sequence[Sequence[str]]) -> bytes:
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{urn}:{name}:1.0"' for name in ("office", "table", "text"))
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = "".join(f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>" for row in rows)
    body = f'<office:body><office:spreadsheet><table:table table:name="表">{lines}</table:table></office:spreadsheet></office:body>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", "<manifest/>")
        file.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return buffer.getvalue()


def webpage(rows: Sequence[Sequence[str]], charset: str = "utf-8", above: str = "") -> bytes:
    """What a back office calls .xls."""
    lines = "".join(f"<tr>{''.join(f'<td x:str>{cell}</td>' for cell in row)}</tr>" for row in rows)
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}"><style>td {{color: red}}</style>'
    return f"<html><head>{head}</head><body>{above}<table border=1>{lines}</table></body></html>".encode(charset)


def xml_book(lines: str, encoding: str = "utf-8") -> bytes:
    """Excel's XML Spreadsheet 2003, with an empty sheet first."""
    urn = "urn:schemas-microsoft-com:office:spreadsheet"
    head = f'<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>'
    sheets = f'<Worksheet ss:Name="空"><Table/></Worksheet><Worksheet ss:Name="评论"><Table>{lines}</Table></Worksheet>'
    return f'{head}<Workbook xmlns="{urn}" xmlns:ss="{urn}">{sheets}</Workbook>'.encode(encoding)


def xml_row(*cells: str, row: str = "", cell: str = "") -> str:
    made = "".join(f'<Cell{cell}><Data ss:Type="String">{text}</Data></Cell>' for text in cells)
    return f"<Row{row}>{made}</Row>"


def parquet(columns: dict[str, Any]) -> bytes:
    import pyarrow
    from pyarrow.parquet import write_table

    buffer = io.BytesIO()
    write_table(pyarrow.table(columns), buffer)
    return buffer.getvalue()
