"""How a model looks back over a short row where its numbers are bf16 and a CPU computes: written out.

Knows no model by name and no adapter. torch's fused kernel for CPUs is made for long rows: of forty tokens in bf16 it
takes four times as long, there and back, as the four products that it stands for.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

NAME = "short_rows"
ELSE = ("position_bias", "softcap", "s_aux")  # what some kinds ask for that is not written out here
SHORT = 96  # tokens; from about 200 on the fused kernel is the faster one, and what is kept for the way back grows


def prepare(model: Any) -> None:
    """Lets a model look back in this way where it would do so by torch's fused kernel, on a CPU and in bf16."""
    if model.config._attn_implementation != "sdpa" or model.device.type != "cpu" or model.dtype != torch.bfloat16:
        return
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    model.set_attn_implementation(NAME)


def attend(
    module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, seen: torch.Tensor | None, **how: Any
) -> tuple[torch.Tensor, None]:
    """As transformers' own functions of this kind: (rows, heads, tokens, width) in, (rows, tokens, heads, width) out;
    `seen` (rows, 1, tokens, tokens) is True where a token may be looked at."""
    from transformers.integrations.sdpa_attention import repeat_kv, sdpa_attention_forward

    if not _short(query, key, seen) or any(how.get(name) is not None for name in ELSE) or how.get("dropout"):
        made: tuple[torch.Tensor, None] = sdpa_attention_forward(module, query, key, value, seen, **how)
        return made
    times = query.shape[1] // key.shape[1]
    key, value = repeat_kv(key, times), repeat_kv(value, times)
    alike = query @ key.transpose(2, 3) * (how.get("scaling") or query.shape[-1] ** -0.5)
    causal = how["is_causal"] if how.get("is_causal") is not None else getattr(module, "is_causal", True)
    if seen is None and causal:
        seen = torch.ones(query.shape[2], key.shape[2], dtype=torch.bool).tril()
    if seen is not None:
        alike = alike.masked_fill(~seen, torch.finfo(alike.dtype).min)
    shares = functional.softmax(alike, dim=-1, dtype=torch.float32).to(value.dtype)
    return (shares @ value).transpose(1, 2).contiguous(), None


def _short(query: torch.Tensor, key: torch.Tensor, seen: torch.Tensor | None) -> bool:
    """Whether the row is short and more than the one token that is written next."""
    fits = 1 < query.shape[2] <= SHORT and key.shape[2] <= SHORT
    return fits and (query.shape[2] == key.shape[2] if seen is None else seen.dtype == torch.bool)
