"""A scoring sheet as Excel, out and back in: one unnamed answer a row, a mark from 1 to 5 in each criterion's column.

Knows no database. A row is known by its code, which does not tell whose answer it is and which only this studio makes.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.data.export import ILLEGAL, LONGEST_CELL
from studio.data.reading.read import read_table
from studio.data.schema import Table
from studio.errors import StudioError
from studio.judging.marks import CRITERIA, HIGHEST, LOWEST
from studio.judging.opinions import SIDES, Side
from studio.words import LANGS, Lang, say

CODE = re.compile(r"K(\d{1,9})-([A-Z]{6})")
MARK = re.compile(r"([1-5])(?:\.0+)?\s*(?:分|星|points?|stars?)?", re.IGNORECASE)
CHINESE = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5"}
WIDTHS = {"code": 15, "question": 36, "wanted": 36, "answer": 52}  # characters


@dataclass(frozen=True)
class Line:
    """What stands in a row: a code, and what is to be marked."""

    code: str
    question: str
    wanted: str
    answer: str


@dataclass(frozen=True)
class Given:
    """A mark as it stands in a sheet that came back, in row `row` of the file."""

    row: int
    code: str
    criterion: str
    mark: int


@dataclass(frozen=True)
class Returned:
    """What a sheet holds: marks; cells left blank; what cannot be understood, as {"key": sentence, "row": …, …}."""

    given: tuple[Given, ...]
    blank: int
    problems: tuple[dict[str, Any], ...]


def code_of(secret: bytes, match: int, side: Side) -> str:
    """Letters, so that no spreadsheet program takes it for a number or a date."""
    digest = hmac.digest(secret, f"sheet {match} {side}".encode(), "sha256")
    return f"K{match}-" + "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def whose(secret: bytes, code: str) -> tuple[int, Side] | None:
    """The match and the side of a code; None for one that this studio did not make."""
    found = CODE.fullmatch(unicodedata.normalize("NFKC", code).strip().upper())
    if found is None:
        return None
    match = int(found[1])
    sides = (side for side in SIDES if hmac.compare_digest(code_of(secret, match, side), found[0]))
    return next(((match, side) for side in sides), None)


def write(path: Path, lines: Sequence[Line], lang: Lang) -> None:
    """With room to read, and cells that take only marks."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = say("judging.sheet", lang)
    sheet.append([_title(name, lang) for name in (*WIDTHS, *CRITERIA)])
    for line in lines:
        sheet.append(
            [ILLEGAL.sub("", cell)[:LONGEST_CELL] for cell in (line.code, line.question, line.wanted, line.answer)]
        )
    for row in sheet.iter_rows(max_col=len(WIDTHS)):
        for cell in row:
            cell.data_type = "s"  # what begins with = would be a formula
    for row in sheet.iter_rows(max_col=len(WIDTHS) + len(CRITERIA)):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FDF3EC")
    letters = [cell.column_letter for cell in sheet[1]]
    for letter, width in zip(letters, (*WIDTHS.values(), *[10] * len(CRITERIA)), strict=True):
        sheet.column_dimensions[letter].width = width
    only = DataValidation("whole", operator="between", formula1=str(LOWEST), formula2=str(HIGHEST), allow_blank=True)
    only.error, only.showErrorMessage = say("judging.only_marks", lang), True
    only.add(f"{letters[len(WIDTHS)]}2:{letters[-1]}{len(lines) + 1}")
    sheet.add_data_validation(only)
    sheet.freeze_panes = f"{letters[1]}2"
    book.save(path)


def read(path: Path, name: str | None = None) -> Returned:
    """Whatever can be understood of a sheet that came back. Raises StudioError judging.no_sheet where it is none,
    data.* where the file cannot be read."""
    table = read_table(path, name=name)
    codes = _column(table, "code")
    columns = {criterion: j for criterion in CRITERIA if (j := _column(table, criterion)) is not None}
    if codes is None or not columns:
        wanted = {lang: "、".join(_title(name, lang) for name in ("code", *CRITERIA)) for lang in LANGS}
        raise StudioError("judging.no_sheet", wanted=wanted, found="、".join(table.columns)[:200])
    given: list[Given] = []
    blank, problems = 0, [_absent(name) for name in CRITERIA if name not in columns]
    for number, row in zip(table.numbers, table.rows, strict=True):
        for criterion, j in columns.items():
            mark = mark_in(row[j])
            if mark is not None:
                given.append(Given(number, row[codes].strip(), criterion, mark))
            elif row[j].strip():
                title = {lang: _title(criterion, lang) for lang in LANGS}
                problems.append({"key": "judging.bad_mark", "row": number, "column": title, "cell": row[j][:40]})
            else:
                blank += 1
    return Returned(tuple(given), blank, tuple(problems))


def mark_in(cell: str) -> int | None:
    """1 … 5 in digits of any width, in Chinese, or with a unit; None for anything else."""
    said = unicodedata.normalize("NFKC", cell).strip()
    found = MARK.fullmatch(CHINESE.get(said[:1], said[:1]) + said[1:])
    return int(found[1]) if found else None


def _absent(criterion: str) -> dict[str, Any]:
    return {"key": "judging.no_column", "column": {lang: _title(criterion, lang) for lang in LANGS}}


def _title(name: str, lang: Lang) -> str:
    return say(f"judging.column_{name}", lang)


def _column(table: Table, name: str) -> int | None:
    """Where the column stands, whatever language the sheet was written in."""
    titles = {_plain(_title(name, lang)) for lang in LANGS}
    return next((j for j, column in enumerate(table.columns) if _plain(column) in titles), None)


def _plain(title: str) -> str:
    return unicodedata.normalize("NFKC", title).strip().casefold()
