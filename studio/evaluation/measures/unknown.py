"""Whether the model makes up answers to what it cannot know.

Knows no question that the data answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.contract import Job, Prediction
from studio.data import asking
from studio.data.schema import Example
from studio.evaluation import outside
from studio.evaluation.metrics import shares
from studio.evaluation.sitting import Metrics, Sitting, Wish, replies

HONEST = "I don't know."  # what nothing depends on: a draft of the answer, from which the model may differ


def asks(job: Job, _: Wish) -> Sequence[Example]:
    """At most thirty questions that nobody taught it the answer to, below the system text that it is used with."""
    if not replies(job):
        return ()
    said = tuple(asking.below(asking.system_text(job.splits), ()))
    found = outside.asked(job.splits, job.config.seed)
    return [Example(at, one.text, HONEST, said) for at, one in enumerate(found, 1)]


def unknown(sitting: Sitting) -> Metrics | None:
    """To how many no answer was made up (`correct`), of how many; `invented` are the others, `admitted` those where it
    said so; the same of the base in `before`. `rows` are the invented ones."""
    if (asked := sitting.asked.get("unknown")) is None:
        return None
    taught = outside.answers_of(sitting.job.splits)
    questions = outside.asked(sitting.job.splits, sitting.job.config.seed)

    def told(answers: Sequence[Prediction]) -> list[bool]:
        return [one.is_made_up(said.answer, taught) for one, said in zip(questions, answers, strict=True)]

    invented = told(asked.tuned)
    lines = zip(invented, asked.questions, asked.base, asked.tuned, strict=True)
    return {
        **_figures(invented, asked.tuned),
        "before": _figures(told(asked.base), asked.base),
        "remedy": "add_unknown" if any(invented) else "",
        "rows": [
            {"number": one.number, "text": one.text, "target": "", "base": base.answer, "tuned": tuned.answer}
            for made_up, one, base, tuned in lines
            if made_up
        ],
    }


def _figures(invented: Sequence[bool], answers: Sequence[Prediction]) -> Metrics:
    count = sum(invented)
    return {
        **shares(len(invented) - count, len(invented)),
        "invented": count,
        "admitted": sum(outside.admits(said.answer) for said in answers),
    }
