"""The process that parses an upload, so that a hostile or broken file ends this process and not the studio.

Knows no workspace: it reads one file, prints one JSON object `{"table": …}` or `{"error": key, "details": …}`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from studio.data.reading.decode import decode
from studio.data.reading.delimited import read_delimited
from studio.data.reading.grid import Grid, tabulate
from studio.data.reading.records import read_json, read_parquet, unfold
from studio.data.reading.twice import MISTAKES, SAMPLE, SHOWN, preview, spoilt, suspected, undo
from studio.data.schema import Reading, Table
from studio.errors import StudioError
from studio.workspace import in_words

MEMORY = 2 * 2**30  # bytes of address space
CPU_SECONDS = 60
OTHERS = (  # what a file begins with, and what it is
    (b"%PDF", {"zh": "PDF", "en": "a PDF"}),
    (b"\x89PNG", {"zh": "图片", "en": "a picture"}),
    (b"\xff\xd8\xff", {"zh": "图片", "en": "a picture"}),
    (b"GIF8", {"zh": "图片", "en": "a picture"}),
    (b"RIFF", {"zh": "图片、声音或视频", "en": "a picture, sound or video"}),
    (b"\x1f\x8b", {"zh": "压缩包", "en": "a compressed archive"}),
    (b"7z\xbc\xaf", {"zh": "压缩包", "en": "a compressed archive"}),
    (b"Rar!", {"zh": "压缩包", "en": "a compressed archive"}),
    (b"SQLite format 3", {"zh": "数据库", "en": "a database"}),
    (b"\x7fELF", {"zh": "程序", "en": "a program"}),
    (b"MZ", {"zh": "程序", "en": "a program"}),
)
SPREADSHEET = re.compile(  # after <?xml …?>, <?mso-application …?> and comments
    r"\s*(?:(?><\?[^>]*>|<!--.*?-->)\s*)*<(?:\w+:)?Workbook\b", re.DOTALL
)
PAGE = re.compile(r"<(!doctype html|html|head|body|meta|table)\b", re.IGNORECASE)  # near a web page's beginning
RECORDS = re.compile(r"\s*<\?xml(?>[^>]*)>\s*(?:(?><!--.*?-->)\s*)*+<(?!!|html|head|body|table|meta)", re.DOTALL)
ELEMENT = re.compile(r"\s*<(\w[\w.:-]*)(?:\s(?>[^>]*))?>.*</\1\s*>\s*\Z", re.DOTALL)
COMMENTED = re.compile(r"(?>\s*(?>//[^\n]*|/\*.*?\*/))+(?=\s*[\[{])", re.DOTALL)  # JSON below what a person noted
DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
OLE = b"\xd0\xcf\x11\xe0"  # old Office files, and new ones under a password
PASSWORD_STREAM = "EncryptedPackage".encode("utf-16-le")


def main() -> None:
    path, reading, how = Path(sys.argv[1]), Reading(**json.loads(sys.argv[2])), "".join(sys.argv[3:])
    limit(MEMORY, CPU_SECONDS, written=0)
    print_answer(lambda: WAYS[how](path, reading))


def print_answer(ask: Callable[[], dict[str, Any]]) -> None:
    """What `ask` returns, or why it cannot, as this process's one JSON object."""
    try:
        answer = ask()
    except StudioError as error:
        answer = {"error": error.key, "details": error.details}
    except MemoryError:
        answer = {"error": "data.too_big", "details": {}}
    except OSError as error:
        if (said := in_words(error, Path.cwd())) is None:
            raise
        answer = {"error": said.key, "details": said.details}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


def _table(path: Path, reading: Reading) -> dict[str, Any]:
    return {"table": vars(tabulate_file(path, reading))}


def _together(path: Path, reading: Reading) -> dict[str, Any]:
    """The table of a file; of a workbook whose sheets are one table that was cut up, that of each of them."""
    names = () if reading.sheet else _sheets(path, "sheets_together")
    if len(names) < 2:
        return {"tables": [vars(tabulate_file(path, reading))]}
    from studio.data.reading.cut_up import together

    return {"tables": [*map(vars, together([tabulate_file(path, replace(reading, sheet=name)) for name in names]))]}


def _every(path: Path, reading: Reading) -> dict[str, Any]:
    return {"tables": list(_each(path, reading))}


def _each(path: Path, reading: Reading) -> Iterator[dict[str, Any]]:
    """Each visible sheet of a workbook, or why it is no table; of any other file its one table."""
    names: Sequence[str | None] = visible_sheets(path) or (None,)
    for name in names:
        try:
            yield {"sheet": name or "", **_table(path, replace(reading, sheet=name))}
        except StudioError as error:
            if name is None:
                raise
            yield {"sheet": name, "error": error.key, "details": error.details}


def visible_sheets(path: Path) -> tuple[str, ...]:
    """The sheets of a workbook that a person sees; () for any other file. Raises StudioError as reading them does."""
    return _sheets(path, "sheet_names")


