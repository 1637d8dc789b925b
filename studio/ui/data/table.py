"""What the table asks of the server: rows as JSON, every change committed before the answer.

Knows no layout: `table.js` shows what these functions return.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from studio.data.near import normalise
from studio.data.schema import PARTS, Row
from studio.data.store.queries import Wanted
from studio.data.teaching.templates import MOST, phrasings
from studio.tasks import TASKS
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import Page, served

PAGE_ROWS = 50
Asked = Mapping[str, Any]


def table(studio: Any) -> gr.HTML:
    """Fifty rows at a time; its value is {"dataset": id}."""
    return gr.HTML(
        value=None, html_template=read("data/table.html"), js_on_load=script("data/table.js"), elem_id="rows-table",
        server_functions=[
            served(studio, handler)
            for handler in (
                table_page, edit_cell, insert_row, remove_row, undo_edit, cleaned_table, relabel_rows, remove_rows,
                other_phrasings, model_phrasings, insert_phrasings,
            )
        ],
    )  # fmt: skip


def table_page(page: Page, asked: Asked) -> dict[str, Any]:
    """The page `page` of the rows that match, counted from 0, or the last one where there are not so many."""
    store, dataset = page.studio.data, asked["dataset"]
    wanted, place = _wanted(asked), max(int(asked["page"]), 0)
    found, total = store.page(dataset, wanted, place * PAGE_ROWS, PAGE_ROWS)
    if not found and total:
        place = (total - 1) // PAGE_ROWS
        found, total = store.page(dataset, wanted, place * PAGE_ROWS, PAGE_ROWS)
    task = store.get(dataset).task
    labelled, compares = TASKS[task].labelled, TASKS[task].compares
    return {
        "rows": [row_json(row) for row in found],
        "page": place,
        "total": total,
        "size": PAGE_ROWS,
        "task": task,
        "labelled": labelled,
        "compares": compares,
        "labels": store.labels(dataset) if labelled else [],
    }


def _wanted(asked: Asked) -> Wanted:
    """`label` is "all", "none" or "label:…"; `part` is "all", "changed" or a part's name."""
    label, part, numbers = asked["label"], asked.get("part", "all"), asked.get("numbers")
    return Wanted(
        search=asked["search"],
        target={"all": None, "none": ""}.get(label, label.removeprefix("label:")),
        part=part if part in PARTS else None,
        changed=part == "changed",
        numbers=None if numbers is None else tuple(map(int, numbers)),
        sort=asked.get("sort", "number"),
        descending=bool(asked.get("descending")),
    )


def _chosen(page: Page, asked: Asked) -> list[int]:
    """The rows that a person chose: one by one, or all that match."""
    if asked["all"]:
        return page.studio.data.numbers(asked["dataset"], _wanted(asked))
    return [int(number) for number in asked["chosen"]]


def relabel_rows(page: Page, asked: Asked) -> dict[str, Any]:
    """Gives all chosen rows the label `target`, "" for none; {"changed": how many}. One undo takes it back."""
    target = str(asked["target"]).strip()
    chosen = _chosen(page, asked)
    return {"changed": page.studio.data.change(asked["dataset"], {number: {"target": target} for number in chosen})}


def remove_rows(page: Page, asked: Asked) -> dict[str, Any]:
    """Deletes all chosen rows; {"changed": how many}. One undo brings them back."""
    return {"changed": page.studio.data.change(asked["dataset"], dict.fromkeys(_chosen(page, asked)))}


def other_phrasings(page: Page, asked: Asked) -> dict[str, Any]:
    """Other ways to say a row, by rules, that the dataset does not have yet."""
    row = page.studio.data.row(asked["dataset"], asked["number"])
    return {"phrasings": _new_ones(page, asked["dataset"], phrasings(row.text, most=2 * MOST))}


def model_phrasings(page: Page, asked: Asked) -> dict[str, Any]:
    """The same from a base model. Raises StudioError run.no_real_model where none is large enough to be of use."""
    row = page.studio.data.row(asked["dataset"], asked["number"])
    return {"phrasings": _new_ones(page, asked["dataset"], page.studio.rephrase(row.text))}


def _new_ones(page: Page, dataset: str, candidates: Sequence[str]) -> list[str]:
    """Those that no row of the dataset says already."""
    known = page.studio.data.known_texts(dataset)
    return [text for text in candidates if normalise(text) not in known][:MOST]


def insert_phrasings(page: Page, asked: Asked) -> dict[str, Any]:
    """New rows with the answer or label of row `number`; {"changed": how many}. One undo takes them away."""
    added = page.studio.data.insert_like(asked["dataset"], asked["number"], [str(text) for text in asked["texts"]])
    return {"changed": added}


def edit_cell(page: Page, asked: Asked) -> dict[str, Any]:
    return row_json(
        page.studio.data.edit(
            asked["dataset"],
            asked["number"],
            text=asked.get("text"),
            target=asked.get("target"),
            rejected=asked.get("rejected"),
            liked=asked.get("liked"),
            revision=asked["revision"],
        )
    )


def insert_row(page: Page, asked: Asked) -> dict[str, Any]:
    return row_json(
        page.studio.data.insert(
            asked["dataset"], asked["text"], asked["target"], asked.get("rejected", ""), asked.get("liked", "")
        )
    )


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
        "rejected": row.rejected,
        "liked": row.liked,
        "part": row.part,
        "revision": row.revision,
        "changed": row.changed,
        "context": [{"role": turn.role, "content": turn.content} for turn in row.context],
    }
