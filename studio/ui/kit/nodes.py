"""A page fragment as plain data, which the browser builds with textContent: no text can ever become HTML.

Knows nothing of what is shown.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from studio.ui.kit.assets import script

Node = dict[str, Any] | str
TAGS = frozenset(
    {"div", "p", "span", "h2", "h3", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "strong", "small", "mark"}
    | {"details", "summary", "code", "progress", "a", "dl", "dt", "dd"}
)


def node(tag: str, *children: Node | None, **attributes: Any) -> Node:
    """An element; `cls` is its class, `href` must be a path of this studio. None children are left out."""
    assert tag in TAGS, tag
    assert attributes.get("href", "/").startswith("/")
    attributes = {"class" if name == "cls" else name: str(value) for name, value in attributes.items()}
    return {"tag": tag, "attributes": attributes, "children": [child for child in children if child is not None]}


def icon(name: str) -> Node:
    """A drawing from the stylesheet (`.icon-NAME`), in the colour of the text around it."""
    return {"tag": "span", "attributes": {"class": f"icon icon-{name}", "aria-hidden": "true"}, "children": []}


def panel(elem_id: str, **options: Any) -> gr.HTML:
    """A component whose value is a list of nodes."""
    return gr.HTML(
        value=None,
        html_template='<div class="nodes"></div>',
        js_on_load=script("kit/nodes.js"),
        elem_id=elem_id,
        **options,
    )
