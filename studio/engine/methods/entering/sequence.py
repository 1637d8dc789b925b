"""Before the texts that a model puts into classes: as words before the first of the text, as peft puts them.

Knows no other head. The head reads the first place, so it is a virtual token that gathers what the text says. Rows with
and without them never stand side by side: such a model does not talk.
"""

from __future__ import annotations

from typing import Any

import torch

from studio.engine.load import Base
from studio.engine.methods.entering import Ahead, Call, seen, worded


def words(base: Base, ahead: Ahead) -> None:
    def before(_: Any, args: Any, call: Call) -> Any:
        ids, mask = call["input_ids"], call["attention_mask"]
        on = ahead.before(ids)
        if not bool(on.any()):
            return None
        assert bool(on.all()), "all of a batch, or none"
        rest = {name: value for name, value in call.items() if name != "input_ids"}
        grown = torch.cat([seen(mask, ahead.count, on), mask], dim=1)
        return args, {**rest, "inputs_embeds": worded(base, ahead, ids), "attention_mask": grown}

    base.model.register_forward_pre_hook(before, with_kwargs=True)


def keys(base: Base, ahead: Ahead) -> None:
    """Refused before (`Method.refuses`)."""
    raise NotImplementedError(base.model.config.model_type)


def drawn(base: Base, ids: torch.Tensor) -> Any:
    raise NotImplementedError(base.model.config.model_type)
