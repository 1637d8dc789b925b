"""The loss of the learned tokens, computed for these alone: the head never sees a prompt or a padding token.

Knows no optimizer and no adapter. Equal to transformers' own loss with labels of -100 elsewhere (tested).
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from studio.engine.batches import Batch


def hidden(model: Any, ids: torch.Tensor, **inputs: torch.Tensor) -> torch.Tensor:
    """The last layer's output (rows, tokens, hidden) of a transformers causal model, without its head."""
    # use_cache=False is not for speed alone: with a cache, transformers would build no mask for right-padded rows
    output: torch.Tensor = model.base_model(input_ids=ids, use_cache=False, **inputs).last_hidden_state
    return output


def head(model: Any, states: torch.Tensor) -> torch.Tensor:
    """Logits (n, vocabulary) in float32 for states (n, hidden), as the model's own forward would give them."""
    logits: torch.Tensor = model.get_output_embeddings()(states).float()
    softcap = getattr(model.config, "final_logit_softcapping", None)
    return torch.tanh(logits / softcap) * softcap if softcap else logits


def loss_sum(model: Any, batch: Batch) -> torch.Tensor:
    """The sum of the negative log-likelihoods, in nats, of the batch's learned tokens."""
    states = hidden(model, batch.ids).flatten(0, 1)[batch.scored]
    return functional.cross_entropy(head(model, states), batch.targets, reduction="sum")
