"""The list of runs: what learns now, what waits in which order, what was made before, told apart at sight.

Knows no layout: `history.js` shows what `value` returns, and asks the other functions to change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import views
from studio.roster import Listed
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import Page, served

if TYPE_CHECKING:
    from studio.studio import Studio

Asked = Mapping[str, Any]
MOST_LISTED = 50


def history(studio: Studio) -> gr.HTML:
    """It triggers `chosen` when `value["chosen"]` is another run, and `changed` when the queue is."""
    return gr.HTML(
        value=None, html_template=read("train/history.html"), js_on_load=script("train/history.js"), elem_id="history",
        server_functions=[served(studio, handler) for handler in (move_run, hold_queue, go_past_failures)],
        visible=False,
    )  # fmt: skip


def value(page: Page, known: Listed, chosen: str) -> dict[str, Any]:
    """Runs in three lists, those that wait in their order; damaged ones stand with those of before."""
    runs, waiting, rules = known.runs, page.studio.waiting.order(), page.studio.waiting.rules()
    rows = {run.id: {**asdict(views.run_row(run, page.lang)), "state": run.status} for run in runs}
    before = [rows[run.id] for run in runs if run.ended][:MOST_LISTED]
    return {
        "chosen": chosen,
        "now": [rows[run.id] for run in runs if run.status in ("running", "stopping")],
        "waiting": [rows[run] for run in waiting if run in rows and rows[run]["state"] == "queued"],
        "before": before + [asdict(views.damaged_row(run, page.lang)) | {"state": run.status} for run in known.damaged],
        "held": rules.held,
        "past_failures": rules.past_failures,
    }


def move_run(page: Page, asked: Asked) -> dict[str, bool]:
    page.studio.waiting.move(asked["run"], -1 if asked["by"] < 0 else 1)
    return {"done": True}


def hold_queue(page: Page, asked: Asked) -> dict[str, bool]:
    page.studio.waiting.hold(bool(asked["held"]))
    return {"done": True}


def go_past_failures(page: Page, asked: Asked) -> dict[str, bool]:
    page.studio.waiting.go_past_failures(bool(asked["on"]))
    return {"done": True}
