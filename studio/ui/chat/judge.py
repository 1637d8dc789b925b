"""Answers compared by people who do not know whose they are, and what there is to learn from all they said.

Knows no model and no rule of counting: `judge.js` shows what these functions return.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

import gradio as gr

from studio import views
from studio.errors import StudioError
from studio.judging import told
from studio.judging.judging import Shown
from studio.judging.opinions import Kind, named
from studio.runs import Run
from studio.tasks import TASKS
from studio.ui.chat.ask_model import model_ask, model_cost
from studio.ui.chat.mark import paper_mark, paper_next, sheet_back, sheet_out
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import Page, served, tell

if TYPE_CHECKING:
    from studio.studio import Studio


def card(studio: Studio) -> gr.HTML:
    """Its value is {"run": id}; it triggers `made` with "made": the dataset that was made of what was said."""
    handlers = (
        judge_rivals, duel_next, duel_vote, duel_undo, duel_ask, judge_facts, judge_learn, paper_next, paper_mark,
        sheet_out, sheet_back, model_cost, model_ask,
    )  # fmt: skip
    return gr.HTML(
        value=None, html_template=read("chat/judge.html"), js_on_load=script("chat/judge.js"), elem_id="judge",
        server_functions=[served(studio, handler) for handler in handlers], visible=False,
    )  # fmt: skip


def show(run: Run | None) -> Any:
    """Of a run that talks; nothing of any other."""
    if run is None or not TASKS[run.config.task].talks:
        return gr.HTML(value=None, visible=False)
    return gr.HTML(value={"run": run.id}, visible=True)


def judge_rivals(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The runs that a run may be compared with."""
    known = page.studio.judging.rivals(asked["run"])
    return {"rivals": [[one.id, views.run_label(one, page.lang)] for one in known]}


def duel_next(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The next two answers for a judge, None where no question is left."""
    judging = page.studio.judging
    return _duel(page, asked, judging.next(judging.contest(asked["run"], asked["against"]), asked["who"]))


def duel_vote(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Notes a vote, also on a run that was deleted meanwhile; then as `duel_next`."""
    page.studio.judging.vote(int(asked["match"]), asked["who"], asked["choice"])
    return duel_next(page, asked)


def duel_undo(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    judging = page.studio.judging
    return _duel(page, asked, judging.take_back(judging.contest(asked["run"], asked["against"]), asked["who"]))


def duel_ask(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody typed, answered by both. Raises StudioError chat_tab.nothing_asked."""
    judging = page.studio.judging
    contest = judging.contest(asked["run"], asked["against"])
    return _duel(page, asked, judging.ask(contest, str(asked["text"]), asked["who"]))


def _duel(page: Page, asked: Mapping[str, Any], shown: Shown | None) -> dict[str, Any]:
    """Nothing in it tells whose answer is whose."""
    judging = page.studio.judging
    said = judging.ledger.verdicts(judging.contest(asked["run"], asked["against"]))
    count = sum(one.judge == named(asked["who"]) and one.way == "blind" for one in said)
    return {"shown": shown and asdict(shown), "count": count}


def judge_facts(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What can be learned from all that was said; the result only where it is asked for, for it tells who is who."""
    judging = page.studio.judging
    result = list(_result(page, asked)) if asked["result"] else []
    learn = [
        {"kind": kind, "rows": len(found.rows), "words": told.learnable(found, page.lang)}
        for kind, found in judging.learnable(asked["run"]).items()
    ]
    return {"result": result, "learn": learn}


def _result(page: Page, asked: Mapping[str, Any]) -> Iterator[str]:
    """What people, marks and models say."""
    judging = page.studio.judging
    try:
        contest = judging.contest(asked["run"], asked["against"])
    except StudioError as error:  # what can be learned is told all the same
        yield error.say(page.lang)
        return
    rival = page.studio.run(asked["against"]) if asked["against"] else None
    other = views.run_label(rival, page.lang) if rival else page.say("judging.base")
    yield from told.votes(judging.tally(contest), other, page.lang)
    yield from told.marks(judging.marking.summary(contest), other, page.lang)
    yield from told.models(judging.by_models(contest), other, page.lang)


def judge_learn(page: Page, asked: Mapping[str, Any]) -> dict[str, str]:
    """A new dataset of what was said. Raises StudioError judging.nothing_to_learn."""
    name = page.say("judging.made_name", when=time.strftime("%m-%d %H:%M"))
    return {"dataset": page.studio.judging.learn(asked["run"], cast("Kind", asked["kind"]), name).id}


def made(page: Page, value: Mapping[str, Any]) -> str:
    """The dataset that was made, which is told."""
    dataset = page.studio.data.get(value["made"])
    tell(page, "judging.made", name=dataset.name, rows=f"{dataset.report.rows:,}")
    return dataset.id
