"""Whether the model still knows what it knew before: everyday questions that no lesson has a reason to change.

Knows no row of the dataset.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.contract import Job, Prediction
from studio.data import asking
from studio.data.schema import Example
from studio.evaluation import everyday
from studio.evaluation.facts import agrees
from studio.evaluation.metrics import shares
from studio.evaluation.sitting import Asked, Metrics, Sitting, Wish


def asks(job: Job, wish: Wish) -> Sequence[Example]:
    """A hundred questions, then the person's own, below the system text that the model is used with; also of one that
    was taught labels or what is better, for nobody promised that this pushes nothing out."""
    said = tuple(asking.below(asking.system_text(job.splits), ()))
    known = [(one.text, one.accepted[0]) for one in everyday.questions()]
    return [Example(at, text, target or text, said) for at, (text, target) in enumerate([*known, *wish.everyday], 1)]


def kept(sitting: Sitting) -> Metrics | None:
    """Of how many that the base has right (`count`) the tuned model still is (`correct`); of `asked` in all, `own` of
    them the person's. `gained` are right only now. `rows` are those that were lost."""
    if (asked := sitting.asked.get("kept")) is None:
        return None
    before = _right(asked, asked.base, sitting.wish)
    after = _right(asked, asked.tuned, sitting.wish)
    told = list(zip(before, after, asked.questions, asked.base, asked.tuned, strict=True))
    return {
        **shares(sum(was and now for was, now, *_ in told), sum(before)),
        "asked": len(told),
        "own": len(sitting.wish.everyday),
        "gained": sum(now and not was for was, now, *_ in told),
        "rows": [
            {"number": one.number, "text": one.text, "target": _target(one), "base": base.answer, "tuned": tuned.answer}
            for was, now, one, base, tuned in told
            if was and not now
        ],
    }


def _target(one: Example) -> str:
    """A person's own question may have no answer but the base's."""
    return one.target if one.target != one.text else ""


def _right(asked: Asked, answers: Sequence[Prediction], wish: Wish) -> list[bool]:
    common = everyday.questions()
    right = [one.is_answered(said.answer) for one, said in zip(common, answers, strict=False)]
    own = zip(wish.everyday, asked.base[len(common) :], answers[len(common) :], strict=True)
    return right + [agrees(said.answer, target or base.answer) for (_, target), base, said in own]
