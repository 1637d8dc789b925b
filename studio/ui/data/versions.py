"""The frozen versions of a dataset: a list, one version's rows, what differs between two, and files to take home.

Knows no layout: `versions.js` shows what these functions return. Nothing here changes a row.
"""

from __future__ import annotations

import base64
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from studio import views
from studio.data.export import SHAPES, Shape, write_version
from studio.data.schema import PARTS, Example
from studio.data.store.versions import compare, rows_of
from studio.exporting import zipped_version
from studio.runs import Run
from studio.tasks import TASKS
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import QUIET, Page, served

PAGE_ROWS = 50
MOST_RUNS = 5  # named beside a version
TABLES = ("xlsx", "csv", "parquet")
FOLDER = "datasets"  # a folder of the library of that name, as a zip
Asked = Mapping[str, Any]


def versions(studio: Any) -> gr.HTML:
    """Its value is {"dataset": id}."""
    handlers = (version_list, keep_version, version_rows, version_changes, version_file)
    return gr.HTML(
        value=None, html_template=read("data/versions.html"), js_on_load=script("data/versions.js"),
        elem_id="versions-list",
        server_functions=[served(studio, handler) for handler in handlers],
    )  # fmt: skip


def wire(past: gr.HTML, tab: gr.Tab, dataset: gr.Dropdown) -> None:
    """The list is read anew for another dataset and whenever its tab is opened."""
    for listen in (dataset.change, tab.select):
        listen(lambda chosen: {"dataset": chosen, "at": time.time()}, dataset, past, **QUIET)


def version_list(page: Page, asked: Asked) -> dict[str, Any]:
    """All versions, newest first, each with the runs that learned from it; and what a version can be saved as."""
    dataset = asked["dataset"]
    runs: dict[int, list[str]] = {}
    for run in page.studio.runs_of(dataset):
        runs.setdefault(run.config.dataset_version, []).append(_run_name(page, run))
    listed = [
        {
            "version": card.number,
            "created": card.created,
            "rows": card.rows,
            "labels": list(card.labels.items()),
            "parts": {part: card.parts.get(part, 0) for part in PARTS},
            "lesson": card.lesson,
            "runs": runs.get(card.number, [])[:MOST_RUNS],
        }
        for card in page.studio.data.versions(dataset)
    ]
    task = page.studio.data.get(dataset).task
    formats = [*TABLES, *SHAPES[task], FOLDER]
    return {
        "versions": listed,
        "task": task,
        "labelled": TASKS[task].labelled,
        "compares": TASKS[task].compares,
        "formats": formats,
    }


def _run_name(page: Page, run: Run) -> str:
    row = views.run_row(run, page.lang)
    return f"{row.title} · {row.status}"


def keep_version(page: Page, asked: Asked) -> dict[str, Any]:
    """Freezes the rows as they stand; `new` is false when the newest version holds just them."""
    before = {card.number for card in page.studio.data.versions(asked["dataset"])}
    version = page.studio.data.freeze(asked["dataset"])
    return {"version": version, "new": version not in before}


def version_rows(page: Page, asked: Asked) -> dict[str, Any]:
    """A page of a version's rows with the part that each is in."""
    splits = page.studio.data.splits(asked["dataset"], int(asked["version"]))
    part_of = {row.number: part for part in PARTS for row in getattr(splits, part) if row.origin == "own"}
    rows = rows_of(splits)
    shown = rows[_places(asked)]
    return {
        "rows": [{**_row(row), "part": part_of[row.number]} for row in shown],
        "total": len(rows),
        "size": PAGE_ROWS,
    }


def version_changes(page: Page, asked: Asked) -> dict[str, Any]:
    """A page of the rows that differ between versions `old` and `new`, all or of one `kind`, and how many of each."""
    old, new = (page.studio.data.splits(asked["dataset"], int(asked[name])) for name in ("old", "new"))
    found = compare(old, new)
    counts = {kind: sum(one.kind == kind for one in found) for kind in ("added", "removed", "changed")}
    wanted = [one for one in found if asked["kind"] in ("all", one.kind)]
    shown = [
        {
            "number": one.number,
            "kind": one.kind,
            "old": None if one.old is None else _row(one.old),
            "new": None if one.new is None else _row(one.new),
        }
        for one in wanted[_places(asked)]
    ]
    return {"rows": shown, "counts": counts, "total": len(wanted), "size": PAGE_ROWS}


def version_file(page: Page, asked: Asked) -> dict[str, str]:
    """A version, or one `part` of it, as a file that the browser saves; nothing of it stays on the server."""
    dataset, version = page.studio.data.get(asked["dataset"]), int(asked["version"])
    part = next((name for name in PARTS if name == asked["part"]), None)
    splits = page.studio.data.splits(dataset.id, version)
    if asked["format"] == FOLDER:
        ending, content = "zip", zipped_version(dataset.task, splits, part)
    else:
        shape: Shape | None = next((name for name in SHAPES[dataset.task] if name == asked["format"]), None)
        ending = "jsonl" if shape else next(name for name in TABLES if name == asked["format"])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"version.{ending}"
            write_version(path, dataset, splits, part, shape)
            content = path.read_bytes()
    name = f"{dataset.name}-v{version}{f'-{part}' if part else ''}.{ending}"
    return {"name": name, "content": base64.b64encode(content).decode("ascii")}


def _places(asked: Asked) -> slice:
    first = max(int(asked["page"]), 0) * PAGE_ROWS
    return slice(first, first + PAGE_ROWS)


def _row(row: Example) -> dict[str, Any]:
    context = [{"role": turn.role, "content": turn.content} for turn in row.context]
    said = {"text": row.text, "target": row.target, "rejected": row.rejected, "liked": row.liked}
    return {"number": row.number, **said, "context": context}
