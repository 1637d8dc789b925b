"""What it got wrong, to be put right in place, learned from here on, or looked for among the rows without a label.

Knows no rule of what becomes of a correction: `studio.rounds` does it, `mistakes.js` shows it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import gradio as gr

from studio import rounds
from studio.data.correcting import Corrected, Correction
from studio.runs import Run
from studio.tasks import TASKS
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import Page, served

MOST = 60  # wrong rows that are listed
ALIKE = 10  # rows like them that are put first in the labelling queue
Asked = Mapping[str, Any]


def build(studio: Any) -> gr.HTML:
    """Its value is {"run": id, "at": when}; it triggers "begun" once a run goes on, and "to_label"."""
    return gr.HTML(
        value=None, html_template=read("chat/mistakes.html"), js_on_load=script("chat/mistakes.js"), elem_id="mistakes",
        server_functions=[served(studio, handler) for handler in (mistake_rows, put_right, line_up, say_otherwise)],
    )  # fmt: skip


def show(page: Page, run: Run | None) -> dict[str, Any]:
    """The value with which its script asks for the rows anew."""
    return {"run": run.id if run else "", "at": time.time()}


def reshow(page: Page, run: str | None) -> dict[str, Any]:
    return show(page, page.studio.run(run) if run else None)


def mistake_rows(page: Page, asked: Asked) -> dict[str, Any]:
    """The wrong rows of the run's report card as they stand in its data now, and what their answer may be."""
    studio, run = page.studio, page.studio.run(asked["run"])
    found = [] if TASKS[run.config.task].compares else rounds.mistakes(studio, run.id)
    labelled = TASKS[run.config.task].labelled
    done, rows = studio.data.progress(run.config.dataset) if found else (0, 0)
    return {
        "rows": [
            {
                "number": one.row.number,
                "text": one.row.text,
                "target": one.target,
                "said": one.row.tuned,
                "before": one.row.base,
                "origin": one.row.origin,
                "part": one.part,
            }
            for one in found[:MOST]
        ],
        "total": len(found),
        "labelled": labelled,
        "labels": studio.data.labels(run.config.dataset) if found and labelled else [],
        "waiting": rows - done,
    }


def put_right(page: Page, asked: Asked) -> dict[str, Any]:
    """Lays the corrections over the data and, if it is to `go` on, starts a run that learns them from where this one
    is. Raises StudioError as `rounds` does."""
    learn = bool(asked["learn"])
    corrections = [_correction(row, learn) for row in asked["rows"]]
    corrections += [_correction({**row, "origin": "written"}, True) for row in asked["ways"]]
    done = rounds.correct(page.studio, asked["run"], corrections)
    words = _words(page, done)
    if not asked["go"]:
        return {"words": words, "begun": False}
    plan = rounds.next_plan(page.studio, asked["run"])
    page.studio.start(plan.config)
    return {"words": f"{words}{plan.sentence[page.lang]}", "begun": True}


def _correction(row: Mapping[str, Any], learn: bool) -> Correction:
    origin = row["origin"]
    assert origin in ("own", "rule", "written"), origin
    return Correction(int(row["number"]), str(row["text"]), str(row["target"]), origin, learn)


def _words(page: Page, done: Corrected) -> str:
    said = [page.say(f"rounds.{name}", n=n) for name in ("changed", "learned", "gone") if (n := getattr(done, name))]
    return "".join(said)


def line_up(page: Page, asked: Asked) -> dict[str, Any]:
    """Puts the rows without a label that are most like these first in the labelling queue."""
    return {"count": rounds.line_up_like(page.studio, asked["run"], list(asked["texts"]), ALIKE)}


def say_otherwise(page: Page, asked: Asked) -> dict[str, Any]:
    """Other ways to ask each of these questions, by rules, that the data do not have yet."""
    return {"ways": [rounds.phrasings(page.studio, asked["run"], text) for text in asked["texts"]]}
