"""The blanks of a file that leaves room for names.

Knows no dataset: what is filled in goes to whoever binds the button.
"""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from studio.ui.data import adding
from studio.ui.kit.i18n import t


@dataclass(frozen=True)
class Filling:
    column: gr.Column
    name: gr.Textbox
    maker: gr.Textbox
    fill: gr.Button


def build() -> Filling:
    with gr.Column(visible=False, elem_id="filling", elem_classes="way") as column:
        gr.Markdown(t("data_tab.fill_help"))
        with gr.Row():
            name, maker = adding.name_box("owner", "fill-owner"), adding.name_box("maker", "fill-maker")
        fill = gr.Button(t("data_tab.fill"), variant="primary", elem_id="fill")
    return Filling(column, name, maker, fill)
