"""Before the rows of a model that reads a text and writes another: words stand before what is read, as peft has it.

Knows no other head. They enter in hooks on the part that reads and the part that writes.
"""

from __future__ import annotations

from typing import Any

import torch

from studio.engine.load import Base
from studio.engine.methods.entering import Ahead, Call, seen, worded

COUNTED = ("bart",)  # kinds that learn a vector for each place; of the others only how far tokens are apart counts


def words(base: Base, ahead: Ahead) -> None:
    """What is written looks at the virtual tokens, too, for they were read."""

    def reading(_: Any, args: Any, call: Call) -> Any:
        ids, mask = call["input_ids"], call["attention_mask"]
        on = ahead.before(ids)
        if not bool(on.any()):
            return None
        grown = torch.cat([seen(mask, ahead.count, on), mask], dim=1)
        return args, {**call, "input_ids": None, "inputs_embeds": worded(base, ahead, ids), "attention_mask": grown}

    def writing(_: Any, args: Any, call: Call) -> Any:
        mask = call["encoder_attention_mask"]
        on = ahead.before(mask)
        if not bool(on.any()):
            return None
        return args, {**call, "encoder_attention_mask": torch.cat([seen(mask, ahead.count, on), mask], dim=1)}

    base.model.get_encoder().register_forward_pre_hook(reading, with_kwargs=True)
    base.model.get_decoder().register_forward_pre_hook(writing, with_kwargs=True)
    _count_from_the_row(base, ahead)


def _count_from_the_row(base: Base, ahead: Ahead) -> None:
    """Of a batch in which they stand before some rows only, the others' own first token is at the first place."""
    if base.model.config.model_type not in COUNTED:
        return

    def counted(table: Any, given: Any, output: torch.Tensor) -> Any:
        on = ahead.on
        if on is None or bool(on.all()) or not bool(on.any()):
            return None
        places = torch.arange(given[0].shape[1], device=output.device)
        earlier = (places - ahead.count).clamp(min=0) + table.offset
        without = torch.nn.functional.embedding(earlier, table.weight).expand(len(on), -1, -1)
        return torch.where(on[:, None, None], output, without)

    base.model.get_encoder().embed_positions.register_forward_hook(counted)


def keys(base: Base, ahead: Ahead) -> None:
    """Refused before (`Method.refuses`)."""
    raise NotImplementedError(base.model.config.model_type)


def drawn(base: Base, ids: torch.Tensor) -> Any:
    raise NotImplementedError(base.model.config.model_type)
