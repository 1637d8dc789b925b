"""The Data tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.ui.i18n import t
from studio.ui.page import Page

if TYPE_CHECKING:
    from studio.studio import Studio


@dataclass(frozen=True)
class DataTab:
    dataset: gr.Dropdown
    go_model: gr.Button


def build(studio: Studio) -> DataTab:
    return DataTab(gr.Dropdown([], label=t("ui.tab_data")), gr.Button("Next", variant="primary"))


def choose(page: Page, dataset: str | None) -> Any:
    """The list of datasets with `dataset` selected, or the newest."""
    datasets = page.studio.data.list()
    ids = [one.id for one in datasets]
    chosen = dataset if dataset in ids else (ids[0] if ids else None)
    return gr.Dropdown(choices=[(one.name, one.id) for one in datasets], value=chosen)
