"""What the measures of a report card found, part by part: a line and a sentence each, the rows and tables folded away.

Knows no measure: what it says is made in `findings`.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.findings import Figure, Finding, Section, Table
from studio.report_card import Wrong
from studio.ui.kit import fragments
from studio.ui.kit.nodes import Node, node
from studio.ui.kit.page import Page

COLUMNS = ("row_text", "row_target", "row_liked", "row_base", "row_tuned")


def section(page: Page, shown: Section, *, titled: bool = True) -> Node:
    """A part of the card, below its title where it is `titled`. One that holds nothing but figures is for engineers,
    and folded away."""
    told = [_finding(page, one) for one in shown.findings]
    told += [_figures(page, shown.figures)] if shown.figures else []
    if shown.findings:
        return node("div", node("h3", shown.title) if titled else None, *told, cls="card measured")
    return node("details", node("summary", shown.title), *told, cls="card measured")


def _finding(page: Page, shown: Finding) -> Node:
    score = shown.score
    line = score and node(
        "tr",
        node("th", shown.title, scope="row"),
        node("td", fragments.bar(score.share, shown.title), cls="wide"),
        node("td", score.percent, cls="number"),
        node("td", node("small", score.sure), cls="sure"),
        cls="main",
    )
    return node(
        "div",
        node("table", node("tbody", line), cls="scores") if line else None,
        node("strong", shown.title) if shown.table and not line else None,
        node("p", shown.said) if shown.said else None,
        node("p", shown.about, cls="about") if shown.about else None,
        _folded(page.say("chat_tab.see_rows", count=shown.rows_total), rows_table(page, shown.rows))
        if shown.rows
        else None,
        _folded(page.say("chat_tab.see_table"), _table(shown.table)) if shown.table else None,
        cls="found",
    )


def _folded(name: str, content: Node) -> Node:
    return node("details", node("summary", name), content)


def rows_table(page: Page, rows: Sequence[Wrong], kind: str = "") -> Node:
    """Rows with their answers, in the columns in which any has something. `kind`: of the columns' names. Each cell
    names its column again, for narrow screens, where the head is out of sight."""
    cells = [dict(zip(COLUMNS, _cells(page, row), strict=True)) for row in rows]
    names = {name: page.say(f"chat_tab.{name}{kind}") for name in COLUMNS if any(cell[name] for cell in cells)}
    head = node("thead", node("tr", *(node("th", called, scope="col") for called in names.values())))
    body = (
        node("tr", *(node("td", cell[name], cls=name, **{"data-name": called}) for name, called in names.items()),
             cls=row.liked)
        for row, cell in zip(rows, cells, strict=True)
    )  # fmt: skip
    return node("table", head, node("tbody", *body), cls="wrong")


def _cells(page: Page, row: Wrong) -> tuple[str, ...]:
    liked = page.say(f"data_tab.liked_{row.liked}") if row.liked else ""
    return row.text, row.target, liked, row.base, row.tuned


def _table(shown: Table) -> Node:
    head = node("thead", node("tr", *(node("th", name, scope="col") for name in shown.heads)))
    body = (node("tr", *(node("td", cell) for cell in row)) for row in shown.rows)
    return node("table", head, node("tbody", *body), cls="counts")


def _figures(page: Page, figures: Sequence[Figure]) -> Node:
    heads = ("", page.say("chat_tab.base"), page.say("chat_tab.tuned"), "")
    head = node("thead", node("tr", *(node("th", name, scope="col") for name in heads)))
    body = (
        node(
            "tr", node("th", one.name, scope="row"), *(node("td", cell) for cell in (one.before, one.after, one.about))
        )
        for one in figures
    )
    return node("table", head, node("tbody", *body), cls="counts figures")
