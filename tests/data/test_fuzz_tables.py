"""Tables that nobody would write: any of them is read or refused in words, in this process, without a hang.

`make fuzz` draws 20,000 of each kind; the suite draws the same few every time.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.exceptions import IllegalCharacterError

from studio.config import Task
from studio.data.intake.intake import Wish, report_from_json, report_to_json, understand
from studio.data.reading.child import tabulate_file
from studio.data.reading.decode import ENCODINGS
from studio.data.schema import Reading
from studio.errors import StudioError

CASES = int(os.environ.get("FUZZ_CASES", "150"))
fuzzed = settings(
    max_examples=CASES,
    derandomize=CASES <= 1000,
    deadline=10_000,  # milliseconds: what takes longer hangs
    suppress_health_check=list(HealthCheck),
    database=None,
)
TASKS: list[Task | None] = [None, "classify", "chat"]
words = st.sampled_from(
    ["评论", "标签", "问题", "答案", "text", "label", "好评", "差评", "1", "0", "好喝，下次来", "问：几点？", "答：九点", "Q: a", "A: b",
     '"', '""', ",", "\n", "\r\n", "\t", "NA", "=1+1", "00123", "1e400", "nan", "[", "{", "[[]]", '{"a":1}', "\x00", "\ufeff", "\u202e",
     "messages", "conversations", "label.responses", "annotation_id", "history", '[["a"]]', "['a']", "问：a 答：b", "sep=;", "￼"]
)  # fmt: skip
cells = words | st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
grids = st.lists(st.lists(cells, max_size=6), max_size=9)


def try_to_read(path: Path, wish: Wish) -> None:
    """Only a StudioError of the data room may come out, one that can be said; a table that is read is whole."""
    try:
        table = tabulate_file(path, wish.reading)
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert len(table.numbers) == len(table.rows) and len(set(table.columns)) == len(table.columns)
        examples, report = understand(table, wish, "file")
    except StudioError as error:
        assert error.key.startswith("data.")
        said = StudioError(error.key, **{"file": "file", **error.details})
        assert said.say("zh") and said.say("en")
        json.dumps(error.details)
        return
    assert all(example.text.strip() for example in examples)
    assert report_from_json(report_to_json(report)).rows == len(examples)
    for entry in (*report.repaired, *report.dropped, *report.notes):
        rest = {name: value for name, value in entry.items() if name != "reason"}
        assert StudioError(entry["reason"], **rest).say("zh")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "any"


@given(
    rows=grids,
    mark=st.sampled_from([",", ";", "\t", "|", " "]),
    end=st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5hkscs", "cp932"]),
    task=st.sampled_from(TASKS),
    told=st.sampled_from([None, *ENCODINGS]),
    damage=st.none() | st.tuples(st.integers(0, 400), st.binary(max_size=8)),
)
@fuzzed
def test_any_csv_is_read_or_refused_in_words(
    path: Path, rows: list[list[str]], mark: str, end: str, encoding: str, task: Task | None, told: str | None,
    damage: tuple[int, bytes] | None,
) -> None:  # fmt: skip
    content = bytearray(end.join(mark.join(row) for row in rows).encode(encoding, "replace"))
    if damage:
        content[damage[0] : damage[0]] = damage[1]
    path.write_bytes(content)
    try_to_read(path, Wish(task, encoding=told))


tags = st.sampled_from(
    ["<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th>", "<td rowspan=3>", "<td colspan=2>", "<td rowspan=99999999999>", "<td rowspan=0>",
     "<td colspan=-1>", "<br>", "<p>", "</p>", "<div>", "<caption>", "<!--", "-->", "<script>", "</script>", "&nbsp;", "&#0;", "&#x1F600;", "&", "<", ">",
     "<table><tr><td>评论<td>标签", "<Workbook>", '<?xml version="1.0"?>', "<!DOCTYPE html>", "<html>", "<meta charset=gbk>", "\x00"]
)  # fmt: skip


@given(
    pieces=st.lists(tags | cells, max_size=40),
    whole=st.booleans(),
    sheet=st.sampled_from([None, "1", "2", "不"]),
    fill=st.booleans(),
    task=st.sampled_from(TASKS),
)
@fuzzed
def test_any_web_page_is_read_or_refused_in_words(
    path: Path, pieces: list[str], whole: bool, sheet: str | None, fill: bool, task: Task | None
) -> None:
    start = "<table><tr><td>评论<td>标签<tr><td>" if whole else "<html>"
    path.write_bytes((start + "".join(pieces)).encode())
    try_to_read(path, Wish(task, sheet=sheet, fill_merged=fill))


attributes = st.sampled_from(
    ["", ' ss:Index="2"', ' ss:Index="0"', ' ss:Index="99999999"', ' ss:Index="x"', ' ss:MergeDown="2"', ' ss:MergeDown="99999999"',
     ' ss:MergeAcross="1"', ' ss:MergeAcross="99999999"', ' ss:Type="Number"', ' ss:Type="DateTime"', ' ss:Type="Boolean"', ' ss:Type="Error"']
)  # fmt: skip
XML_BOOK = """<?xml version="1.0"?><Workbook xmlns="{0}" xmlns:ss="{0}"><Worksheet ss:Name="1"><Table>{1}</Table></Worksheet></Workbook>"""


@given(
    rows=st.lists(st.tuples(attributes, st.lists(st.tuples(attributes, attributes, cells), max_size=4)), max_size=6),
    damage=st.none() | st.tuples(st.integers(0, 600), st.sampled_from(["<", "&", "</Row>", "<Cell>", "\x00", "&#1;"])),
    task=st.sampled_from(TASKS),
)
@fuzzed
def test_any_xml_spreadsheet_is_read_or_refused_in_words(path: Path, rows: Any, damage: Any, task: Task | None) -> None:
    lines = "".join(
        f"<Row{row}>"
        + "".join(f"<Cell{cell}><Data{data}>{escape(text)}</Data></Cell>" for cell, data, text in made)
        + "</Row>"
        for row, made in rows
    )
    content = XML_BOOK.format("urn:schemas-microsoft-com:office:spreadsheet", lines)
    if damage:
        content = content[: damage[0]] + damage[1] + content[damage[0] :]
    path.write_bytes(content.encode())
    try_to_read(path, Wish(task))


values = st.one_of(
    cells, st.floats(), st.integers(), st.booleans(), st.none(), st.datetimes(), st.timedeltas(), st.dates()
)
formats = st.sampled_from(
    ["General", "0%", "0.00%", "00000", "yyyy-mm-dd", '[=1]"好评";"差评"', '"No."000', ";;;", "@", "0.00E+00", "[h]:mm"]
)


@given(
    rows=st.lists(st.lists(st.tuples(values, formats), max_size=5), max_size=8),
    merges=st.lists(st.tuples(*[st.integers(1, 6)] * 4), max_size=2),
    hidden=st.lists(st.integers(1, 8), max_size=3),
    reading=st.builds(Reading, sheet=st.sampled_from([None, "Sheet", "不"]), fill_merged=st.booleans()),
    task=st.sampled_from(TASKS),
    damage=st.none() | st.tuples(st.integers(0, 8000), st.binary(min_size=1, max_size=40)),
    rewrite=st.none() | st.tuples(st.integers(0, 20), st.integers(0, 3000), st.sampled_from(
        [b"", b"<", b'r="A1"', b'r="ZZZ9"', b'r="A99999999"', b"<c><f>1</f></c>", b's="9"', b'hidden="1"', b"&", b"<!DOCTYPE a>", b"</row>", b't="e"',
         b'numFmtId="-1"', b'max="16384" hidden="1"', b"\xff", b"&lt;", b"1e999"])),
)  # fmt: skip
@fuzzed
def test_any_xlsx_is_read_or_refused_in_words(
    path: Path,
    rows: Any,
    merges: Any,
    hidden: list[int],
    reading: Reading,
    task: Task | None,
    damage: Any,
    rewrite: Any,
) -> None:
    content = bytearray(workbook(rows, merges, hidden))
    if rewrite:
        content = bytearray(rewritten(bytes(content), *rewrite))
    if damage:
        place = damage[0] % len(content)
        content[place : place + len(damage[1])] = damage[1]
    path.write_bytes(content)
    try_to_read(path, Wish(task, sheet=reading.sheet, fill_merged=reading.fill_merged))


def workbook(rows: Any, merges: Any, hidden: list[int]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for i, row in enumerate(rows, 1):
        for j, (value, code) in enumerate(row, 1):
            try:
                sheet.cell(i, j, value).number_format = code
            except (IllegalCharacterError, ValueError):
                continue
    for top, left, height, width in merges:
        sheet.merge_cells(start_row=top, start_column=left, end_row=top + height, end_column=left + width)
    for number in hidden:
        sheet.row_dimensions[number].hidden = True
    try:
        book.save(buffer)
    except (ValueError, OverflowError, TypeError):  # dates that Excel does not have
        return b"PK\x03\x04"
    return buffer.getvalue()


def rewritten(content: bytes, which: int, place: int, what: bytes) -> bytes:
    """The workbook with something put into one of its parts, and whole again as a zip file."""
    if len(content) < 10:
        return content
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        names = old.namelist()
        for number, name in enumerate(names):
            body = old.read(name)
            if number == which % len(names):
                at = place % (len(body) + 1)
                body = body[:at] + what + body[at + len(what) // 2 :]
            new.writestr(name, body)
    return buffer.getvalue()


keys = st.sampled_from(
    ["messages", "conversations", "role", "from", "content", "value", "chosen", "rejected", "prompt", "completion", "data", "annotations",
     "result", "type", "choices", "text", "label", "fields", "responses", "status", "values", "label.responses", "annotation", "inputs",
     "input", "output", "history", "system", "contents", "parts", "tool_calls", "function", "columns", "kto_tag", "preferred_output"]
)  # fmt: skip
leaves = (
    words
    | st.sampled_from(["user", "assistant", "human", "gpt", "system", "choices", "textarea"])
    | st.none()
    | st.booleans()
    | st.integers()
)
things = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=24
)


@given(things, st.booleans(), st.sampled_from(TASKS))
@fuzzed
def test_any_json_is_read_or_refused_in_words(path: Path, thing: Any, lines: bool, task: Task | None) -> None:
    wrapped: Callable[[Any], str] = lambda value: json.dumps(value, ensure_ascii=False)  # noqa: E731
    path.write_text(
        "\n".join(map(wrapped, thing)) if lines and isinstance(thing, list) else wrapped(thing),
        encoding="utf-8",
        errors="replace",
    )
    try_to_read(path, Wish(task))
