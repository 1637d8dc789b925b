"""When a run tests itself, and when it may end before its last step: once what was taught is known.

Knows no model: numbers of steps and of what came out right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.config import RunConfig
from studio.engine.checkpoint import Score
from studio.engine.schedule import LATEST

COOLING = 0.25  # of the steps until all was known: so many more while the rate falls
PLATEAU = 2  # tests without a gain after which there is none to be waited for


def exam_steps(config: RunConfig, total: int) -> set[int]:
    """After which steps to evaluate: before the first, after the last, and evenly between."""
    return {round(total * part / config.evaluations) for part in range(config.evaluations + 1)} | {total}


def last_step(total: int, known: int | None) -> int:
    """The plan's, or sooner when all that was taught is known, from step `known` on."""
    return total if known is None else min(total, known + math.ceil(COOLING * known))


def may_be_known(config: RunConfig, total: int, scores: Sequence[Score]) -> bool:
    """Whether, by the tests so far, enough of what was taught is known, other words gain no more, and it is not too
    late to end sooner for it. Where further wordings are learned all steps are made: those take longer than the taught
    ones, and of runs that ended at three quarters one or two of twenty questions less were right."""
    score = scores[-1]
    if not config.stop_when_known or config.wordings or not score.taught or score.step >= LATEST * total:
        return False
    return score.recalled >= config.stop_when_known * score.taught and not gaining(scores)


def gaining(scores: Sequence[Score]) -> bool:
    """Whether one of the last PLATEAU tests had more right by other words than all before. Where all are right there is
    nothing to gain; the loss is not asked, which falls for as long as one learns."""
    before, last = scores[:-PLATEAU], scores[-PLATEAU:]
    if last[-1].correct == last[-1].count:
        return False
    return not before or max(one.correct for one in last) > max(one.correct for one in before)
