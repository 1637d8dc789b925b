"""What a sheet of an xlsx file says beyond its values: how numbers look, what is hidden, formulas without a result.

Knows no table; reads the sheet's own XML, because calamine gives the values only.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element
from xml.parsers import expat

from defusedxml.ElementTree import fromstring

from studio.data.reading.package import BROKEN, links_of, main_part, parts, resolved
from studio.errors import StudioError

BUILT_IN = {9: "0%", 10: "0.00%"}  # formats without a code in the file, of those that change what a number looks like
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
DATES = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
QUIET = re.compile(r'"[\s¥$€£元-]*"|\\.|_.|\*.|\[[^\]]*\]')  # of a format: colours, currencies, spaces
LONGEST_FORMULA = 60


@dataclass
class Extras:
    """Places are (row, column), both from 0."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)  # those whose result was never stored
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # such as #N/A
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)


def extras_of(path: Path, sheet: str) -> Extras:
    """Raises StudioError data.broken_workbook."""
    try:
        with zipfile.ZipFile(path) as book:
            names = parts(book)
            part = _part(book, names, sheet)
            if part is None:
                return Extras()
            telling = _telling_styles(book, names)
            content = book.read(part)
        if not telling and not any(sign in content for sign in (b"<f", b":f", b"hidden=", b't="e"')):
            return Extras()
        return _scan(content, telling)
    except BROKEN as error:
        raise StudioError("data.broken_workbook") from error


def as_shown(value: Any, code: str) -> str | None:
    """The number as Excel shows it, for percentages and leading zeros; None where the value itself is as good."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    plain = QUIET.sub("", code.split(";")[0]).strip()
    if percent := re.fullmatch(r"[#,]*0?(?:\.([0#]+))?\s*%", plain):
        return f"{value:.{len(percent[1] or '')}%}"
    if re.fullmatch(r"0{2,}", plain) and float(value).is_integer():
        return f"{int(value):0{len(plain) + (value < 0)}d}"
    return None


def disguises(code: str) -> bool:
    """Whether the format shows other words than the value, as `[=1]"好评";"差评"` and `"No."000` do."""
    plain = QUIET.sub("", code)
    return '"' in plain or bool(re.fullmatch(r";+", plain)) or bool(re.search(r"\d-\d", plain))


def _part(book: zipfile.ZipFile, names: Mapping[str, str], sheet: str) -> str | None:
    """Where the sheet lies in the zip file."""
    main = main_part(book, names)
    targets = {link.get("Id"): link.get("Target", "") for link in fromstring(book.read(names[links_of(main)]))}
    for node in fromstring(book.read(names[main])).iter():
        if _bare(node) == "sheet" and node.get("name") == sheet:
            target = next((targets.get(value, "") for key, value in node.attrib.items() if key.endswith("}id")), "")
            return names.get(resolved(posixpath.dirname(main), target))
    return None


def _bare(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _telling_styles(book: zipfile.ZipFile, names: Mapping[str, str]) -> dict[str, str]:
    """Style number → format code, for the formats that make a number look like something else."""
    styles = resolved(posixpath.dirname(main_part(book, names)), "styles.xml")
    if styles not in names:
        return {}
    codes: dict[int, str] = dict(BUILT_IN)
    telling: dict[str, str] = {}
    for node in fromstring(book.read(names[styles])):
        if _bare(node) == "numFmts":
            codes |= {int(one.get("numFmtId", 0)): one.get("formatCode", "") for one in node}
        if _bare(node) == "cellXfs":
            for number, style in enumerate(node):
                code = codes.get(int(style.get("numFmtId", 0)), "")
                if as_shown(1, code) is not None or (disguises(code) and not DATES.search(QUIET.sub("", code))):
                    telling[str(number)] = code
    return telling


def _scan(content: bytes, telling: Mapping[str, str]) -> Extras:
    reader = _SheetReader(telling)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(content, True)
    return reader.found


def _refuse_doctype(*_: Any) -> None:
    raise ValueError("a sheet declares no document type")


class _SheetReader:
    """Walks through a sheet's XML."""

    def __init__(self, telling: Mapping[str, str]) -> None:
        self.telling = telling
        self.found = Extras()
        self.row = self.column = -1
        self.kind = self.words = self.formula = ""
        self.inside = ""  # the element whose words are wanted
        self.computed = self.valued = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition("}")[2]
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            self.row = int(attributes.get("r", self.row + 2)) - 1
            self.column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.found.hidden_rows.append(self.row)
        elif name in ("f", "v"):
            self.inside, self.words = name, ""
            self.computed |= name == "f"
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", 1)), int(attributes.get("max", 1))
            self.found.hidden_columns += range(first - 1, min(last, first + 255))

    def _cell(self, attributes: dict[str, str]) -> None:
        place = REFERENCE.fullmatch(attributes.get("r", ""))
        self.column = _index(place[1]) if place else self.column + 1
        if place:
            self.row = int(place[2]) - 1
        self.kind, self.computed, self.valued, self.formula = attributes.get("t", "n"), False, False, ""
        if self.kind == "n" and (code := self.telling.get(attributes.get("s", ""))) is not None:
            self.found.formats[self.row, self.column] = code

    def characters(self, words: str) -> None:
        if self.inside:
            self.words += words

    def end(self, name: str) -> None:
        name = name.rpartition("}")[2]
        if name == "f":
            self.formula, self.inside = self.words[:LONGEST_FORMULA], ""
        elif name == "v":
            self.valued, self.inside = bool(self.words), ""
        elif name == "c":
            if self.kind == "e" and self.valued:
                self.found.errors[self.row, self.column] = self.words[:20]
            elif self.computed and not self.valued and self.kind != "str":
                self.found.formulas[self.row, self.column] = self.formula


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - 64
    return index - 1
