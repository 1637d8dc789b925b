"""A small copy of a model's settings: every width, count and list of config.json cut down, what makes its kind kept.

Knows no weights and no kind by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN, HEADS, WIDTH, EXPERTS, CONTEXT, VOCABULARY = 64, 4, 16, 4, 256, 512
LAYERS = re.compile(r"(num_hidden_|num_decoder_|num_|encoder_|decoder_|n_)?layers?")
# What a whole number of that name becomes; the first that fits. A few stay in proportion to what they were.
SIZES: tuple[tuple[str, int], ...] = (
    (r".*vocab_size.*", VOCABULARY),
    (r"max_position_embeddings|n_positions|n_ctx|max_seq_len|seq_length|original_max_position_embeddings", CONTEXT),
    (r"(sliding|attention)_(window|chunk)(_size)?|index_topk", 64),
    (r"hidden_size|n_embd|d_model|n_embed|word_embed_proj_dim|embedding_size|.*_hidden_size", HIDDEN),
    (r"(num_attention_|encoder_attention_|decoder_attention_|n_|num_)heads?", HEADS),
    (r"(linear_num_(key|value)|index_n)_heads", 2),
    (r"qk_rope_head_dim", WIDTH // 2),
    (r"(global_)?head_dim|(qk_nope|v|linear_key|linear_value|index|mlp)_head_dim|d_kv", WIDTH),
    (r"q_lora_rank", 2 * WIDTH),
    (r".*_rank", WIDTH),
    (r".*(intermediate_size|ffn_dim|n_inner|ffn_hidden_size|d_ff|intermediate_dim).*|hidden_dim", 2 * HIDDEN),
    (r"num_experts|n_routed_experts|num_local_experts|moe_num_experts", EXPERTS),
    (r"num_experts_per_tok|moe_k|moe_topk|num_selected_experts|top_k_experts|experts_per_token", 2),
    (r"n_group|topk_group|n_shared_experts|moe_num_shared_experts|num_shared_expert|first_k_dense_replace", 1),
    (r"dim_model_base", HIDDEN // 2),
    (r"num_nextn_predict_layers|num_kv_shared_layers|mtp_num_hidden_layers", 0),
)


def shrunk(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a model of a few hundred thousand weights that is built as this one is."""
    layers = next((value for name, value in config.items() if LAYERS.fullmatch(name) and isinstance(value, int)), 2)
    kept = _kept(config.get("layer_types") or config.get("layers_block_type") or [""] * layers)
    small = {name: _small(name, value, config, layers, kept) for name, value in config.items()}
    if "qk_rope_head_dim" in small:  # of keys and values that are kept as one thin vector: what is turned has a width
        small["head_dim"] = small["qk_rope_head_dim"]
    return {**small, "eos_token_id": 2, "pad_token_id": 0, "bos_token_id": 1, "use_cache": True}


def _kept(types: list[str]) -> list[int]:
    """Two layers at least, and one of each type."""
    first = [types.index(one) for one in dict.fromkeys(types)]
    return sorted({*first, *range(len(types))[:2]} if len(first) < 2 else {*first})


def _small(name: str, value: Any, config: Mapping[str, Any], layers: int, kept: list[int]) -> Any:
    if isinstance(value, Mapping):
        return {inner: _small(inner, one, config, layers, kept) for inner, one in value.items()}
    if isinstance(value, list) and len(value) == layers and layers > 1:
        chosen = [value[place] for place in kept]
        return [_small(name, one, config, layers, kept) for one in chosen]
    if isinstance(value, list) and value and all(isinstance(one, int | float) for one in value):
        return _numbers(name, value)
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if LAYERS.fullmatch(name):
        return len(kept)
    if re.fullmatch(r"(num_key_value|num_kv|multi_query_group|num_global_key_value)_(heads|num)", name):
        return _fewer(value, config)
    return next((size for known, size in SIZES if re.fullmatch(known, name) and value), value)


def _fewer(heads: int, config: Mapping[str, Any]) -> int:
    """Heads with keys of their own: all, some or one, as there were."""
    asked = next((config[name] for name in ("num_attention_heads", "n_head") if config.get(name)), heads)
    return HEADS if heads == asked else min(heads, HEADS // 2)


def _numbers(name: str, value: list[Any]) -> list[Any]:
    """A list of numbers about a head's width, as that of rotary factors or sections."""
    if "section" in name:
        return [WIDTH // 2 - 2 * (WIDTH // 8), WIDTH // 8, WIDTH // 8]
    return value[: WIDTH // 2] if "factor" in name else value
