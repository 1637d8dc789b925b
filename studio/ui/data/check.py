"""The check-up view: how ready the rows are, what is wrong with them, and mending it after a look at what will change.

Knows no check and no fix: it shows what `data.mending` finds, as plain values for `check.js`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from studio.data.checkup import FIXABLE, KINDS, SPLIT_AGAIN, STOPPING, Change, Checkup, Finding
from studio.data.checkup.mending import allow, examine, mend, preview
from studio.data.schema import Row
from studio.data.store.edits import to_context
from studio.errors import StudioError
from studio.ui.kit.assets import read, script
from studio.ui.kit.long_work import watch
from studio.ui.kit.page import QUIET, Page, on, served

MOST_ROWS = 200  # of a finding that can be looked at here
SAMPLE = 8  # rows of a preview
AROUND, MIDDLE = 24, 160  # characters shown beside a change, and of it
Asked = Mapping[str, Any]


def build(studio: Any) -> gr.HTML:
    """Its value is what `look` yields; it triggers "recheck", "stopped", "edited", "to_label" and "to_table"."""
    return gr.HTML(
        value=None, html_template=read("data/check.html"), js_on_load=script("data/check.js"), elem_id="check-up",
        server_functions=[
            served(studio, handler) for handler in (finding_rows, preview_fix, apply_fix, undo_fix, allow_finding)
        ],
    )  # fmt: skip


def wire(view: gr.HTML, tab: gr.Tab, studio: Any, dataset: gr.Dropdown) -> None:
    # one under way holds up no other, of this dataset or another
    at_once: dict[str, Any] = {"trigger_mode": "multiple", "concurrency_limit": None, **QUIET}
    looks = [begin(on(studio, look), dataset, view, **at_once) for begin in (tab.select, view.recheck)]
    dataset.change(waiting, dataset, view, **QUIET)
    view.stopped(None, None, None, cancels=looks, **QUIET)


def waiting(dataset: str | None) -> dict[str, Any]:
    """Another dataset was chosen: the page asks for its check-up once it can be seen."""
    return {"dataset": dataset, "at": time.time()}


def look(page: Page, dataset: str | None) -> Iterator[dict[str, Any] | None]:
    """How far the check-up is, then what it found."""
    if not dataset:
        yield None
        return
    seen = yield from watch(
        lambda progress: examine(page.studio.data, dataset, progress, page.studio.reads(dataset)),
        lambda share: {"dataset": dataset, "share": share},
    )
    yield {"dataset": dataset, "share": 1.0, "seen": shown(page, seen)}


def shown(page: Page, seen: Checkup) -> dict[str, Any]:
    """Score, advice and findings in the page's language, and the names of what is in order."""
    found = {finding.kind for finding in seen.findings}
    return {
        "score": seen.score,
        "advice": seen.advice.say(page.lang) if seen.advice else page.say("checkup.nothing_to_gain"),
        "findings": [_finding(page, finding) for finding in seen.findings],
        "passed": [page.say(f"checkup.{kind}_title") for kind in sorted(KINDS - found)],
    }


def _finding(page: Page, finding: Finding) -> dict[str, Any]:
    fixable = finding.kind in FIXABLE
    stops = finding.kind in STOPPING and finding.severity == "error"  # else it was let pass
    return {
        "kind": finding.kind,
        "severity": finding.severity,
        "title": page.say(f"checkup.{finding.kind}_title"),
        "why": page.say(f"checkup.{finding.kind}_why", **finding.details),
        "does": page.say(f"checkup.{finding.kind}_does") if fixable else "",
        "fix": page.say(f"checkup.{finding.kind}_fix") if fixable else "",
        "allow": page.say(f"checkup.{finding.kind}_allow") if stops else "",
        "count": len(finding.rows),
        "rows": finding.rows[:MOST_ROWS],
        "twins": finding.twins[:MOST_ROWS],
        "numbers": finding.rows,  # all, for the table
    }


def finding_rows(page: Page, asked: Asked) -> list[dict[str, Any]]:
    """The rows with the given numbers, as they are now; those that are gone are left out."""
    return [
        {"number": row.number, "text": row.text, "target": row.target, "rejected": row.rejected}
        for row in _rows(page, asked["dataset"], asked["numbers"][:MOST_ROWS])
    ]


