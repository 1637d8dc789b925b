"""The report on paper: one click prints it, or saves it as a web page or for Word.

Knows nothing of what the report says.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.printing.printing import printed
from studio.runs import Run
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import Page, served

if TYPE_CHECKING:
    from studio.studio import Studio


def build(studio: Studio) -> gr.HTML:
    """Its value is the run whose report it prints, None where there is no report."""
    return gr.HTML(
        value=None, html_template=read("chat/print_out.html"), js_on_load=script("chat/print_out.js"),
        elem_id="print-out", server_functions=[served(studio, report_file)],
    )  # fmt: skip


def show(page: Page, run: Run | None) -> str | None:
    return run.id if run is not None and page.studio.report(run.id) is not None else None


def report_file(page: Page, asked: dict[str, Any]) -> dict[str, str]:
    """The report of a run as a file of a kind. Raises StudioError printing.*"""
    name, content = printed(page.studio, str(asked["run"]), str(asked["ending"]), page.lang)
    return {"name": name, "content": base64.b64encode(content).decode()}
