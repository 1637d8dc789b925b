"""How the learning rate rises and falls over a run.

Knows no model and no data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from studio.config import RunConfig

LATEST = 0.8  # of the planned steps: from here on the rate falls even where not all is known
# By the schedule, what is left of the rate after so many steps of those in which it falls.
FALLS: Mapping[str, Callable[[int, int], float]] = {
    "cosine": lambda gone, of: 0.5 * (1 + math.cos(math.pi * gone / of)),
    "linear": lambda gone, of: 1 - gone / of,
    "constant": lambda gone, of: 1.0,
    "wsd": lambda gone, of: 0.5 * (1 + math.cos(math.pi * gone / of)),
}
HELD = {"wsd": LATEST}  # until which of the steps the rate stays at its height


def rate(config: RunConfig, step: int, total: int, falls_from: int | None = None) -> float:
    """The learning rate of the step counted from 1: a straight rise over the warm-up, then by the schedule towards 0.

    With `falls_from` it stays at its height until after that step (warm-up, stable, decay: Hu et al. 2024, arXiv
    2404.06395), so that a run may go on for as long as it takes until all is known; so it does with that schedule.
    """
    warm = math.ceil(config.warmup * total)
    falls_from = round(HELD.get(config.schedule, 0.0) * total) if falls_from is None else falls_from
    falls_from = max(warm, falls_from)
    if step <= warm:
        return config.learning_rate * step / warm
    if step <= falls_from:
        return config.learning_rate
    return config.learning_rate * FALLS[config.schedule](step - 1 - falls_from, max(1, total - falls_from))
