"""MiniCPM3's head: its states are divided by a number of its settings. And a tiny model that ends with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from studio.engine.catalog import HEAD_OF
from studio.engine.heads import causal
from studio.engine.heads.causal import *  # noqa: F403  (all else as there)
from studio.heads import HEADS, Head
from tests.engine.architectures import SIZES, THIN
from tests.engine.conftest import make_tokenizer


def logits(model: Any, states: torch.Tensor) -> torch.Tensor:
    return causal.logits(model, states / (model.config.hidden_size / model.config.dim_model_base))


HEAD_OF["minicpm3"] = "scaled"
HEADS["scaled"] = Head(__name__)


def make(folder: Path) -> Path:
    """A tiny MiniCPM3 with random weights, as a hub would give it."""
    from transformers import MiniCPM3Config, MiniCPM3ForCausalLM

    tokenizer = make_tokenizer()
    ends = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    torch.manual_seed(3)
    MiniCPM3ForCausalLM(MiniCPM3Config(**{**SIZES, **ends, **THIN})).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
