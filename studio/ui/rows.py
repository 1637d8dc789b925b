"""What the annotation card and the table ask of the server: rows as JSON, every change committed before the answer.

Knows no layout: `label.js` and `table.js` show what these functions return.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from studio.data.schema import Row
from studio.ui.assets import read
from studio.ui.page import Page, served

PAGE_ROWS = 50
Asked = Mapping[str, Any]


def card(studio: Any) -> gr.HTML:
    """One row at a time; its value is {"dataset": id}."""
    return gr.HTML(
        value=None, html_template=read("label.html"), js_on_load=read("label.js"),
        server_functions=[served(studio, label_row)], elem_id="label-card",
    )  # fmt: skip


def table(studio: Any) -> gr.HTML:
    """Fifty rows at a time; its value is {"dataset": id}."""
    return gr.HTML(
        value=None, html_template=read("table.html"), js_on_load=read("table.js"), elem_id="rows-table",
        server_functions=[
            served(studio, handler)
            for handler in (table_page, edit_cell, insert_row, remove_row, undo_edit, cleaned_table)
        ],
    )  # fmt: skip


def label_row(page: Page, asked: Asked) -> dict[str, Any] | None:
    """Does what the card asks, then the row to show: {"number", "text", "target", "labels", "done", "total", …}.

    Raises StudioError when the row was changed elsewhere meanwhile or no longer exists.
    """
    store, dataset = page.studio.data, asked["dataset"]
    number: int = asked.get("number") or 0  # 0: no row yet
    undone = False
    match asked["do"]:
        case "open":
            number = number or store.next_unlabelled(dataset) or 0
        case "keep":
            store.edit(dataset, number, target=asked["target"], revision=asked["revision"])
        case "save":
            store.edit(dataset, number, target=asked["target"], revision=asked["revision"])
            number = store.next_unlabelled(dataset, number) or _beside(page, asked, 1)
        case "skip":
            number = store.next_unlabelled(dataset, number) or _beside(page, asked, 1)
        case "declare":
            store.declare_labels(dataset, [asked["label"]])
        case "undo":
            row = store.undo(dataset)
            undone = row is not None
            number = _place(page, dataset, row.number)[1] if row else number  # undoing may have taken the row away
        case "next" | "previous" as move:
            number = _beside(page, asked, 1 if move == "next" else -1)
    rows = [store.row(dataset, number)] if number else store.rows(dataset, limit=1)[0]
    if not rows:
        return None
    done, total = store.progress(dataset)
    return {
        **row_json(rows[0]),
        "task": store.get(dataset).task,
        "labels": store.labels(dataset),
        "done": done,
        "total": total,
        "undone": undone,
    }


def _beside(page: Page, asked: Asked, step: int) -> int:
    """The number of the row `step` places on, or of the same row at either end."""
    store, dataset = page.studio.data, asked["dataset"]
    place, _ = _place(page, dataset, asked["number"])
    _, total = store.rows(dataset, limit=1)
    return store.rows(dataset, offset=min(max(place + step, 0), max(total - 1, 0)), limit=1)[0][0].number


def _place(page: Page, dataset: str, number: int) -> tuple[int, int]:
    """Place and number of the first row whose number is at least `number`, or of the last row."""
    store = page.studio.data
    low, high = 0, max(store.rows(dataset, limit=1)[1] - 1, 0)
    while low < high:  # rows stand in the order of their numbers, some of which are gone
        middle = (low + high) // 2
        if store.rows(dataset, offset=middle, limit=1)[0][0].number < number:
            low = middle + 1
        else:
            high = middle
    return low, store.rows(dataset, offset=low, limit=1)[0][0].number


def table_page(page: Page, asked: Asked) -> dict[str, Any]:
    """Fifty rows that match `search` and the filter `label`: "all", "none" or "label:…"."""
    store, dataset = page.studio.data, asked["dataset"]
    label = asked["label"]
    rows, total = store.rows(
        dataset,
        offset=max(int(asked["page"]), 0) * PAGE_ROWS,
        limit=PAGE_ROWS,
        search=asked["search"],
        label=label.removeprefix("label:") if label.startswith("label:") else None,
        unlabelled=label == "none",
    )
    task = store.get(dataset).task
    return {
        "rows": [row_json(row) for row in rows],
        "total": total,
        "size": PAGE_ROWS,
        "task": task,
        "labels": store.labels(dataset) if task == "classify" else [],
    }


def edit_cell(page: Page, asked: Asked) -> dict[str, Any]:
    return row_json(
        page.studio.data.edit(
            asked["dataset"],
            asked["number"],
            text=asked.get("text"),
            target=asked.get("target"),
            revision=asked["revision"],
        )
    )


def insert_row(page: Page, asked: Asked) -> dict[str, Any]:
    return row_json(page.studio.data.insert(asked["dataset"], asked["text"], asked["target"]))


def remove_row(page: Page, asked: Asked) -> dict[str, Any]:
    page.studio.data.remove(asked["dataset"], asked["number"])
    return {"removed": asked["number"]}


def undo_edit(page: Page, asked: Asked) -> dict[str, Any]:
    """Takes back the dataset's last change, of any kind; {"undone": False} when there is none."""
    row = page.studio.data.undo(asked["dataset"])
    return {"undone": row is not None}


def cleaned_table(page: Page, asked: Asked) -> dict[str, str]:
    """The table as it stands now, as a file that the browser saves; nothing of it stays on the server."""
    store = page.studio.data
    dataset = store.get(asked["dataset"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        store.export(dataset.id, path)
        content = base64.b64encode(path.read_bytes()).decode("ascii")
    return {"name": f"{dataset.name}.xlsx", "content": content}


def row_json(row: Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "text": row.text,
        "target": row.target,
        "part": row.part,
        "revision": row.revision,
        "context": [{"role": turn.role, "content": turn.content} for turn in row.context],
    }
