"""Noise on what a model reads while it learns, so that it goes by the sense of a question and not by its letters.

Knows no row and no loss. After NEFTune (Jain et al. 2023, arXiv 2310.05914), but measured against each token's own
embedding instead of the length of the row, so that one strength means the same for every model and every batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def noise(model: Any, strength: float) -> Iterator[None]:
    """Inside, uniform noise of up to `strength` times its root mean square is added to every token's embedding."""

    def blur(_: torch.nn.Module, __: Any, states: torch.Tensor) -> torch.Tensor:
        size = states.detach().float().pow(2).mean(-1, keepdim=True).sqrt() * strength
        return states + (size * torch.empty_like(size.expand_as(states)).uniform_(-1, 1)).to(states.dtype)

    if not strength:
        yield
        return
    hook = model.get_input_embeddings().register_forward_hook(blur)
    try:
        yield
    finally:
        hook.remove()