def _sheets(path: Path, which: Literal["sheet_names", "sheets_together"]) -> tuple[str, ...]:
    with path.open("rb") as file:
        head = file.read(4)
    if not head.startswith((b"PK\x03\x04", OLE)):
        return ()
    from studio.data.reading import workbook

    if head.startswith(b"PK"):
        workbook.zip_kind(path)
    elif PASSWORD_STREAM in path.read_bytes():
        raise StudioError("data.encrypted")
    return workbook.sheet_names(path) if which == "sheet_names" else workbook.sheets_together(path)


def tabulate_file(path: Path, reading: Reading | None = None) -> Table:
    """The table in a file, recognised by its content and not by its name. Raises StudioError."""
    table = tabulate(_grid(path, reading or Reading()))
    said = "".join(cell for row in table.rows[:SAMPLE] for cell in row)
    if spoilt(said):
        lost = {"reason": "data.spoilt", "text": said[:SHOWN]}
        table = replace(table, notes=(*table.notes, lost))
    unfolded = unfold(table)
    return replace(tabulate(unfolded), header=table.header, places=()) if unfolded else table


def limit(memory: int, seconds: int, written: int) -> None:
    """Limits in bytes of memory, seconds of CPU and bytes of a file, where the system has them; elsewhere the parent's
    wall clock is the only one."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _grid(path: Path, reading: Reading) -> Grid:
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise StudioError("data.empty")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        from studio.data.reading.workbook import read_workbook, zip_kind

        return read_workbook(path, zip_kind(path), reading)
    if head.startswith(OLE):
        return _old_office(path, reading)
    if head.startswith(b"PAR1"):
        return read_parquet(path)
    for magic, kind in OTHERS:
        if head.startswith(magic):
            raise StudioError("data.is_other", kind=kind)
    return _text(path.read_bytes(), reading)


def _old_office(path: Path, reading: Reading) -> Grid:
    from studio.data.reading.workbook import read_workbook

    if PASSWORD_STREAM in path.read_bytes():
        raise StudioError("data.encrypted")
    return read_workbook(path, "xls", reading)


def _text(data: bytes, reading: Reading) -> Grid:
    if reading.encoding and reading.encoding in MISTAKES:
        return _of_text(undo(_decoded(data, None)[0], reading.encoding), reading.encoding, reading)
    text, encoding = _decoded(data, reading.encoding)
    grid = _of_text(text, encoding, reading)
    if name := suspected(text):
        grid.notes.append({"reason": "data.decoded_twice", "encoding": name, "text": preview(text, name)})
    return grid


def _of_text(text: str, encoding: str, reading: Reading) -> Grid:
    if noted := COMMENTED.match(text):
        lines = "\n" * noted[0].count("\n")  # so that a mistake below is named by its line
        below = _of_text(lines + text[noted.end() :], encoding, reading)
        below.notes.append({"reason": "data.comment_above", "text": " ".join(noted[0].split())[:80]})
        return below
    start = text.lstrip()[:200].casefold()
    if not start:
        raise StudioError("data.empty")
    if start[0] == "<" and (grid := _markup(text, encoding, reading)):
        return grid
    if start.startswith("{\\rtf"):
        raise StudioError("data.is_other", kind={"zh": "带格式的文档（RTF）", "en": "a formatted document (RTF)"})
    if start.startswith("mime-version:"):
        raise StudioError("data.is_other", kind={"zh": "打包的网页（mht）", "en": "a web archive (mht)"})
    if start[0] in "[{":
        try:
            return read_json(text, encoding)
        except StudioError as error:
            if error.key != "data.bad_json" or "{" in start or '"' in start:
                raise  # else a sentence that begins with a bracket
    return read_delimited(text, encoding)


def _decoded(data: bytes, encoding: str | None) -> tuple[str, str]:
    """As `decode`; where it would have to ask, a page that names its own encoding is believed."""
    try:
        return decode(data, encoding)
    except StudioError as error:
        declared = DECLARED.search(data[:2000]) if data.lstrip()[:1] == b"<" else None
        if error.key == "data.which_encoding" and declared:
            with suppress(StudioError):  # an encoding that nobody knows
                return decode(data, declared[1].decode("ascii"))
        raise


def _markup(text: str, encoding: str, reading: Reading) -> Grid | None:
    """The table of a web page or of an XML spreadsheet; None for a text that only begins with a bracket."""
    from studio.data.reading.elements import read_elements
    from studio.data.reading.markup import read_webpage, read_xml_spreadsheet

    if SPREADSHEET.match(text):
        return read_xml_spreadsheet(text.lstrip(), encoding, reading)
    if PAGE.search(text[:2000]) and not RECORDS.match(text):
        return read_webpage(text, encoding, reading)
    if text.lstrip().startswith("<?xml"):
        return read_elements(text.strip(), encoding)
    if ELEMENT.match(text):
        with suppress(StudioError):  # else a text with marks in it
            return read_elements(text.strip(), encoding)
    return None


WAYS: Mapping[str, Callable[[Path, Reading], dict[str, Any]]] = {"": _table, "every": _every, "together": _together}

if __name__ == "__main__":
    main()
