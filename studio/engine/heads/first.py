"""BERT and its nearest kin read a text's class from its first token: of their highest block no other token is made.

Knows no task and no class. Scores and gradients are those of the whole block (tested): what the other tokens would have
become there, nobody looks at. That block then takes a quarter of its time, or next to none.
"""

from __future__ import annotations

from types import MethodType
from typing import Any

import torch
from torch.nn import functional

from studio.engine.heads import Gathered, stack

# Kinds whose blocks are those of BERT, and whose head reads the first token alone.
KINDS = ("bert", "camembert", "electra", "ernie", "roberta", "xlm-roberta")


def prepare(model: Any) -> None:
    """Lets the highest block make nothing but the first token, where nothing else is read."""
    if _is_one(model):
        attention: Any = stack(model.base_model, model.config.num_hidden_layers)[-1].attention
        attention.forward = MethodType(_attend, attention)


def gathered(model: Any) -> Gathered | None:
    """What hands on what all blocks together make of the first token; none where the head reads more."""
    return Gathered(dict(model.base_model.named_children()).get("pooler")) if _is_one(model) else None


def _is_one(model: Any) -> bool:
    return model.config.model_type in KINDS and model.config.num_hidden_layers > 0


def _attend(
    attention: Any, hidden_states: torch.Tensor, attention_mask: torch.Tensor | None = None, **_: Any
) -> tuple[torch.Tensor, None]:
    """As the attention of such a block, for the first token alone: (rows, tokens, width) in, (rows, 1, width) out; the
    mask (rows, 1, tokens, tokens) says, or adds, what each token may look at."""
    own, first = attention.self, hidden_states[:, :1]
    seen = None if attention_mask is None else attention_mask[:, :, :1]
    query = own.query(first).unflatten(-1, (own.num_attention_heads, -1)).transpose(1, 2)
    looks = (
        _through_the_question if torch.is_grad_enabled() and _plain(own.key) and _plain(own.value) else _token_by_token
    )
    found = looks(own, query, hidden_states, seen)
    return attention.output(found.transpose(1, 2).flatten(2), first), None


def _plain(layer: torch.nn.Module) -> bool:
    """Whether what a layer makes is its weight times what it reads: nothing is added beside it, or on its way."""
    return type(layer) is torch.nn.Linear and not layer._forward_hooks and not layer._forward_pre_hooks


def _token_by_token(own: Any, query: torch.Tensor, states: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
    """Each token's key and value: (rows, heads, 1, width of a head)."""
    key, value = (
        layer(states).unflatten(-1, (own.num_attention_heads, -1)).transpose(1, 2) for layer in (own.key, own.value)
    )
    return functional.scaled_dot_product_attention(query, key, value, seen, own.dropout.p if own.training else 0.0)


def _through_the_question(
    own: Any, query: torch.Tensor, states: torch.Tensor, seen: torch.Tensor | None
) -> torch.Tensor:
    """The same without any token's key and value, as there is one question: q · (K x) is (q K) · x, and the mean of all
    V x is V times the mean of all x. It rounds otherwise, so only steps go this way, and no answer depends on what
    is switched beside it."""
    (key, key_bias), (value, value_bias) = (
        tuple(one.unflatten(0, (own.num_attention_heads, -1)) for one in (layer.weight, layer.bias))
        for layer in (own.key, own.value)
    )
    query = query.squeeze(2) * own.scaling
    alike = torch.einsum("nhd,hdw->nhw", query, key) @ states.transpose(1, 2)
    alike = alike + (query * key_bias).sum(dim=-1, keepdim=True)
    if seen is not None:
        alike = alike.masked_fill(~seen[:, :, 0], -torch.inf) if seen.dtype == torch.bool else alike + seen[:, :, 0]
    shares = functional.dropout(alike.softmax(dim=-1), own.dropout.p, own.training)
    found = torch.einsum("nhw,hdw->nhd", shares @ states, value) + shares.sum(dim=-1, keepdim=True) * value_bias
    return found.unsqueeze(2)
