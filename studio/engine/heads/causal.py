"""A model that goes on with a text: each state says what the next token is.

Knows no other head.
"""

from __future__ import annotations

from typing import Any

import torch

task_type = "CAUSAL_LM"


def auto() -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM


def hidden(model: Any, ids: torch.Tensor, **inputs: torch.Tensor) -> torch.Tensor:
    """Without its head, of a transformers causal model."""
    # use_cache=False is not for speed alone: with a cache, transformers would build no mask for right-padded rows
    output: torch.Tensor = model.base_model(input_ids=ids, use_cache=False, **inputs).last_hidden_state
    return output


def logits(model: Any, states: torch.Tensor) -> torch.Tensor:
    scores: torch.Tensor = model.get_output_embeddings()(states).float()
    softcap = getattr(model.config, "final_logit_softcapping", None)
    return torch.tanh(scores / softcap) * softcap if softcap else scores
