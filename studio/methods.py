"""The ways of teaching a model: which there are, what each is called, and how its base is kept in memory meanwhile.

Knows no weights: what a method does to a model is in its room of `engine/methods/`, named here and opened there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Quantise = Literal["none", "nf4"]


@dataclass(frozen=True)
class Method:
    """`title` is its proper name. `room` is the module that attaches it to a model; `quantise`: as what the frozen
    weights are stored, apart from what learns beside them."""

    title: str
    room: str = "studio.engine.methods.lora"
    quantise: Quantise = "none"


METHODS: dict[str, Method] = {
    "lora": Method("LoRA"),
    "qlora": Method("QLoRA", quantise="nf4"),
}
