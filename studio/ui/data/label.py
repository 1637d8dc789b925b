"""What the annotation card asks of the server: rows as JSON, every label committed before the answer.

Knows no layout and no rule of labelling: `label.js` shows what these functions return.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from studio.data.intake.codes import keys
from studio.data.labelling.annotators import SHARED
from studio.data.labelling.desk import Card, Desk
from studio.data.labelling.labelling import Team
from studio.errors import StudioError
from studio.lamp import percent
from studio.tasks import TASKS
from studio.ui.data.table import row_json
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import Page, served

ASK_AGAIN = 10  # labels, after which better suggestions may be had
Asked = Mapping[str, Any]


def card(studio: Any) -> gr.HTML:
    """One row at a time; its value is {"dataset": id}."""
    handlers = (label_row, suggestions, accept, team, invite, dismiss)
    return gr.HTML(
        value=None, html_template=read("data/label.html"), js_on_load=script("data/label.js"), elem_id="label-card",
        server_functions=[served(studio, handler) for handler in handlers],
    )  # fmt: skip


def label_row(page: Page, asked: Asked) -> dict[str, Any] | None:
    """Does what the card asks, then the row to show; None where there are no rows.

    {"who": names} where two people label and it was not said who asks. A row that changed elsewhere meanwhile comes
    back as it is there, with "conflict": what was to be put. Raises StudioError when the row no longer exists.
    """
    dataset, order = asked["dataset"], asked.get("order", "rows")
    names = _names(page, dataset)
    if names and order != "disputes" and asked.get("who") not in names:
        return {"who": names}
    labelling = page.studio.data.labelling
    if order == "first" and asked["do"] == "open" and labelling.first(dataset) is None:
        order = "rows"
    desk = labelling.desk(dataset, asked.get("who", ""), order)
    done = _act(page, desk, asked)
    number = (done.number and desk.nearest(done.number)) or desk.waiting(0) or desk.nearest(1)
    if not number:
        return None
    shown = card_json(page, dataset, desk, desk.card(number))
    if shown["labelled"] and (asked["do"] == "open" or shown["done"] % ASK_AGAIN == 0):
        page.studio.suggesting.ask(dataset)
    line = labelling.first(dataset)
    first = line and {"left": line.left, "why": line.why}
    return {**shown, "undone": done.undone, "conflict": done.conflict, "alone": not names, "first": first}


@dataclass(frozen=True)
class Done:
    """Where an act leads: the row to show, 0 for any."""

    number: int
    undone: bool = False
    conflict: str | None = None


def _act(page: Page, desk: Desk, asked: Asked) -> Done:
    number: int = asked.get("number") or 0
    match asked["do"]:
        case "keep" | "save" as act:
            if not _put(desk, asked):
                return Done(number, conflict=asked["target"])
            return Done(_next(desk, number) if act == "save" else number)
        case "skip":
            return Done(_next(desk, number))
        case "declare":
            page.studio.data.declare_labels(asked["dataset"], [asked["label"]])
        case "undo":
            row = desk.undo(asked["last"])
            return Done(row or number, undone=row is not None)
        case "next" | "previous" as move:
            return Done(desk.beside(number, 1 if move == "next" else -1))
    return Done(number)


def card_json(page: Page, dataset: str, desk: Desk, shown: Card) -> dict[str, Any]:
    said = shown.suggestion
    labels = page.studio.data.labels(dataset)
    return {
        **row_json(shown.row),
        "target": shown.target,
        "revision": shown.revision,
        "task": desk.task,
        "labelled": TASKS[desk.task].labelled,
        "labels": labels,
        "keys": keys(labels),
        "done": shown.done,
        "total": shown.total,
        "last": shown.last,
        "suggestion": said and {"label": said.label, "sure": percent(said.confidence)},
        "votes": [{"name": name, "target": target} for name, target in shown.votes.items()],
    }


def suggestions(page: Page, asked: Asked) -> dict[str, Any]:
    """How many suggestions are at least so sure, and where they come from."""
    labelling = page.studio.data.labelling
    source = labelling.source(asked["dataset"])
    kind = "none" if not source else "words" if source.startswith("words-") else "run"
    count = labelling.count_above(asked["dataset"], float(asked["threshold"]))
    return {"count": count, "source": page.say(f"label.source_{kind}")}


def accept(page: Page, asked: Asked) -> dict[str, Any]:
    """Makes the suggestions above the threshold labels, if they still are as many as were shown."""
    found = suggestions(page, asked)
    if found["count"] != asked["count"]:
        return {**found, "accepted": 0}
    accepted = page.studio.data.labelling.accept_above(asked["dataset"], float(asked["threshold"]))
    return {**suggestions(page, asked), "accepted": accepted}


def team(page: Page, asked: Asked) -> dict[str, Any]:
    """How far two people are and how well they agree; {"names": []} while one labels alone."""
    found = page.studio.data.labelling.team(asked["dataset"])
    if found is None:
        return {"names": [], "shared": SHARED}
    progress = [
        page.say("label.person_done", name=name, done=f"{done:,}", total=f"{total:,}")
        for name, (done, total) in zip(found.pair.names, found.progress, strict=True)
    ]
    return {
        "names": list(found.pair.names),
        "lines": [page.say("label.both_label", share=found.pair.shared), *progress, agreement_words(page, found)],
        "disputed": found.disputed,
    }


def agreement_words(page: Page, found: Team) -> str:
    """Kappa with its name and interval; nothing of the kind for too few rows."""
    both = found.agreement
    if both is None:
        return page.say("label.agreement_none")
    counted = page.say("label.agreement_counted", rows=both.rows, same=both.same)
    if not both.sure:
        return counted + page.say("label.agreement_unsure")
    figures = {"kappa": f"{both.kappa:.2f}", "low": f"{both.low:.2f}", "high": f"{both.high:.2f}"}
    return counted + page.say("label.agreement", word=page.say(f"label.kappa_{both.word}"), **figures)


def invite(page: Page, asked: Asked) -> dict[str, Any]:
    """A second person labels too. Raises StudioError label.two_names, label.bad_share."""
    share = str(asked["share"]).strip()
    if not share.isdecimal():
        raise StudioError("label.bad_share", share=share[:20])
    page.studio.data.labelling.invite(asked["dataset"], asked["names"], int(share))
    return team(page, asked)


def dismiss(page: Page, asked: Asked) -> dict[str, Any]:
    page.studio.data.labelling.dismiss(asked["dataset"])
    return team(page, asked)


def _names(page: Page, dataset: str) -> list[str]:
    pair = page.studio.data.labelling.pair(dataset)
    return list(pair.names) if pair else []


def _put(desk: Desk, asked: Asked) -> bool:
    """Whether the row was still as the asker saw it, and now has the label."""
    try:
        desk.put(asked["number"], asked["target"], asked["revision"])
    except StudioError as error:
        if error.key != "data.row_changed_elsewhere":
            raise
        return False
    return True


def _next(desk: Desk, number: int) -> int:
    return desk.waiting(number) or desk.beside(number, 1)
