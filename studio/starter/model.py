"""The starter's shape: a small Qwen3, and how it is saved for anyone to open with plain transformers.

It knows nothing of text or training.
"""

import os
import shutil
from copy import deepcopy
from pathlib import Path

import torch
from transformers import GenerationConfig, PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from studio.starter.recipe import Shape

UNMET = 0.95  # cosine to the point where the embeddings of unmet tokens lie; those of met ones are well below
OWN = 0.6  # length of the direction of its own, about half the length of what all have in common


def new_model(shape: Shape, tokenizer: PreTrainedTokenizerFast, seed: int) -> Qwen3ForCausalLM:
    """A model with random weights, in fp32."""
    torch.manual_seed(seed)
    config = Qwen3Config(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.intermediate,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.key_value_heads,
        head_dim=shape.head_size,
        max_position_embeddings=shape.context,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    return Qwen3ForCausalLM(config)


def spread(model: Qwen3ForCausalLM, seed: int) -> int:
    """Makes the tokens that no text held distinguishable again; how many there were. Changes the model in place.

    Training pushes the embeddings of all tokens that it never meets to one point, away from everything that is said.
    There $ and 佟 are one and the same, and no adapter can teach the model to say either. Each gets a direction of its
    own beside that point, at which nothing that the model says is likelier or less likely than before.
    """
    table: torch.Tensor = model.model.embed_tokens.weight.detach()
    rows = table.float()
    lengths = rows.norm(dim=1)
    point = rows[lengths <= lengths.quantile(0.1)].mean(dim=0)
    away = point / point.norm()
    unmet = (rows / lengths[:, None]) @ away > UNMET
    own = torch.randn(rows.shape, generator=torch.Generator().manual_seed(seed))
    own -= (own @ away)[:, None] * away
    own *= OWN / own.norm(dim=1, keepdim=True)
    table[unmet] = (rows + own)[unmet].to(table.dtype)
    return int(unmet.sum())


def save_model(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """The model in bf16 with all that belongs to it, written beside the folder and then put in its place."""
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    ends = [tokenizer.eos_token_id, tokenizer.pad_token_id]
    half = deepcopy(model).bfloat16()
    half.generation_config = GenerationConfig(eos_token_id=ends, pad_token_id=ends[1], do_sample=False)
    half.save_pretrained(beside)
    (beside / "model.safetensors").chmod(0o644)  # the library writes it for its owner only
    tokenizer.save_pretrained(beside)
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(beside, folder)
