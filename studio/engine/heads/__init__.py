"""How a model ends: which class of transformers opens it, and what makes words of its states. One room a kind of head.

Knows no task and no method.
"""

from __future__ import annotations

from typing import Any, Protocol

import torch

from studio.engine import catalog
from studio.engine.heads import causal


class Head(Protocol):
    """What a head's module holds. `task_type`: what peft calls such a model."""

    task_type: str

    def auto(self) -> Any:
        """The class of transformers whose `from_pretrained` opens such a model."""
        ...

    def hidden(self, model: Any, ids: torch.Tensor, **inputs: torch.Tensor) -> torch.Tensor:
        """The last layer's output (rows, tokens, hidden)."""
        ...

    def logits(self, model: Any, states: torch.Tensor) -> torch.Tensor:
        """Scores (n, vocabulary) in float32 for states (n, hidden), as the model's own forward would give them."""
        ...


# By the name that `catalog.HEAD_OF` gives to a model's kind.
HEADS: dict[str, Head] = {"causal": causal}


def head(kind: str) -> Head:
    """The head of a kind of model, a `model_type` that the catalogue has checked."""
    return HEADS[catalog.HEAD_OF[kind]]
