"""A tiny model with random weights of every supported architecture."""

from __future__ import annotations

from typing import Any

import torch

from studio.engine.catalog import HEAD_OF

CAUSAL, SEQUENCE, SEQ2SEQ = (
    [kind for kind, head in HEAD_OF.items() if head == name] for name in ("causal", "sequence", "seq2seq")
)
SIZES = {
    "vocab_size": 512, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 1, "head_dim": 16, "max_position_embeddings": 128, "initializer_range": 0.1,
    "bos_token_id": None, "eos_token_id": 2, "pad_token_id": 0,
}  # fmt: skip
# Of a kind that keeps its keys and values as one thin vector.
THIN = {
    "dim_model_base": 8, "q_lora_rank": 16, "kv_lora_rank": 16, "qk_nope_head_dim": 16, "qk_rope_head_dim": 8,
    "v_head_dim": 16, "head_dim": 8, "num_key_value_heads": 2,
}  # fmt: skip
GPT2 = {"vocab_size": 512, "n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 128, "initializer_range": 0.1}


def tiny(kind: str) -> Any:
    """A causal model of model_type `kind`, in evaluation mode."""
    from transformers import AutoConfig, AutoModelForCausalLM

    sizes = GPT2 if kind == "gpt2" else SIZES
    if kind in ("phi3", "stablelm"):
        sizes = {name: value for name, value in sizes.items() if name != "head_dim"}
    if kind == "gpt_neox":  # whose heads all have keys of their own
        sizes = {name: value for name, value in sizes.items() if name not in ("head_dim", "num_key_value_heads")}
    torch.manual_seed(3)
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **sizes)).eval()
