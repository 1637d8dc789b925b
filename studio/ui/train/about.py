"""What belongs to one run: what it is called and what was noted, its curves as files, and all that it reported.

Knows no layout: `about.js` shows what these functions return.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import chronicle, pictures, views
from studio.keeping import LONGEST_NAME, LONGEST_NOTE
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import Page, served

if TYPE_CHECKING:
    from studio.studio import Studio

Asked = Mapping[str, Any]
LINES = 100  # of the log at once


def about(studio: Studio) -> gr.HTML:
    """Its value is what `of` returns; it triggers `changed` when the run is called otherwise."""
    return gr.HTML(
        value=None, html_template=read("train/about.html"), js_on_load=script("train/about.js"), elem_id="about-run",
        server_functions=[served(studio, handler) for handler in (name_run, curves_file, log_lines)], visible=False,
    )  # fmt: skip


def of(page: Page, run: views.Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    longest = {"longest_name": LONGEST_NAME, "longest_note": LONGEST_NOTE}
    described = {"run": run.id, "name": run.name, "note": run.note, "recipe": views.recipe(run, page.lang)}
    return {**described, **longest, "busy": not run.ended, "files": list(pictures.FILES)}


def name_run(page: Page, asked: Asked) -> dict[str, bool]:
    """Raises StudioError run.*"""
    page.studio.keeping.name(asked["run"], asked["name"], asked["note"])
    return {"done": True}


def curves_file(page: Page, asked: Asked) -> dict[str, str]:
    """Raises StudioError curves.none_yet."""
    run = page.studio.run(asked["run"])
    content = pictures.made(run, asked["format"], page.lang)
    return {"name": f"{run.id}.{asked['format']}", "content": base64.b64encode(content).decode()}


def log_lines(page: Page, asked: Asked) -> dict[str, Any]:
    """A page of the log, newest first."""
    found = chronicle.lines(page.studio.keeping.facts(asked["run"]), page.lang, asked["search"])[::-1]
    start = max(0, asked["page"]) * LINES
    shown = [asdict(line) for line in found[start : start + LINES]]
    return {"lines": shown, "page": asked["page"], "total": len(found), "size": LINES}
