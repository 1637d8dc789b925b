"""Taking a model home: the whole model or only what was learned, checked before its link appears, and the job.

Knows no file format and no route: links are made by `offer`, which it is handed.
"""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from studio.contract import Exported
from studio.formats import FORMATS
from studio.going_home import possible, why_not
from studio.methods import METHODS
from studio.packing import GivenUp
from studio.runs import Run
from studio.ui.kit import fragments
from studio.ui.kit.i18n import t
from studio.ui.kit.long_work import LOOK_SECONDS
from studio.ui.kit.nodes import Node, icon, node, panel
from studio.ui.kit.page import QUIET, Page, on

if TYPE_CHECKING:
    from studio.studio import Studio

Offer = Callable[[Path, str], str]  # (folder, name) → the path of a link to it as name.zip


@dataclass(frozen=True)
class TakeHome:
    help: dict[str, gr.Markdown]  # what each format is for, or why this run cannot have it
    make: dict[str, gr.Button]
    stop: gr.Button
    result: gr.HTML
    job: gr.DownloadButton

    @property
    def packed(self) -> list[Any]:
        """What `follow` returns, in its order."""
        return [self.result, *self.help.values(), *self.make.values(), self.stop]


def build() -> TakeHome:
    help_: dict[str, gr.Markdown] = {}
    make: dict[str, gr.Button] = {}
    with gr.Row(elem_classes="takes"):
        for format in FORMATS:
            with gr.Column(elem_classes="take"):
                help_[format] = gr.Markdown(t(f"chat_tab.{format}_help"))
                make[format] = gr.Button(
                    t(f"chat_tab.{format}"), elem_id=f"take-{format}",
                    variant="primary" if format == next(iter(FORMATS)) else "secondary",
                )  # fmt: skip
        with gr.Column(elem_classes="take"):
            gr.Markdown(t("chat_tab.job_help"))
            job = gr.DownloadButton(str(t("chat_tab.job")), elem_id="take-job")
    with gr.Row(elem_classes="actions"):
        stop = gr.Button(t("chat_tab.stop"), variant="stop", visible=False, elem_id="take-stop")
    return TakeHome(help_, make, stop, panel("take-result"), job)


def wire(home: TakeHome, studio: Studio, run: gr.Dropdown, offer: Offer) -> None:
    followed = on(studio, partial(follow, offer))
    for format, button in home.make.items():
        begun = button.click(on(studio, partial(begin, format)), run, None, **QUIET)
        begun.success(followed, run, home.packed, **QUIET)
    home.stop.click(on(studio, stop), run, None, **QUIET)
    run.change(followed, run, home.packed, **QUIET)  # of a page that was reloaded, too


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    if run is None:
        return (gr.DownloadButton(visible=False),)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.yaml"
        path.write_text(page.studio.job_yaml(run.id), encoding="utf-8")
        kept = save_file_to_cache(path, cache_dir=get_upload_folder())
    return (gr.DownloadButton(value=kept, visible=True),)


def begin(format: str, page: Page, run: str) -> None:
    page.studio.packing.start(run, format)


def stop(page: Page, run: str) -> None:
    page.studio.packing.stop(run)


def follow(offer: Offer, page: Page, run: str | None) -> Iterator[tuple[Any, ...]]:
    """What was packed of a run; while something is being packed, whoever began it, how far it is.

    Raises StudioError as `Studio.export` does, once what is there is shown.
    """
    package = page.studio.packing.of(run) if run else None
    while package and not package.result.done():
        told = page.say(f"chat_tab.making_{package.format}")
        yield [fragments.under_way(package.share, told)], *_buttons(page, run, busy=True)
        wait([package.result], LOOK_SECONDS)
    made = page.studio.exported(run) if run else {}
    yield (
        [ready(page, offer, str(run), format, one) for format, one in made.items()] or None,
        *_buttons(page, run, busy=False),
    )
    error = package.result.exception() if package else None
    if error and not isinstance(error, GivenUp):
        raise error


def file_name(name: str) -> str:
    """A dataset's name as a file may be called: letters of any script, digits and dashes; never empty."""
    return re.sub(r"[^\w-]+", "-", Path(name).stem).strip("-")[:60] or "model"


def ready(page: Page, offer: Offer, run: str, format: str, made: Exported) -> Node:
    """The link, after the proof: verified, size, checksum. The engine makes nothing that it could not verify."""
    assert made.verified
    name = f"{file_name(page.studio.run(run).dataset_name)}-{format}"
    link = offer(Path(made.path), name)
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


def _buttons(page: Page, run: str | None, *, busy: bool) -> Any:
    """Those of formats that the run cannot have say why, and cannot be pressed."""
    method = page.studio.run(run).config.method if run else next(iter(METHODS))
    refused = {format: why_not(method, format) for format in FORMATS}
    helps = (why.say(page.lang) if why else page.say(f"chat_tab.{format}_help") for format, why in refused.items())
    primary = possible(method)[0]
    buttons = (
        gr.Button(interactive=not (busy or why), variant="primary" if format == primary else "secondary")
        for format, why in refused.items()
    )
    return *(gr.Markdown(value=html.escape(one)) for one in helps), *buttons, gr.Button(visible=busy)
