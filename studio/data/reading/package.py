"""Where the parts of an Office file lie in its zip file: the relationships say it, `xl/workbook.xml` is only a habit.

Knows no sheet and no cell.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

USUAL = "xl/workbook.xml"
BROKEN = (  # what reading a damaged or hostile one raises
    zipfile.BadZipFile, KeyError, ParseError, expat.ExpatError, DefusedXmlException, OSError, EOFError, ValueError,
    NotImplementedError, RuntimeError, zlib.error,
)  # fmt: skip


def parts(file: zipfile.ZipFile) -> Mapping[str, str]:
    """A part's plain name → its name in the zip file, which some programs write with capitals and backslashes."""
    return {_plain(name): name for name in file.namelist()}


def main_part(file: zipfile.ZipFile, names: Mapping[str, str]) -> str:
    """The plain name of the part that all others hang on: the workbook, or a document's text. Raises BROKEN."""
    if "_rels/.rels" not in names:
        return USUAL
    links = fromstring(file.read(names["_rels/.rels"]))
    targets = [link.get("Target", "") for link in links if link.get("Type", "").endswith("/officeDocument")]
    return resolved("", targets[0]) if targets else USUAL


def resolved(folder: str, target: str) -> str:
    """The plain name of what a part in `folder` calls `target`."""
    if target.replace("\\", "/").startswith("/"):
        return _plain(target)
    return posixpath.normpath(posixpath.join(folder, _plain(target)))


def links_of(part: str) -> str:
    """The plain name of the part that holds the relationships of `part`."""
    return posixpath.join(posixpath.dirname(part), "_rels", posixpath.basename(part) + ".rels")


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
