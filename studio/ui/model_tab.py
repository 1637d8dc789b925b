"""The Model tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.config import RunConfig
from studio.ui.form import Form, build_form
from studio.ui.page import Page

if TYPE_CHECKING:
    from studio.studio import Studio


@dataclass(frozen=True)
class ModelTab:
    inputs: Form
    start: gr.Button


def build(studio: Studio, dataset: gr.Dropdown) -> ModelTab:
    form = build_form(RunConfig, list(RunConfig.knobs()))
    return ModelTab({"dataset": dataset, **form}, gr.Button("Start", variant="primary"))


def start_run(page: Page, dataset: str, **settings: Any) -> Any:
    return gr.skip()
