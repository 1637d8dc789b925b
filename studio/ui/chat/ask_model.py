"""Another model asked on the page to judge, where whoever started the server named one: first its cost, then calls.

Knows no address and no key: both are in the environment of the server, and no visitor sees or chooses them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.errors import StudioError
from studio.judging import by_model, client
from studio.judging.judging import AT_ONCE
from studio.ui.kit.page import Page

QUESTIONS = 30
CALLS = 4  # of one request, between which a person may stop
Asked = Mapping[str, Any]


def model_cost(page: Page, asked: Asked) -> dict[str, Any]:
    """How many calls are left, in words, and what the model will be told; has questions answered first where `ready`
    asks for it. {"there": False} where no model was named."""
    judge = client.configured()
    if judge is None:
        return {"there": False}
    judging = page.studio.judging
    contest = judging.contest(asked["run"], asked["against"])
    matches = judging.ledger.matches(contest)
    if asked["ready"] and len(matches) < QUESTIONS and judging.prepare(contest, AT_ONCE):
        return {**model_cost(page, {**asked, "ready": False}), "more": True}
    return {**_left(page, asked, judge), "prompt": by_model.prompt(by_model.language_of(matches))}


def model_ask(page: Page, asked: Asked) -> dict[str, Any]:
    """A few calls; what is left then. Raises StudioError judging.judge_*, judging.no_judge_named."""
    judge = client.configured()
    if judge is None:
        raise StudioError("judging.no_judge_named")
    judging = page.studio.judging
    judging.ask_model(judging.contest(asked["run"], asked["against"]), judge, QUESTIONS, most=CALLS)
    return _left(page, asked, judge)


def _left(page: Page, asked: Asked, judge: client.Client) -> dict[str, Any]:
    judging = page.studio.judging
    cost = judging.cost(judging.contest(asked["run"], asked["against"]), judge.name, QUESTIONS)
    counted = {"judge": judge.name, "calls": f"{cost.calls:,}", "tokens": f"{cost.tokens:,}"}
    words = page.say("judging.cost", **counted) if cost.calls else page.say("judging.cost_none", judge=judge.name)
    return {"there": True, "more": False, "calls": cost.calls, "words": words}
