"""Taking a model home: the whole model or only what was learned, checked before its link appears, and the job.

Knows no file format and no route: links are made by `offer`, which it is handed.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from studio.contract import Exported
from studio.formats import FORMATS
from studio.runs import Run
from studio.ui.kit import fragments
from studio.ui.kit.i18n import t
from studio.ui.kit.long_work import watch, when_over
from studio.ui.kit.nodes import Node, icon, node, panel
from studio.ui.kit.page import QUIET, Page, on

if TYPE_CHECKING:
    from studio.studio import Studio

Offer = Callable[[Path, str], str]  # (folder, name) → the path of a link to it as name.zip


@dataclass(frozen=True)
class TakeHome:
    make: dict[str, gr.Button]
    stop: gr.Button
    result: gr.HTML
    job: gr.DownloadButton

    @property
    def shown(self) -> list[Any]:
        return [self.result, self.job]


def build() -> TakeHome:
    make: dict[str, gr.Button] = {}
    with gr.Row(elem_classes="takes"):
        for format in FORMATS:
            with gr.Column(elem_classes="take"):
                gr.Markdown(t(f"chat_tab.{format}_help"))
                make[format] = gr.Button(
                    t(f"chat_tab.{format}"), elem_id=f"take-{format}",
                    variant="primary" if format == next(iter(FORMATS)) else "secondary",
                )  # fmt: skip
        with gr.Column(elem_classes="take"):
            gr.Markdown(t("chat_tab.job_help"))
            job = gr.DownloadButton(str(t("chat_tab.job")), elem_id="take-job")
    with gr.Row(elem_classes="actions"):
        stop = gr.Button(t("chat_tab.stop"), variant="stop", visible=False, elem_id="take-stop")
    return TakeHome(make, stop, panel("take-result"), job)


def wire(home: TakeHome, studio: Studio, run: gr.Dropdown, offer: Offer) -> None:
    buttons = [*home.make.values(), home.stop]
    works = []
    for format, button in home.make.items():
        begun = button.click(_busy, None, buttons, **QUIET)
        work = begun.then(on(studio, partial(export, offer, format)), run, home.result, **QUIET)
        when_over(work, _idle, buttons)
        work.failure(lambda: None, None, home.result, **QUIET)
        works.append(work)
    home.stop.click(lambda: (*_idle(), None), None, [*buttons, home.result], cancels=works, **QUIET)


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    if run is None:
        return None, gr.DownloadButton(visible=False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.yaml"
        path.write_text(page.studio.job_yaml(run.id), encoding="utf-8")
        kept = save_file_to_cache(path, cache_dir=get_upload_folder())
    return None, gr.DownloadButton(value=kept, visible=True)


def export(offer: Offer, format: str, page: Page, run: str) -> Iterator[list[Node]]:
    """Progress, then what was made with its link."""
    label = page.say(f"chat_tab.making_{format}")
    made = yield from watch(
        lambda progress: page.studio.export(run, format, progress=progress),
        lambda share: [fragments.under_way(share, label)],
    )
    name = f"{file_name(page.studio.run(run).dataset_name)}-{format}"
    yield [ready(page, format, made, offer(Path(made.path), name), name)]


def file_name(name: str) -> str:
    """A dataset's name as a file may be called: letters of any script, digits and dashes; never empty."""
    return re.sub(r"[^\w-]+", "-", Path(name).stem).strip("-")[:60] or "model"


def ready(page: Page, format: str, made: Exported, link: str, name: str) -> Node:
    """The link, after the proof: verified, size, checksum. The engine makes nothing that it could not verify."""
    assert made.verified
    return node(
        "div",
        node("p", icon("check"), page.say(f"chat_tab.verified_{format}"), cls="verified"),
        node("a", page.say("chat_tab.take", name=f"{name}.zip"), href=link, download=f"{name}.zip", cls="take-link"),
        node("p", page.say("chat_tab.size", size=size(made.bytes))),
        node("p", "SHA-256 ", node("code", made.sha256), cls="sum"),
        cls="card",
    )


def size(count: int) -> str:
    """Bytes as 12.3 MB, in powers of ten as download pages count."""
    for unit, scale in (("GB", 10**9), ("MB", 10**6)):
        if count >= scale:
            return f"{count / scale:.1f} {unit}"
    return f"{max(1, round(count / 1000))} kB"


def _busy() -> Any:
    return *(gr.Button(interactive=False) for _ in FORMATS), gr.Button(visible=True)


def _idle() -> Any:
    return *(gr.Button(interactive=True) for _ in FORMATS), gr.Button(visible=False)
