"""How large a model is, from its config.json: names differ from kind to kind, what they mean does not.

Knows no file and no weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.errors import StudioError

# Of kinds that count how far tokens lie apart, and so need no table of places: as many as they learned from at once.
RELATIVE = {"bloom": 2048, "mt5": 512, "t5": 512, "umt5": 512}


@dataclass(frozen=True)
class Shape:
    """The sizes of a model, whatever names its architecture gives them in config.json."""

    hidden: int
    layers: int
    vocabulary: int
    context: int  # tokens
    answering: int  # of the layers, those that say something: of a model that reads and writes apart those that write

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Shape:
        """Raises StudioError when a size is missing or no positive number."""
        known = RELATIVE.get(config.get("model_type", ""))
        config = {**({"n_positions": known} if known else {}), **config}

        def size(*names: str) -> int:
            value = next((config[name] for name in names if config.get(name) is not None), None)
            if not isinstance(value, int) or value < 1:
                raise StudioError("engine.damaged", file="config.json")
            return value

        return cls(
            size("hidden_size", "n_embd", "dim", "d_model"),
            sum(blocks(config)) or size("num_hidden_layers", "n_layer", "n_layers"),
            size("vocab_size"),
            size("max_position_embeddings", "n_positions") - _taken(config),
            blocks(config)[1] or size("num_hidden_layers", "n_layer", "n_layers"),
        )


def blocks(config: Mapping[str, Any]) -> tuple[int, int]:
    """Of a model that reads and writes apart: its blocks that read, and those that write."""
    read = config.get("encoder_layers") or config.get("num_layers") or 0
    return int(read), int(config.get("decoder_layers") or config.get("num_decoder_layers") or read)


def _taken(config: Mapping[str, Any]) -> int:
    """Places of a model's table of positions that no token gets: RoBERTa and its kin count from the one after the
    padding's."""
    counts_from_padding = ("camembert", "mpnet", "roberta", "xlm-roberta")
    return max(config.get("pad_token_id") or 1, 1) + 1 if config.get("model_type") in counts_from_padding else 0


def parameters(config: Mapping[str, Any], words: bool = True) -> int:
    """The number of weights that the shapes imply, without norms and biases (well under 1 % of a model).

    `words`: of one that says something, for which it needs a table of words, unless it is the one by which it reads.
    """
    shape, kind = Shape.of(config), config.get("model_type")
    named = ("num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads")
    heads = next((config[name] for name in named if config.get(name)), 1)
    width = config.get("head_dim") or config.get("d_kv") or shape.hidden // heads
    key_heads = config.get("num_key_value_heads") or heads
    sizes = ("intermediate_size", "hidden_dim", "d_ff", "encoder_ffn_dim")
    inner = next((config[name] for name in sizes if config.get(name)), 4 * shape.hidden)
    plain = kind in ("bart", "gpt2", "gpt_neox") or (not words and kind != "modernbert")
    gates = 2 if plain or config.get("feed_forward_proj") == "relu" else 3
    attention = 2 * shape.hidden * width * (heads + key_heads)
    tied = not words or config.get("tie_word_embeddings", kind in ("bart", "gpt2", "gemma", "gemma2", "t5"))
    tables = (1 if tied else 2) * shape.vocabulary * (config.get("embedding_size") or shape.hidden)
    layers = config.get("num_hidden_groups") or shape.layers  # ALBERT has few, each gone through several times
    counts = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")
    experts = next((config[name] for name in counts if isinstance(config.get(name), int)), 0)
    if experts:  # of a mixture; those few layers that are none of one are counted as if they were
        shared = config.get("shared_expert_intermediate_size") or 0
        inner = experts * (config.get("moe_intermediate_size") or inner) + shared
    between = attention * blocks(config)[1]  # each block that writes looks at what was read, too
    return int(layers * (attention + gates * shape.hidden * inner) + between + tables)
