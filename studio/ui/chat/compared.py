"""This report card beside earlier ones: the chain of versions and runs, the scores, what got worse and what got better.

Knows no rule of comparing: the figures are `studio.rounds`'.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import rounds, views
from studio.config import RunConfig
from studio.lamp import goal_words, interval_words, percent
from studio.runs import Run
from studio.ui.kit.i18n import t
from studio.ui.kit.nodes import Node, node, panel
from studio.ui.kit.page import QUIET, Page, on, tell

if TYPE_CHECKING:
    from studio.studio import Studio

MOST_ROWS = 10
MOST_OTHERS = 3


@dataclass(frozen=True)
class Compared:
    area: gr.Column
    others: gr.Dropdown
    view: gr.HTML
    live: gr.Button

    @property
    def shown(self) -> list[Any]:
        return [self.area, self.others, self.view, self.live]


def build() -> Compared:
    with gr.Column(visible=False, elem_id="compared-area") as area:
        others = gr.Dropdown(
            [], label=t("rounds.beside"), multiselect=True, max_choices=MOST_OTHERS, elem_id="compared-with",
            interactive=True,
        )  # fmt: skip
        view = panel("compared")
        with gr.Row(elem_classes="actions"):
            live = gr.Button(t("rounds.go_live"), elem_id="go-live", visible=False)
    return Compared(area, others, view, live)


def wire(compared: Compared, studio: Studio, run: gr.Dropdown) -> None:
    compared.others.input(on(studio, chosen), [run, compared.others], compared.view, **QUIET)
    made = compared.live.click(on(studio, go_live), run, compared.live, **QUIET)
    made.success(on(studio, chosen), [run, compared.others], compared.view, **QUIET)


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    """The run beside the one that it is best compared with, once both were tested."""
    tested = [one for one in _tested(page, run) if run and one.id != run.id]
    if run is None or run.config.folds or not tested or page.studio.report(run.id) is None:
        return gr.Column(visible=False), gr.update(choices=[], value=[]), None, gr.Button(visible=False)
    before = rounds.before(page.studio, run)
    value = [before.id] if before else []
    choices = [(views.run_label(one, page.lang), one.id) for one in tested]
    used = rounds.live(page.studio, run.config.dataset) == run.id
    found = gr.update(choices=choices, value=value)
    return gr.Column(visible=True), found, chosen(page, run.id, value), gr.Button(visible=not used)


def reshow(page: Page, run: str | None) -> tuple[Any, ...]:
    return show(page, page.studio.run(run) if run else None)


def _tested(page: Page, run: Run | None) -> list[Run]:
    runs = page.studio.runs_of(run.config.dataset) if run else []
    return [one for one in runs if not one.config.folds and page.studio.report(one.id)]


def go_live(page: Page, run: str) -> Any:
    rounds.go_live(page.studio, run)
    tell(page, "rounds.live_now")
    return gr.Button(visible=False)


def chosen(page: Page, run: str | None, others: Sequence[str] | None) -> list[Node] | None:
    """The chain, then the cards, the oldest first, and what became of each question from each older one to this."""
    if not run:
        return None
    came = _chain(page, run)
    if not others:
        return [came] if came else None
    by_age = sorted({*others, run}, key=lambda one: page.studio.run(one).created)
    found = rounds.compare(page.studio, [*(one for one in others if one != run), run])
    changes = [_changes(page, rounds.compare(page.studio, [one, run])["changes"][0]) for one in by_age if one != run]
    return [node("div", came, _table(page, found, by_age), *(part for parts in changes for part in parts), cls="card")]


def _name(page: Page, run: str) -> str:
    known = page.studio.run(run)
    version = page.say("versions.of_run", version=known.config.dataset_version)
    return f"{_when(known.created)} · {version}"


def _when(created: float) -> str:
    return time.strftime("%m-%d %H:%M", time.localtime(created))


def _chain(page: Page, run: str) -> Node | None:
    """Dataset versions and runs, from the first to this; nothing where it began from the start."""
    found = rounds.chain(page.studio, run)
    if len(found) < 2:
        return None
    items = []
    for one in found:
        key = "rounds.chain_run" if one["there"] else "rounds.chain_gone"
        said = page.say(key, version=one["version"], when=_when(one["created"]))
        items.append(node("li", node("span", said), cls="now" if one["run"] == run else "" if one["there"] else "gone"))
    return node("div", node("p", page.say("rounds.chain"), cls="soft"), node("ul", *items, cls="chain"))


def _table(page: Page, found: Mapping[str, Any], runs: Sequence[str]) -> Node:
    facts = {one["run"]: one for one in found["runs"]}
    head = node("tr", node("th", "", scope="col"), *(node("th", _name(page, run), scope="col") for run in runs))
    lines = [("rounds.row_right", lambda run: _score(page, facts[run]))]
    if any(one["taught"] for one in facts.values()):
        lines.append(("rounds.row_taught", lambda run: [_recalled(page, facts[run])]))
    if any(one["goal"] for one in facts.values()):
        lines.append(("rounds.row_goal", lambda run: [_goal(page, run)]))
    rows = [
        node("tr", node("th", page.say(key), scope="row"), *(node("td", *of(run)) for run in runs)) for key, of in lines
    ]
    knobs = RunConfig.knobs()
    for one in found["differences"]:
        if one["name"] in knobs and one["name"] != "continues":
            values = [node("td", f"{one['values'][run]}") for run in runs]
            rows.append(node("tr", node("th", page.say(f"knobs.{one['name']}"), scope="row"), *values))
    used = node("tr", node("th", page.say("rounds.row_live"), scope="row"), *(
        node("td", page.say("rounds.is_live") if facts[run]["live"] else "") for run in runs
    ))  # fmt: skip
    return node("table", node("thead", head), node("tbody", *rows, used), cls="beside")


def _score(page: Page, facts: Mapping[str, Any]) -> list[Node]:
    tuned = facts["tuned"]
    share = tuned["correct"] / max(tuned["count"], 1)
    counted = page.say("report_card.counted", correct=tuned["correct"], count=tuned["count"])
    sure = interval_words(tuned["interval"], tuned["count"], page.lang)
    return [node("strong", percent(share)), node("small", counted), node("small", sure)]


def _recalled(page: Page, facts: Mapping[str, Any]) -> Node:
    taught = facts["taught"]
    return f"{taught['recalled']} / {taught['count']}" if taught else "–"


def _goal(page: Page, run: str) -> Node:
    report = page.studio.report(run)
    return goal_words(report.goal, report.count, page.lang) if report and report.goal else "–"


def _changes(page: Page, found: Mapping[str, Any]) -> list[Node]:
    """What became of the questions that both asked: the ones that got worse first."""
    worse, better = found["worse"], found["better"]
    counts = {name: found[name] for name in ("both", "before", "after")}
    told = page.say("rounds.changed_of", better=len(better), worse=len(worse), **counts)
    ahead = len(better) - len(worse)
    sure = "by_luck" if not found["clear"] else "clearly_better" if ahead > 0 else "clearly_worse"
    notes = (
        [page.say("rounds.other_questions", new=found["new"], gone=found["gone"])]
        if found["new"] or found["gone"]
        else []
    )
    notes += [page.say("rounds.corrected", n=found["corrected"])] if found["corrected"] else []
    tables = [_rows(page, name, rows) for name, rows in (("worse", worse), ("better", better)) if rows]
    line = told + (page.say(f"rounds.{sure}") if found["both"] and (better or worse) else "")
    return [
        node("p", line, cls="verdict-line"),
        *(node("p", note, cls="soft") for note in notes),
        *(part for parts in tables for part in parts),
    ]


def _rows(page: Page, name: str, rows: Sequence[Mapping[str, Any]]) -> list[Node]:
    title = page.say(f"rounds.got_{name}", n=len(rows))
    names = {
        "text": "chat_tab.row_text",
        "target": "chat_tab.row_target",
        "before": "rounds.then",
        "tuned": "rounds.now",
    }
    called = {key: page.say(word) for key, word in names.items()}
    head = node("tr", *(node("th", word, scope="col") for word in called.values()))
    body = [
        node("tr", *(node("td", row[key], **{"data-name": word}) for key, word in called.items()))
        for row in rows[:MOST_ROWS]
    ]
    table = node("table", node("thead", head), node("tbody", *body), cls="wrong")
    return [node("p", title, cls=f"rows-title got-{name}"), table]
