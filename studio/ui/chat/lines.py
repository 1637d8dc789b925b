"""A line of the report card that opens: a light, a figure, a sentence and the next step above, the details below.

Knows no run: what it says is made in `card_lines`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from studio.card_lines import Line
from studio.ui.kit.assets import read, script


@contextmanager
def opening(name: str) -> Iterator[gr.HTML]:
    """What is built within lies below the line, which is no longer there when its value is None."""
    with gr.Column(elem_classes="card-line"):
        head = gr.HTML(
            value=None, html_template=read("chat/line.html"), js_on_load=script("chat/line.js"), elem_id=f"line-{name}"
        )
        with gr.Column(elem_classes="card-details"):
            yield head


def shown(line: Line | None, *details: Any) -> dict[str, Any] | None:
    """The value of a line, which opens where there are any `details`."""
    if line is None:
        return None
    score, lamp = line.score, line.lamp
    return {
        "colour": lamp.colour,
        "title": line.title,
        "answer": lamp.name,
        "figure": score.percent if score else "",
        "sure": score.sure if score and score.sure not in lamp.why else "",
        "why": lamp.why,
        "next": lamp.action,
        "opens": any(details),
    }
