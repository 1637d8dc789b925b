"""Web pages, by selectolax: what a reader sees, in its order, without menus and scripts.

Knows no address: nothing that a page names is ever fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from studio.errors import StudioError
from studio.handbook.blocks import Block, Document, of_line, rows
from studio.handbook.kinds.text import decoded

UNSEEN = ["script", "style", "template", "noscript", "nav", "header", "footer", "svg", "form", "button"]
PIECES = "h1,h2,h3,h4,h5,h6,p,li,dt,dd,pre,blockquote,figcaption,td,div,section,article,main,table"
BEGINS = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|h[1-6]|p|div|article|table|meta)\b", re.IGNORECASE
)


def is_one(head: bytes, _: Path) -> bool:
    return BEGINS.match(head) is not None


def read(path: Path) -> Document:
    tree = LexborHTMLParser(decoded(path.read_bytes()))
    tree.strip_tags(UNSEEN)
    blocks = tuple(block for block in _blocks(tree) if block.text)
    if not blocks:
        pictures = len(tree.css("img"))
        raise StudioError("handbook.pictures_only" if pictures else "handbook.empty", pages=pictures)
    return Document(blocks)


def _blocks(tree: LexborHTMLParser) -> Iterator[Block]:
    for piece in tree.css(PIECES):
        tag = piece.tag or ""
        if tag == "table":
            yield from _table(piece)
        elif tag == "td" or _within_table(piece) or _has_pieces(piece):
            continue  # what stands within it is told by itself
        elif tag[0] == "h" and tag[1:].isdigit():
            yield Block(_words(piece), "heading", int(tag[1:]))
        elif tag == "li":
            yield Block(_words(piece), "item")
        else:
            yield of_line(_words(piece))


def _has_pieces(piece: LexborNode) -> bool:
    return any(one.mem_id != piece.mem_id for one in piece.css(PIECES))


def _within_table(piece: LexborNode) -> bool:
    above = piece.parent
    while above is not None and above.tag not in ("table", "body"):
        above = above.parent
    return above is not None and above.tag == "table"


def _table(table: LexborNode) -> Iterator[Block]:
    cells = [[_words(cell) for cell in row.css("th,td")] for row in table.css("tr")]
    cells = [row for row in cells if any(row)]
    if len(cells) > 1:
        yield from rows(cells[0], cells[1:])
    else:
        yield from rows([""] * 1000, cells)


def _words(piece: LexborNode) -> str:
    return " ".join(piece.text(deep=True, separator="").split())
