"""The frame around the page's components: no file reaches a handler but one that a browser uploaded.

Knows no component: it looks at the paths in whatever a browser sends.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from studio.words import LANGS, say


class UploadsOnly(gr.Blocks):
    """Gradio checks the paths that a browser sends only after `launch()`, which a page mounted in a server never calls,
    and it would fetch a path that is a web address. Here both are refused before anything is opened."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.has_launched = True  # Gradio's own check of files going in and out

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], state: Any, explicit_call: bool = False) -> Any:
        if not all(map(_uploaded, _paths(inputs))):
            # before a handler runs, nobody has told whose language it is
            sentence = " ".join(say("ui.not_uploaded", lang) for lang in LANGS)
            raise gr.Error(sentence, print_exception=False)
        return await super().preprocess_data(block_fn, inputs, state, explicit_call)


def _paths(sent: Any) -> Iterator[Any]:
    """Whatever stands under "path", however deep."""
    if isinstance(sent, dict):
        if "path" in sent:
            yield sent["path"]
        sent = sent.values()
    elif not isinstance(sent, (list, tuple)):
        return
    for part in sent:
        yield from _paths(part)


def _uploaded(path: Any) -> bool:
    """Whether `path`, links followed, is a file in the folder of uploads."""
    if not isinstance(path, str):
        return False
    try:
        whole = Path(path).resolve(strict=True)
    except (OSError, ValueError):  # not there, a web address, a zero byte
        return False
    return whole.is_file() and whole.is_relative_to(Path(get_upload_folder()).resolve())
