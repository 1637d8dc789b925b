"""A plan within the minutes that somebody has: how many passes they leave, and what is said of it.

Knows no studio: plans are made by whoever asks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from studio.plan import Plan, duration
from studio.words import LANGS, Lang, say

FEWEST_STEPS = 30  # below it next to nothing is learned, unless the plan as it comes is shorter still


def within(whole: Plan, minutes: float, replan: Callable[[int], Plan]) -> Plan:
    """The plan with as few passes as it takes to end in time, one at least, and what is to be said of that. `replan`
    gives the plan of so many passes."""
    plan, seconds = whole, 60 * minutes
    while plan.estimate.seconds > seconds and plan.config.epochs > 1:
        fewer = int(plan.config.epochs * seconds / plan.estimate.seconds)
        plan = replan(max(1, min(fewer, plan.config.epochs - 1)))
    return replace(plan, in_time=_said(plan, minutes, whole))


def _said(plan: Plan, minutes: float, whole: Plan) -> dict[Lang, str]:
    """What is told to somebody who has so many minutes and without that would have learned as the `whole` plan says."""
    steps, wanted = plan.estimate.steps, min(FEWEST_STEPS, whole.estimate.steps)
    needed = whole.estimate.seconds * wanted / whole.estimate.steps
    if plan.estimate.seconds > 60 * minutes:
        key = "too_long"
    elif steps < wanted:
        key = "too_short"
    else:
        key = "shortened" if plan.config.epochs < whole.config.epochs else "enough"
    details = {
        "minutes": f"{minutes:g}",
        "epochs": plan.config.epochs,
        "passes": whole.config.epochs,
        "steps": steps,
        "least": max(1, math.ceil(needed / 60)),
    }
    return {
        lang: say(f"plan.in_time_{key}", lang, time=duration(plan.estimate.seconds, lang), **details) for lang in LANGS
    }
