"""The lights of the report card beside that of its verdict: one rule a measure, from a share to a colour.

Knows no language and nothing of what is measured.
"""

from __future__ import annotations

from collections.abc import Mapping

from studio.evaluation.report import Measured
from studio.evaluation.verdict import FEW, Colour

# Green from the first share on, amber from the second. People see a stranger among sorted texts, so that is never red.
BOUNDS: Mapping[str, tuple[float, float]] = {
    "kept": (0.95, 0.80), "unknown": (0.80, 0.50), "strangers": (0.80, 0.0),
    "length": (0.80, 0.60), "tone": (0.80, 0.60), "terms": (0.80, 0.60), "format": (0.95, 0.80),
}  # fmt: skip


def colour(name: str, found: Measured) -> Colour:
    """Grey where so few were counted that it says nothing."""
    if found.count < FEW or name not in BOUNDS:
        return "grey"
    green, amber = BOUNDS[name]
    share = found.metrics.share
    return "green" if share >= green else "amber" if share >= amber else "red"
