"""The earlier run that another goes on from: the list to choose from, and who is in it.

Knows no plan.
"""

from __future__ import annotations

import gradio as gr

from studio import continuing
from studio.runs import Run
from studio.ui.kit.i18n import t
from studio.ui.kit.page import Page


def earlier_runs() -> gr.Dropdown:
    return gr.Dropdown(
        [(t("model_tab.from_start"), "")], value="", label=t("knob.continues"), info=t("knob.continues_help"),
        elem_id="knob-continues", visible=False, interactive=True, filterable=False,
    )  # fmt: skip


def earlier(page: Page, dataset: str | None) -> list[Run]:
    """The runs of a dataset that can be gone on from, newest first."""
    runs = page.studio.runs_of(dataset) if dataset else []
    return [run for run in runs if run.has_adapter and run.ended and continuing.possible(run.config)]
