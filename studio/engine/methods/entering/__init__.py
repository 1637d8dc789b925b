"""How virtual tokens come to stand before a row: one room a kind of head, for each reads in its own way.

Knows no method and not what the tokens are made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

import torch

if TYPE_CHECKING:
    from studio.engine.load import Base

Call = dict[str, Any]  # the named arguments with which a part of a model is called
# By what peft calls a model of such a head.
ROOMS: Mapping[str, str] = {
    "CAUSAL_LM": f"{__name__}.causal", "SEQ_CLS": f"{__name__}.sequence", "SEQ_2_SEQ_LM": f"{__name__}.seq2seq",
}  # fmt: skip


class Ahead(torch.nn.Module):
    """What makes the states (tokens, width) of the virtual tokens; once `finished`, they stand as they were saved.

    `on` (rows,) says before which rows of a batch they stand; None: before all.
    """

    def __init__(self, encoder: torch.nn.Module, count: int) -> None:
        super().__init__()
        self.encoder, self.count = encoder, count
        self.finished: torch.Tensor | None = None
        self.on: torch.Tensor | None = None

    def states(self) -> torch.Tensor:
        if self.finished is not None:
            return self.finished
        made: torch.Tensor = self.encoder(torch.arange(self.count, device=next(self.encoder.parameters()).device))
        return made

    def before(self, ids: torch.Tensor) -> torch.Tensor:
        """Which rows (rows,) of these they stand before."""
        return torch.ones(len(ids), dtype=torch.bool, device=ids.device) if self.on is None else self.on


class Room(Protocol):
    """What a head's module holds. A batch before none of whose rows they stand is read as if they were not there."""

    def words(self, base: Base, ahead: Ahead) -> None:
        """From now on they are read as embeddings of words before a row's own."""
        ...

    def keys(self, base: Base, ahead: Ahead) -> None:
        """From now on every layer finds keys and values of theirs beside those of a row."""
        ...

    def drawn(self, base: Base, ids: torch.Tensor) -> Any:
        """The layers of a cache, each with `keys` and `values` (1, heads, tokens, width), of ids (1, tokens)."""
        ...


def room(base: Base) -> Room:
    """The functions for a model's head."""
    return cast("Room", import_module(ROOMS[base.head.task_type]))


def seen(mask: torch.Tensor, count: int, on: torch.Tensor) -> torch.Tensor:
    """The columns of a mask by which rows `on` see the virtual tokens: (rows, count) of ones and zeros beside such a
    mask, (rows, 1, tokens, count) of numbers to be added beside one of these."""
    if mask.dim() == 2:
        return on[:, None].expand(-1, count).to(mask.dtype)
    columns = torch.zeros(*mask.shape[:3], count, dtype=mask.dtype, device=mask.device)
    return columns.masked_fill(~on[:, None, None, None], torch.finfo(mask.dtype).min)


def worded(base: Base, ahead: Ahead, ids: torch.Tensor) -> torch.Tensor:
    """The virtual tokens' states before the embeddings of ids (rows, tokens): (rows, count + tokens, width)."""
    words = base.model.get_input_embeddings()(ids)
    return torch.cat([ahead.states().to(words.dtype).expand(len(words), -1, -1), words], dim=1)


def by_layer(states: torch.Tensor, layers: int, heads: int, rows: int) -> torch.Tensor:
    """Keys and values (layers, 2, rows, heads, tokens, width) of states (tokens, layers · 2 · heads · width)."""
    parts = states.view(len(states), layers, 2, heads, -1).permute(1, 2, 3, 0, 4)
    return parts[:, :, None].expand(-1, -1, rows, -1, -1, -1)
