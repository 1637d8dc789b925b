"""The ways of learning which of two answers is better: which there are, and what each needs.

Knows no tensor: what each brings down is in `engine.preferring`, under the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Of = Literal["pairs", "thumbs"]  # a better answer beside a worse one, or single ones that were liked or not


@dataclass(frozen=True)
class Preference:
    """`title` is its proper name. `beta`: how far the model may go from what it was, or how sharply it is to tell, as
    its paper has it. `reference`: whether the better answer is to become likelier than it was before learning. `of`:
    what it learns from."""

    title: str
    beta: float
    reference: bool
    of: Of = "pairs"


PREFERENCES: Mapping[str, Preference] = {
    "dpo": Preference("DPO", beta=0.1, reference=True),
    "ipo": Preference("IPO", beta=0.1, reference=True),
    "simpo": Preference("SimPO", beta=2.0, reference=False),
    "orpo": Preference("ORPO", beta=0.1, reference=False),
    "kto": Preference("KTO", beta=0.1, reference=True, of="thumbs"),
}


# What the score of a test counts: right answers; pairs whose better answer is the likelier one; answers that stand
# alone and went the right way, as liked ones have become likelier than before learning, or others less likely.
COUNTED: Mapping[Of | Literal[""], str] = {"": "right", "pairs": "better_preferred", "thumbs": "right_way"}


def usual(of: Of) -> str:
    """The first that learns from such rows."""
    return next(name for name, one in PREFERENCES.items() if one.of == of)
