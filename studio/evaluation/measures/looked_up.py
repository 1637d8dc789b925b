"""Whether to teach or to look things up: the same questions with and without a handbook, before learning and after.

Knows no document: the passages that stand before a question are asked of the wish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from studio.contract import Job
from studio.data import asking
from studio.data.schema import Example
from studio.evaluation.baselines import beats
from studio.evaluation.metrics import shares
from studio.evaluation.sitting import Metrics, Sitting, Wish, replies

Choice = Literal["both", "look_up", "tune", "either", "neither"]
Right = Sequence[bool]  # row by row, whether an answer is


def asks(job: Job, wish: Wish) -> Sequence[Example]:
    """The test rows, each with what the handbook says of it before the question; none where no handbook is at hand."""
    if wish.look_up is None or not replies(job):
        return ()
    rows = job.splits.test or job.splits.validation
    found = wish.look_up([asking.of(row) for row in rows])
    return [replace(row, text=one.said[-1].content) for row, one in zip(rows, found, strict=True)]


def handbook(sitting: Sitting) -> Metrics | None:
    """How many the tuned model has right with the handbook (`correct` of `count`), which speaks of `found` of them.

    `table`: the shares of base and tuned model, without and with it, then their intervals; `choice`: which of the two
    the questions need. `rows` are those that only the handbook made right, in the tuned model's words.
    """
    if (asked := sitting.asked.get("handbook")) is None:
        return None
    answers = {
        "base": sitting.base,
        "base_handbook": asked.base,
        "tuned": sitting.tuned,
        "tuned_handbook": asked.tuned,
    }
    right = {who: sitting.right(said, sitting.test) for who, said in answers.items()}
    scores = {who: shares(sum(one), len(one)) for who, one in right.items()}
    told = zip(sitting.test, sitting.tuned, asked.tuned, right["tuned"], right["tuned_handbook"], strict=True)
    return {
        **scores["tuned_handbook"],
        "found": sum(one.text != row.text for one, row in zip(asked.questions, sitting.test, strict=True)),
        "choice": choice(*right.values()),
        "table": [
            {who: score["correct"] / score["count"] if score["count"] else 0.0 for who, score in scores.items()},
            {who: score["interval"] for who, score in scores.items()},
        ],
        "rows": [
            {"number": row.number, "text": row.text, "target": row.target, "base": plain.answer, "tuned": looked.answer}
            for row, plain, looked, was, now in told
            if now and not was
        ],
    }


def choice(base: Right, looked: Right, tuned: Right, both: Right) -> Choice:
    """What these questions need: one is better than another where it has clearly more of the same rows right (as
    `beats`), and of two that are not told apart the simpler is enough."""
    if beats(both, tuned):
        return "both" if beats(both, looked) else "look_up"
    if beats(looked, tuned):
        return "look_up"
    if beats(tuned, looked):
        return "tune"
    return "either" if beats(tuned, base) else "neither"
