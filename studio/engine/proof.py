"""Whether a written model is the base with what was learned, weight by weight, and answers as the trained one.

Knows no job and no way of merging: it holds the files against the definition, W + scaling · B·A, in double precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from studio.contract import Sampling
from studio.engine import adapters, catalog, device, generate
from studio.engine.load import Base
from studio.engine.loss import head, hidden
from studio.errors import StudioError

FLOAT_EPS = 2.0**-24  # half a unit in the last place of fp32, in which peft keeps and multiplies an adapter
SURE = 0.99  # a next token that likely is no matter of rounding
ANSWER_TOKENS = 64


@dataclass(frozen=True)
class Answer:
    """A prompt with the trained model's greedy answer, and the logits (answer, vocabulary) that led to each token."""

    prompt: tuple[int, ...]
    said: tuple[int, ...]
    logits: torch.Tensor


def same_weights(tuned: Base, folder: Path) -> int:
    """Compares every weight in `folder` with those of the base and its adapter; returns how many tensors there are.

    A layer with an adapter must hold the nearest numbers of its format to W + scaling · B·A, everything else the
    base's own bits. One layer at a time, so a model of any size needs no second one in memory. Raises StudioError.
    """
    layers = adapters.layers(tuned)
    own = {name: weight for name, weight in tuned.model.named_parameters() if ".lora_" not in name}
    with ExitStack() as files:
        opened = [files.enter_context(safe_open(path, "pt")) for path in catalog.weight_files(folder)]
        written = {name: file for file in opened for name in file.keys()}  # noqa: SIM118  (it is no dict)
        for name, weight in own.items():
            layer, _, kind = name.replace(".base_layer.", ".").rpartition(".")
            filed = _name_in_file(tuned, f"{layer}.{kind}", weight)
            found = written[filed].get_tensor(filed) if filed in written else torch.empty(0)
            learned = layer in layers and kind == "weight"
            same = _nearest(layers[layer], found) if learned else torch.equal(found, weight.cpu())
            if not same or found.dtype != device.dtype_of(tuned.precision):
                raise StudioError("engine.export_differs", where=filed)
    return len(own)


def _name_in_file(tuned: Base, name: str, weight: torch.Tensor) -> str:
    """What a weight is called on disk, where transformers keeps the names that each kind of model first had."""
    from transformers.core_model_loading import revert_weight_conversion

    (found,) = revert_weight_conversion(tuned.model, {name: weight})
    return str(found)


def _nearest(layer: Any, found: torch.Tensor) -> bool:
    """Whether `found` is as near to W + scaling · B·A as its number format allows, in every place."""
    down, up = (part[generate.TUNED].weight.detach().cpu().double() for part in (layer.lora_A, layer.lora_B))
    scaling, rank = layer.scaling[generate.TUNED], down.shape[0]
    base = adapters.own_weight(layer).cpu().double()
    found = found.T if adapters.is_turned(layer) else found
    if found.shape != base.shape:
        return False
    wanted = base + scaling * (up @ down)
    error = (found.double() - wanted).abs_()
    # what the product's own rounding may add: a bound of |B|·|A| by the lengths of their rows and columns
    slack = scaling * rank * FLOAT_EPS * up.norm(dim=1)[:, None] * down.norm(dim=0)[None, :]
    return bool((error <= half_step(wanted, found.dtype) + slack).all())  # False where one is no number


def half_step(values: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Half the distance between two numbers of `dtype` around each value, and a thousandth for rounding twice."""
    steps = torch.exp2(torch.frexp(values).exponent.to(values.dtype)) * (torch.finfo(dtype).eps / 4)
    return steps.mul_(1.001).clamp_(min=torch.finfo(dtype).tiny)


def answers(tuned: Base, prompts: Sequence[tuple[int, ...]]) -> list[Answer]:
    """What the trained model says to each prompt, greedily."""
    said = generate.generate(tuned, prompts, [generate.TUNED] * len(prompts), Sampling(max_new_tokens=ANSWER_TOKENS))
    return [_answer(tuned, prompt, tuple(ids)) for prompt, ids in zip(prompts, said, strict=True)]


def same_answers(wanted: Sequence[Answer], written: Base) -> float:
    """The largest difference of a logit.

    Raises StudioError when the written model would go on otherwise after a token of which the trained one was sure:
    where two tokens are about as likely, the last bit of a weight decides, and neither is wrong.
    """
    worst = 0.0
    for one in wanted:
        found = _answer(written, one.prompt, one.said).logits
        worst = max(worst, float((one.logits - found).abs().max()))
        sure = torch.softmax(one.logits, dim=1).max(dim=1).values >= SURE
        agree = found.argmax(dim=1) == one.logits.argmax(dim=1)
        if not bool(torch.isfinite(found).all()) or not bool(agree[sure].all()):
            raise StudioError("engine.export_differs", where=written.tokenizer.decode(list(one.said)))
    return worst


def _answer(base: Base, prompt: tuple[int, ...], said: tuple[int, ...]) -> Answer:
    return Answer(prompt, said, logits(base, prompt + said, len(prompt) - 1))


def logits(base: Base, row: tuple[int, ...], start: int = 0) -> torch.Tensor:
    """Logits (tokens, vocabulary) of one row from `start` on, on the CPU, with the adapter if there is one."""
    with torch.inference_mode():
        states = hidden(base.model, torch.tensor([row], device=base.device))[0, start:]
        return head(base.model, states).cpu()
