"""Below a conversation: which of the two last answers is better, whether each is liked, and what should have been said.

Knows no model: the round comes as it was shown, and goes to the studio as a vote, a thumb or a correction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.data.schema import Message
from studio.errors import StudioError
from studio.judging.judging import LONGEST
from studio.judging.opinions import SIDES, Asked, Contest, Correction, Thumbed
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import Page, served

if TYPE_CHECKING:
    from studio.studio import Studio

CHOICES = (*SIDES, "same")
LANES = {"base": "base_context", "tuned": "context"}  # whose answer it is: under which name stands what was said before
SAID = {"up": "judging.thumbed", "down": "judging.thumbed", "": "judging.thumb_taken_back"}


def bar(studio: Studio) -> gr.HTML:
    """Its value is a round as `of_round` makes it, or None; it triggers `judged` when something was noted."""
    return gr.HTML(
        value=None, html_template=read("chat/rate.html"), js_on_load=script("chat/rate.js"), elem_id="rate",
        server_functions=[served(studio, handler) for handler in (rate_answer, thumb_answer, correct_answer)],
    )  # fmt: skip


def of_round(
    page: Page, run: str, contexts: tuple[Sequence[Message], Sequence[Message]], last: tuple[str, str, str]
) -> dict[str, Any] | None:
    """The last round of a conversation, with what was said before it to the base and to the tuned model; None where
    neither answered."""
    question, base, tuned = last
    if not base.strip() and not tuned.strip():
        return None
    before, after = ([[message.role, message.content] for message in context] for context in contexts)
    contest = page.studio.judging.contest(run)
    return {
        "dataset": contest.dataset,
        "run": run,
        "step": contest.step,
        "question": question,
        "base_context": before,
        "context": after,
        "base": base,
        "tuned": tuned,
    }


def rate_answer(page: Page, asked: Mapping[str, Any]) -> dict[str, str]:
    """Notes a vote, also on a run that was deleted meanwhile."""
    contest, question = _of(asked)
    assert asked["said"] in CHOICES
    page.studio.judging.seen(contest, question, (_short(asked["tuned"]), _short(asked["base"])), asked["said"])
    return {"words": page.say("judging.voted")}


def thumb_answer(page: Page, asked: Mapping[str, Any]) -> dict[str, str]:
    """Notes whether somebody liked one of the two answers, also of a run that was deleted meanwhile."""
    lane, said = asked["lane"], asked["said"]
    assert lane in LANES and said in SAID
    contest, question = _of({**asked, "context": asked[LANES[lane]]})
    page.studio.judging.thumb(Thumbed(contest.dataset, contest.run, question, _short(asked[lane]), said))
    return {"words": page.say(SAID[said])}


def correct_answer(page: Page, asked: Mapping[str, Any]) -> dict[str, str]:
    """Notes what should have been said. Raises StudioError judging.nothing_corrected."""
    contest, question = _of(asked)
    better = Asked(question.text, question.context, _short(asked["said"]).strip())
    page.studio.judging.correct(Correction(contest.dataset, contest.run, better, _short(asked["tuned"])))
    return {"words": page.say("judging.corrected")}


def _of(asked: Mapping[str, Any]) -> tuple[Contest, Asked]:
    """Who answered, and what was asked, as it was shown."""
    context = tuple(Message(role, _short(content)) for role, content in asked["context"])
    if not all(message.role in ("system", "user", "assistant") for message in context):
        raise StudioError("ui.surprise")
    return Contest(asked["dataset"], asked["run"], int(asked["step"])), Asked(_short(asked["question"]), context)


def _short(text: str) -> str:
    return str(text)[:LONGEST]
