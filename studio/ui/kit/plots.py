"""A component that draws one Plotly figure with the script this studio serves itself.

Knows nothing of what is drawn.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from studio.charts import CONFIG
from studio.ui.kit.assets import script

SCRIPT = '<script src="/assets/plotly.min.js"></script>'


def figure(elem_id: str, **options: Any) -> gr.HTML:
    """A component whose value is what `drawn` makes of a figure, or None."""
    return gr.HTML(
        value=None, html_template='<h3 class="plot-title"></h3><div class="plot" role="img"></div>', head=SCRIPT,
        js_on_load=script("kit/figure.js"), elem_id=elem_id, **options,
    )  # fmt: skip


def drawn(chart: Any, title: str) -> dict[str, Any]:
    """A Plotly figure as the value of the component, under its title."""
    return {"figure": chart.to_plotly_json(), "config": dict(CONFIG), "title": title}
