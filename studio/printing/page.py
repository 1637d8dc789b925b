"""The report as one web page that holds all it needs: the browser's own print makes paper or PDF of it.

Knows no run. Every word that a user wrote is escaped, and no script runs in it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import singledispatch
from html import escape
from importlib.resources import files

from studio.lamp import Lamp
from studio.printing.sheet import Case, Chart, Facts, Grid, Part, Piece, Scores, Sheet, Text

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def write(sheet: Sheet) -> bytes:
    """The whole page as UTF-8."""
    style = files("studio.printing").joinpath("print.css").read_text(encoding="utf-8")
    parts = "\n".join(_part(part) for part in sheet.parts)
    return f"""<!doctype html>
<html lang="{"zh-CN" if sheet.lang == "zh" else "en"}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width"><title>{escape(sheet.name)}</title>
<style>{style}</style></head>
<body><header><h1>{escape(sheet.title)}</h1><p>{escape(sheet.subtitle)}</p></header>
<main>{parts}</main>
<footer>{escape(sheet.foot)}</footer></body></html>
""".encode()


def _part(part: Part) -> str:
    pieces = "\n".join(_html(piece) for piece in part.pieces)
    return f"<section><h2>{escape(part.title)}</h2>{pieces}</section>"


@singledispatch
def _html(piece: Piece) -> str:
    raise AssertionError(piece)


@_html.register
def _(piece: Text) -> str:
    return f"<p{' class=soft' if piece.soft else ''}>{escape(piece.words)}</p>"


@_html.register
def _(piece: Lamp) -> str:
    words = f"<b>{escape(piece.name)}</b><p>{escape(piece.why)}</p>"
    return f'<div class="lamp {piece.colour}"><i></i><div>{words}</div></div>'


@_html.register
def _(piece: Facts) -> str:
    if piece.brief:
        brief = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in piece.rows)
        return f"<dl>{brief}</dl>"
    return _facts(piece.rows)


@_html.register
def _(piece: Scores) -> str:
    rows = "".join(
        f"<tr{' class=main' if one.main else ''}><th>{escape(one.name)}</th>"
        f'<td class="bar"><i style="width:{100 * one.share:.1f}%"></i></td>'
        f'<td class="number">{escape(one.percent)}</td>'
        f"<td>{escape(one.counted)}<small>{escape(one.sure)}</small></td></tr>"
        for one in piece.rows
    )
    return f'<table class="scores">{rows}</table>'


@_html.register
def _(piece: Grid) -> str:
    kinds = ["tight" * (at < piece.tight) + "good" * (at == piece.good) for at in range(len(piece.heads))]
    told = zip(kinds, piece.heads, strict=True)
    heads = "".join(f'<th class="{kind}">{escape(head)}</th>' for kind, head in told)
    cells = (
        (f'<td class="{kind}">{escape(cell)}</td>' for kind, cell in zip(kinds, row, strict=True)) for row in piece.rows
    )
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    return f'<table class="grid"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


@_html.register
def _(piece: Chart) -> str:
    picture = b64encode(piece.drawn("svg")).decode()
    image = f'<img alt="{escape(piece.title)}" src="data:image/svg+xml;base64,{picture}">'
    return f"<figure><figcaption><b>{escape(piece.title)}</b></figcaption>{image}</figure>"


@_html.register
def _(piece: Case) -> str:
    done = "".join(f"<li>{escape(one)}</li>" for one in piece.done)
    blanks = "<p class=blank></p>" * piece.blanks
    told = f"{_facts(piece.facts)}<ul>{done}</ul>{blanks}"
    return f'<div class="case"><h3>{escape(piece.title)}</h3>{told}</div>'


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    told = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f'<table class="facts">{told}</table>'
