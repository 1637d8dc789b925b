"""XML whose elements repeat, as records: attributes and elements by their names, lists where one comes again.

Knows no spreadsheet and no role; entities are refused, and nothing outside the file is read.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from studio.data.reading.grid import MAX_ROWS, Grid
from studio.data.reading.records import read_records
from studio.errors import StudioError

FEWEST = 2  # records
DEEPEST = 40  # elements within each other; nobody nests a record so deep
KIND = {"zh": "没有一条条资料的 XML 文件", "en": "an XML file without records"}


def read_elements(text: str, encoding: str) -> Grid:
    """The elements that repeat and hold most words. Raises StudioError data.is_other, data.too_many_rows."""
    try:
        root = fromstring(text, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise StudioError("data.is_other", kind=KIND) from error
    together: dict[tuple[str, ...], list[Element]] = {}
    waiting: list[tuple[tuple[str, ...], Element]] = [((_name(root.tag),), root)]
    while waiting:
        path, element = waiting.pop()
        together.setdefault(path, []).append(element)
        if len(path) < DEEPEST:
            waiting += [((*path, _name(child.tag)), child) for child in reversed(element) if isinstance(child.tag, str)]
    found = max(together.values(), key=_worth)
    if not _worth(found):
        raise StudioError("data.is_other", kind=KIND)
    if len(found) > MAX_ROWS:
        raise StudioError("data.too_many_rows", rows=len(found), limit=MAX_ROWS)
    return read_records([_record(element, 0) for element in found], "xml", encoding)


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _worth(elements: list[Element]) -> int:
    """The characters that the elements hold in two or more fields of their own; 0 where they are no records."""
    fields = Counter(name for element in elements for name in set(_own(element)))
    common = sum(times > len(elements) / 2 for times in fields.values())
    if len(elements) < FEWEST or common < 2:
        return 0
    return sum(len(held) for element in elements for held in _own(element).values())


def _own(element: Element) -> dict[str, str]:
    """What an element holds itself: its attributes and its text, or the elements in it that hold text of their own."""
    held = {_name(name): value for name, value in element.attrib.items()}
    if _speaks(element):
        return {**held, "": "".join(element.itertext())}
    return held | {_name(child.tag): "".join(child.itertext()) for child in element if _speaks(child)}


def _speaks(element: Element) -> bool:
    """Whether an element holds words of its own, beside or without others that mark some of them."""
    return any((held or "").strip() for held in (element.text, *(child.tail for child in element)))


def _record(element: Element, depth: int) -> dict[str, Any]:
    record: dict[str, Any] = {_name(name): value for name, value in element.attrib.items()}
    if _speaks(element):
        _add(record, "text", _tidy("".join(element.itertext())))
        return record
    for child in element:
        if isinstance(child.tag, str):
            _add(record, _name(child.tag), _value(child, depth + 1))
            for name, value in child.attrib.items():
                _add(record, f"{_name(child.tag)}@{_name(name)}", value)
    return record


def _value(element: Element, depth: int) -> Any:
    """The text of an element, with what is marked up in it; of one that only holds others, these by name."""
    if _speaks(element) or not len(element) or depth > DEEPEST:
        return _tidy("".join(element.itertext()))
    names = {_name(child.tag) for child in element if isinstance(child.tag, str)}
    if len(names) == 1 and not any(child.attrib or len(child) for child in element):  # <answers><answer>…
        values = [_value(child, depth + 1) for child in element]
        return values[0] if len(values) == 1 else values
    return _record(element, depth)


def _add(record: dict[str, Any], name: str, value: Any) -> None:
    if name not in record:
        record[name] = value
    elif isinstance(record[name], list):
        record[name].append(value)
    else:
        record[name] = [record[name], value]


def _tidy(text: str) -> str:
    """Without the blanks that only indent the file."""
    return "\n".join(line.strip() for line in text.strip().split("\n"))
