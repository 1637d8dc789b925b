"""The disk that runs take, and what of it can be had back: said before, taken only when asked.

Knows no layout: `disk.js` shows what these functions return.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import views
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import Page, served

if TYPE_CHECKING:
    from studio.studio import Studio

MOST_LISTED = 20


def disk(studio: Studio) -> gr.HTML:
    return gr.HTML(
        value=None, html_template=read("train/disk.html"), js_on_load=script("train/disk.js"), elem_id="disk",
        server_functions=[served(studio, handler) for handler in (disk_used, clear_disk)], visible=False,
    )  # fmt: skip


def disk_used(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The largest runs, how much all take, and how much of it those that are finished need no more."""
    used, runs = page.studio.keeping.used(), {run.id: run for run in page.studio.runs()}
    rows = [
        {"title": views.run_title(runs[one.run], page.lang) if one.run in runs else one.run, "size": size(one.bytes)}
        for one in used[:MOST_LISTED]
    ]
    spare = [one for one in used if one.spare]
    told = {"n": len(spare), "size": size(sum(one.spare for one in spare))}
    return {
        "rows": rows,
        "total": page.say("train_tab.disk_total", n=len(used), size=size(sum(one.bytes for one in used))),
        "gain": page.say("train_tab.disk_gain", **told) if spare else page.say("train_tab.disk_nothing"),
        "runs": [one.run for one in spare],
    }


def clear_disk(page: Page, asked: Mapping[str, Any]) -> dict[str, str]:
    freed = page.studio.keeping.clear([str(run) for run in asked["runs"]])
    return {"words": page.say("train_tab.disk_freed", size=size(freed))}


def size(count: int) -> str:
    """Bytes as 12.3 MB, in powers of ten as file managers count."""
    scale, unit = (10**9, "GB") if count >= 10**9 else (10**6, "MB") if count >= 10**6 else (10**3, "kB")
    return f"{count / scale:.1f} {unit}"
