"""The ways of learning which of two answers is better: which there are, and what each needs.

Knows no tensor: what each brings down is in `engine.preferring`, under the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Preference:
    """`title` is its proper name. `beta`: how far the model may go from what it was, or how sharply it is to tell, as
    its paper has it. `reference`: whether the better answer is to become likelier than it was before learning."""

    title: str
    beta: float
    reference: bool


PREFERENCES: Mapping[str, Preference] = {
    "dpo": Preference("DPO", beta=0.1, reference=True),
    "ipo": Preference("IPO", beta=0.1, reference=True),
    "simpo": Preference("SimPO", beta=2.0, reference=False),
    "orpo": Preference("ORPO", beta=0.1, reference=False),
}
