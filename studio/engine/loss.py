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
    scores: torch.Tensor = model.get_output_embeddings()(states).float()
    softcap = getattr(model.config, "final_logit_softcapping", None)
    return torch.tanh(scores / softcap) * softcap if softcap else scores


def losses(model: Any, batch: Batch) -> torch.Tensor:
    """The negative log-likelihood (n,), in nats, of each of the batch's learned tokens, row after row."""
    return functional.cross_entropy(logits(model, batch), batch.targets, reduction="none")


def logits(model: Any, batch: Batch) -> torch.Tensor:
    """Logits (n, vocabulary) for each of the batch's learned tokens, row after row."""
    return head(model, hidden(model, batch.ids).flatten(0, 1)[batch.scored])