def preview_fix(page: Page, asked: Asked) -> dict[str, Any]:
    """What mending would change: how many rows, and the first of them before and after."""
    finding, changes = preview(page.studio.data, asked["dataset"], asked["kind"], page.studio.reads(asked["dataset"]))
    removed = sum(change is None for change in changes.values())
    first = _rows(page, asked["dataset"], sorted(changes)[:SAMPLE])
    if finding is not None and asked["kind"] == SPLIT_AGAIN:
        words = page.say("checkup.preview_split", n=len(finding.rows))
    elif changes:
        words = page.say("checkup.preview_changes", changed=len(changes) - removed, removed=removed)
    else:
        words = page.say("checkup.preview_none")
    more = len(changes) - len(first)
    return {
        "words": words,
        "any": finding is not None,
        "sample": [{"number": row.number, "parts": _parts(page, row, changes[row.number])} for row in first],
        "more": page.say("checkup.preview_more", n=more) if more > 0 else "",
    }


def apply_fix(page: Page, asked: Asked) -> dict[str, Any]:
    """Mends the finding as it stands now, and tells what was done and whether there is something to undo."""
    rows = mend(page.studio.data, asked["dataset"], asked["kind"], page.studio.reads(asked["dataset"]))
    if asked["kind"] == SPLIT_AGAIN:
        return {"words": page.say("checkup.split_again"), "undo": False}
    title = page.say(f"checkup.{asked['kind']}_title")
    return {"words": page.say("checkup.fixed", title=title, n=rows), "undo": rows > 0}


def allow_finding(page: Page, asked: Asked) -> dict[str, Any]:
    """Lets the finding pass, because it is meant."""
    allow(page.studio.data, asked["dataset"], asked["kind"])
    return {"words": page.say("checkup.let_pass", title=page.say(f"checkup.{asked['kind']}_title"))}


def undo_fix(page: Page, asked: Asked) -> dict[str, Any]:
    row = page.studio.data.undo(asked["dataset"])
    return {"words": page.say("checkup.undone" if row is not None else "checkup.nothing_to_undo")}


def _rows(page: Page, dataset: str, numbers: Sequence[int]) -> list[Row]:
    found = []
    for number in numbers:
        try:
            found.append(page.studio.data.row(dataset, int(number)))
        except StudioError:  # deleted meanwhile
            continue
    return found


def _parts(page: Page, row: Row, change: Change) -> list[dict[str, str]]:
    """Each text of the row that changes: what stays before it, what goes, what comes, what stays after it."""
    if change is None:
        both = f"{row.text} → {row.target}" if row.target else row.text
        return [{"head": "", "before": _cut(both), "after": "", "tail": "", "note": page.say("checkup.removed")}]
    found: list[dict[str, str]] = []
    if "text" not in change and not change.keys().isdisjoint(("target", "rejected")):
        found.append({"head": _cut(row.text), "before": "", "after": "", "tail": "", "note": ""})
    for name in ("text", "target", "rejected"):
        if name in change:
            note = page.say("checkup.no_label") if name == "target" and not change[name] else ""
            found.append({**_difference(getattr(row, name), change[name]), "note": note})
    if "context" in change:
        now = replace(row, context=to_context(change["context"]))
        turns = zip(row.context, now.context, strict=True)
        found += [{**_difference(old.content, new.content), "note": ""} for old, new in turns if old != new]
    return found


def _difference(before: str, after: str) -> dict[str, str]:
    """Where two texts differ, with a little of what they share on both sides."""
    start = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), None)
    start = min(len(before), len(after)) if start is None else start
    room = min(len(before), len(after)) - start
    same = zip(reversed(before), reversed(after), strict=False)
    end = next((at for at, (a, b) in enumerate(same) if a != b or at >= room), room)
    head, tail = before[:start], before[len(before) - end :] if end else ""
    return {
        "head": ("…" if len(head) > AROUND else "") + head[-AROUND:],
        "before": _cut(before[start : len(before) - end]),
        "after": _cut(after[start : len(after) - end]),
        "tail": tail[:AROUND] + ("…" if len(tail) > AROUND else ""),
    }


def _cut(text: str) -> str:
    """Short enough to show, with a mark in the place of each character that nobody could see."""
    visible = "".join("␣" if not char.isprintable() and char != "\n" else char for char in text[:MIDDLE])
    return visible + ("…" if len(text) > MIDDLE else "")
