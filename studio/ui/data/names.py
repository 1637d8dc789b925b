"""What the labels of a dataset are called: codes such as 1 and 0 are asked for, any label can be called otherwise.

Knows no layout: `names.js` shows what these functions return.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import gradio as gr

from studio.data.labelling.names import LONGEST
from studio.tasks import TASKS
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import Page, served

Asked = Mapping[str, Any]


def names(studio: Any) -> gr.HTML:
    """Its value is {"dataset": id}; it triggers `edited` when labels were called otherwise."""
    return gr.HTML(
        value=None, html_template=read("data/names.html"), js_on_load=script("data/names.js"), elem_id="label-names",
        server_functions=[served(studio, handler) for handler in (label_names, name_labels)],
    )  # fmt: skip


def label_names(page: Page, asked: Asked) -> dict[str, Any]:
    """Each label with some of its rows and, of a code, what it probably stands for; none of what has no labels."""
    data = page.studio.data
    known = data.labelling.names(asked["dataset"]) if TASKS[data.get(asked["dataset"]).task].labelled else []
    return {"labels": [asdict(one) for one in known], "longest": LONGEST}


def name_labels(page: Page, asked: Asked) -> dict[str, Any]:
    """Raises StudioError label.*."""
    return {"changed": page.studio.data.labelling.rename(asked["dataset"], asked["names"])}
