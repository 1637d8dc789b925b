"""The ways of teaching a model: which there are, what each is called, and how its base is kept in memory meanwhile.

Knows no weights: what a method does to a model is in its room of `engine/methods/`, named here and opened there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Quantise = Literal["none", "nf4"]


@dataclass(frozen=True)
class Method:
    """`title` is its proper name. `room` is the module that attaches it to a model; `quantise`: as what the frozen
    weights are stored, apart from what learns beside them; `knobs`: the settings that are its own, shared only with
    methods that name them too; `precision`: the number format that it needs, if any will not do; `merges`: whether
    what was learned can become part of plain weights; `alone`: whether it can be had without the base; `ahead`: whether
    virtual tokens stand before every row; `rate`: how many times LoRA's learning rate it learns with; `goes_on`:
    whether a later run can begin with what it saved; `refuses`: the heads and kinds of models that it does not go with,
    each with the sentence that says why and what to take instead."""

    title: str
    room: str
    quantise: Quantise = "none"
    knobs: tuple[str, ...] = ()
    precision: Literal["fp32"] | None = None
    merges: bool = True
    alone: bool = True
    ahead: bool = False
    rate: float = 1.0
    goes_on: bool = True
    refuses: Mapping[str, str] = field(default_factory=dict)


ROOMS = "studio.engine.methods"
LORA = f"{ROOMS}.lora"
AGAIN = ("checkpointing",)  # not where keys and values of every layer stand before the row
AHEAD = ("virtual_tokens",)
LORA_KNOBS = ("rank", "alpha", "dropout", "target_modules", "rslora", "dora", "lora_plus", "init_weights", *AGAIN)
METHODS: dict[str, Method] = {
    "lora": Method("LoRA", LORA, knobs=LORA_KNOBS),
    "qlora": Method("QLoRA", LORA, quantise="nf4", knobs=LORA_KNOBS),
    "freeze": Method(
        "Freeze",
        f"{ROOMS}.freeze",
        knobs=("layers", "train_head", *AGAIN),
        precision="fp32",
        alone=False,
        rate=0.3,
        refuses={"albert": "engine.one_layer_again"},
    ),
    "full": Method("Full", f"{ROOMS}.full", knobs=AGAIN, precision="fp32", alone=False, rate=0.1),
    "ia3": Method("(IA)³", f"{ROOMS}.ia3", knobs=AGAIN, rate=30.0),
    "prefix": Method(
        "Prefix tuning",
        f"{ROOMS}.prefix",
        knobs=AHEAD,
        merges=False,
        ahead=True,
        rate=30.0,
        refuses={"sequence": "engine.no_prefix_of_classes", "seq2seq": "engine.no_prefix_of_writers"},
    ),
    "ptuning": Method(
        "P-tuning", f"{ROOMS}.ptuning", knobs=(*AHEAD, *AGAIN), merges=False, ahead=True, rate=3.0, goes_on=False
    ),
    "prompt": Method("Prompt tuning", f"{ROOMS}.prompt", knobs=(*AHEAD, *AGAIN), merges=False, ahead=True, rate=30.0),
}


def only_for(knob: str) -> tuple[str, ...]:
    """The methods that a setting belongs to; () where it belongs to all."""
    return tuple(name for name, method in METHODS.items() if knob in method.knobs)


def refusal(method: str, head: str, kind: str) -> str:
    """The sentence that says why a method does not go with a model of such a head and kind; empty where it does."""
    refuses = METHODS[method].refuses
    return refuses.get(kind) or refuses.get(head, "")
