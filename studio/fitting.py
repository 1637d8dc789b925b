"""How a run is made to fit into a machine's memory: what may be changed, in which order, and what is said of it.

Knows no studio: plans are made by whoever asks. What changes nothing that is learned comes before what does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from studio.config import RunConfig
from studio.contract import ModelCard
from studio.methods import METHODS, only_for
from studio.plan import Plan
from studio.words import LANGS, Lang, say

SHORTEST = 128  # tokens; what is left of a row below that says too little

Changes = Mapping[str, Any]


def _parts(plan: Plan) -> Changes | None:
    """Half as many rows at once, while the step stays as it is (gradient accumulation)."""
    rows = plan.config.micro_batch or plan.config.batch_size
    return {"micro_batch": rows // 2} if rows > 1 else None


def _again(plan: Plan) -> Changes | None:
    can = plan.config.method in only_for("checkpointing") and not plan.config.checkpointing
    return {"checkpointing": True} if can else None


def _four_bits(plan: Plan) -> Changes | None:
    """The same method over frozen weights that are kept in 4 bits, where there is such a twin."""
    own = METHODS[plan.config.method]
    twin = (
        name
        for name, method in METHODS.items()
        if (method.room, method.knobs) == (own.room, own.knobs) and method.quantise != "none" == own.quantise
    )
    found = next(twin, None)
    return {"method": found} if found else None


def _shorter(plan: Plan) -> Changes | None:
    half = min(plan.config.max_length, plan.counts.longest) // 2
    return {"max_length": half} if half >= SHORTEST else None


# Each gives the next changes of its kind, or None where there are none.
LADDER: Mapping[str, Callable[[Plan], Changes | None]] = {
    "parts": _parts,
    "again": _again,
    "four_bits": _four_bits,
    "shorter": _shorter,
}


def climbed(plan: Plan, replan: Callable[[RunConfig], Plan | None]) -> tuple[Plan, list[str]] | None:
    """The plan with as little changed as makes it fit, and the names of the rungs that it took; None where nothing
    does. `replan` gives the plan of settings, or None where they cannot be."""
    taken = list[str]()
    for name, further in LADDER.items():
        tried = plan  # some changes tell only when they go on: where a step is computed in parts anyway
        while plan.estimate.fit == "too_big" and (changes := further(tried)) is not None:
            lesser = replan(tried.config.with_changes(changes))
            if lesser is None:
                break
            tried = lesser
            if lesser.estimate.memory_gib < plan.estimate.memory_gib:
                plan, taken = lesser, [*taken, *([name] if name not in taken else [])]
    return None if plan.estimate.fit == "too_big" else (plan, taken)


def smaller(plan: Plan, cards: Sequence[ModelCard]) -> list[ModelCard]:
    """The models of its kind that are on this machine and have less weights, the largest first."""
    lesser = (card for card in cards if card.cached and card.head == plan.card.head)
    return sorted(
        (card for card in lesser if card.parameters < plan.card.parameters), key=lambda card: -card.parameters
    )


def in_words(plan: Plan, taken: Sequence[str]) -> dict[Lang, str]:
    """What was done, each with its price."""
    config = plan.config
    details = {
        "rows": config.micro_batch,
        "batch": config.batch_size,
        "longest": config.max_length,
        "model": plan.card.id,
        "method": METHODS[config.method].title,
        "cut": plan.counts.truncated,
    }
    said = ["done", *taken] if taken else []
    return {lang: "".join(say(f"fitting.{name}", lang, **details) for name in said) for lang in LANGS}
