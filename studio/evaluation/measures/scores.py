"""How many answers are right: of the untouched base, of the tuned model, and of it on rows that it learned.

Knows no simple method and no fact.
"""

from __future__ import annotations

from studio.evaluation.sitting import Metrics, Sitting


def base(sitting: Sitting) -> Metrics:
    """Of no rows where the base was never taught what is asked, so that it has no answer."""
    asked = [] if sitting.untaught else sitting.test
    return sitting.score(sitting.base[: len(asked)], asked)


def tuned(sitting: Sitting) -> Metrics:
    return sitting.score(sitting.tuned, sitting.test)


def trained(sitting: Sitting) -> Metrics:
    return sitting.score(sitting.trained, sitting.known)
