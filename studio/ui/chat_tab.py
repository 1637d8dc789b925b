"""The Chat tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.ui.page import Page

if TYPE_CHECKING:
    from studio.studio import Studio


@dataclass(frozen=True)
class ChatTab:
    run: gr.Dropdown
    to_chat: gr.Button


def build(studio: Studio) -> ChatTab:
    return ChatTab(gr.Dropdown([], label="Run"), gr.Button("Next", variant="primary"))


def choose(page: Page, run: str | None) -> Any:
    """The list of runs with `run` selected, or the newest."""
    return gr.Dropdown(choices=[(r.dataset_name, r.id) for r in page.studio.runs()], value=run)
