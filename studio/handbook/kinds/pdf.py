"""PDF, by pdfium: the text of each page in lines, larger letters as headings, what every page repeats left out.

Knows no picture: a page that is one has no text, and is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from studio.errors import StudioError
from studio.handbook.blocks import SHORT, Block, Document, joined, of_line, usual_length

MOST_PAGES = 3_000
LARGER = 1.15  # times the letters of the running text: a heading
NUMBER = re.compile(r"[-—–\s]*(?:第\s*)?\d{1,4}\s*(?:页|/\s*\d{1,4})?[-—–\s]*")
PAGE = re.compile(r"第\s*\d+\s*页|page\s*\d+|\d+\s*/\s*\d+|\s\d{1,4}$", re.IGNORECASE)
REPEATED = 0.5  # of all pages have this very line at their top or bottom: it is no part of the text
FEW = 3  # pages, of which nothing is known to be repeated


@dataclass(frozen=True)
class Line:
    text: str
    size: float  # of its letters, in points


@dataclass(frozen=True)
class Usual:
    """Of the running text: the size of its letters, and how long its lines are."""

    size: float
    length: int


def is_one(head: bytes, _: Path) -> bool:
    return b"%PDF" in head[:1024]


def read(path: Path) -> Document:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise StudioError("handbook.encrypted" if "password" in str(error).casefold() else "handbook.broken") from error
    if len(document) > MOST_PAGES:
        raise StudioError("handbook.too_long", pages=len(document), most=MOST_PAGES)
    pages = [_lines(document[number]) for number in range(len(document))]
    blank = sum(not page for page in pages)
    if pages and blank == len(pages):
        raise StudioError("handbook.pictures_only", pages=len(pages))
    body = _body(pages)
    usual = usual_length([line.text for page in pages for line in page])
    told = enumerate(_bare(pages), 1)
    blocks = [block for number, page in told for block in _blocks(page, Usual(body, usual), str(number))]
    return Document(tuple(blocks), len(pages), blank)


def _lines(page: Any) -> list[Line]:
    from pypdfium2 import raw

    words = page.get_textpage()
    text, at, found = words.get_text_range(), 0, []
    for line in re.split(r"(\r\n|\r|\n)", text):
        if plain := line.strip("\r\n\x00\ufffe \t\u3000"):
            start = at + len(line) - len(line.lstrip())
            found.append(Line(plain, round(float(raw.FPDFText_GetFontSize(words, start)), 1)))
        at += len(line.encode("utf-16-le")) // 2
    words.close()
    page.close()
    return found


def _body(pages: list[list[Line]]) -> float:
    """The size of most letters."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _bare(pages: list[list[Line]]) -> Iterator[list[Line]]:
    """The pages without their numbers and the lines that stand at the top or bottom of most of them."""
    ends = Counter(shape for page in pages for shape in {_shape(line.text) for line in page[:1] + page[-1:]})
    often = {text for text, count in ends.items() if count > max(FEW, REPEATED * len(pages))}
    for page in pages:
        kept = list(page)
        while kept and (_shape(kept[0].text) in often or NUMBER.fullmatch(kept[0].text)):
            kept.pop(0)
        while kept and (_shape(kept[-1].text) in often or NUMBER.fullmatch(kept[-1].text)):
            kept.pop()
        yield kept


def _shape(text: str) -> str:
    """A line without the number of its page."""
    return PAGE.sub("#", text)


def _blocks(lines: list[Line], usual: Usual, place: str) -> Iterator[Block]:
    for large, group in groupby(lines, lambda line: line.size > LARGER * usual.size and len(line.text) <= SHORT):
        texts = [(line.text, line.size) for line in group]
        if large:
            yield from (Block(text, "heading", 1 if size > 1.5 * usual.size else 2, place) for text, size in texts)
        else:
            yield from (of_line(text, place) for text in joined([text for text, _ in texts], usual.length))
