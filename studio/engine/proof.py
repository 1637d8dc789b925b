"""Whether a written model is the base with what was learned, weight by weight, and answers as the trained one.

Knows no job and no way of merging: it holds the files against the definition, W + scaling · B·A, in double precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open

from studio.engine import catalog, device, generate, methods, whole
from studio.engine.load import Base
from studio.errors import StudioError

SURE = 0.99  # a next token that likely is no matter of rounding
ANSWER_TOKENS = 64


@dataclass(frozen=True)
class Answer:
    """A prompt with the trained model's greedy answer, and the logits (answer, vocabulary) that led to each token; of a
    model without words those of its classes (1, classes)."""

    prompt: tuple[int, ...]
    said: tuple[int, ...]
    logits: torch.Tensor


def same_weights(tuned: Base, folder: Path) -> int:
    """Compares every weight in `folder` with those of the base and its adapter; returns how many tensors there are.

    A layer with an adapter must hold the nearest numbers of its format to W + scaling · B·A, a module that learned in
    full what it learned, everything else the base's own bits. One layer at a time, so a model of any size needs no
    second one in memory. Raises StudioError.
    """
    method = methods.room(tuned.method)
    changed = method.changed(tuned)
    own = {
        name: weight
        for name, weight in tuned.model.named_parameters()
        if not method.is_added(name) and not whole.is_beside(name)
    } | whole.weights(tuned)
    with ExitStack() as files:
        opened = [files.enter_context(safe_open(path, "pt")) for path in catalog.weight_files(folder)]
        written = {name: file for file in opened for name in file.keys()}  # noqa: SIM118  (it is no dict)
        for name, weight in own.items():
            layer, _, kind = name.replace(".base_layer.", ".").rpartition(".")
            holds = changed.get(f"{layer}.{kind}")
            for filed, wanted in _in_file(tuned, f"{layer}.{kind}", weight).items():
                found = written[filed].get_tensor(filed) if filed in written else torch.empty(0)
                is_whole = holds is not None and wanted.shape == weight.shape
                same = holds(found) if holds and is_whole else torch.equal(found, wanted.cpu().to(found.dtype))
                if not same or found.dtype != device.dtype_of(tuned.precision):
                    raise StudioError("engine.export_differs", where=filed)
    return len(own)


def _in_file(tuned: Base, name: str, weight: torch.Tensor) -> dict[str, torch.Tensor]:
    """A weight as it is on the disk, where transformers keeps the names that each kind of model first had, and each of
    a mixture's experts apart."""
    from transformers.core_model_loading import revert_weight_conversion

    found: dict[str, torch.Tensor] = revert_weight_conversion(tuned.model, {name: weight})
    return found


def answers(tuned: Base, prompts: Sequence[tuple[int, ...]]) -> list[Answer]:
    """What the trained model says to each prompt, greedily."""
    said = tuned.head.say(tuned, prompts, generate.TUNED, ANSWER_TOKENS)
    return [
        Answer(prompt, ids, tuned.head.replay(tuned, prompt, ids)) for prompt, ids in zip(prompts, said, strict=True)
    ]


def same_answers(wanted: Sequence[Answer], written: Base) -> float:
    """The largest difference of a logit.

    Raises StudioError when the written model would go on otherwise after a token of which the trained one was sure:
    where two tokens are about as likely, the last bit of a weight decides, and neither is wrong.
    """
    worst = 0.0
    for one in wanted:
        found = written.head.replay(written, one.prompt, one.said)
        worst = max(worst, float((one.logits - found).abs().max()))
        sure = torch.softmax(one.logits, dim=1).max(dim=1).values >= SURE
        agree = found.argmax(dim=1) == one.logits.argmax(dim=1)
        if not bool(torch.isfinite(found).all()) or not bool(agree[sure].all()):
            raise StudioError("engine.export_differs", where=written.tokenizer.decode(list(one.said)))
    return worst
