"""Short rows in bf16 on the CPU: looked back over by what is written out, with the numbers of torch's own kernel."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch.nn import functional

from studio.engine import attention
from tests.engine.architectures import CAUSAL, tiny

ROWS, HEADS, WIDTH = 3, 4, 16


def made(tokens: int, heads: int = HEADS, seed: int = 0) -> torch.Tensor:
    drawn = torch.randn(ROWS, heads, tokens, WIDTH, generator=torch.Generator().manual_seed(seed))
    return drawn.bfloat16().requires_grad_()


def padded(tokens: int) -> torch.Tensor:
    """Rows that begin later than each other, each token looking back only: (rows, 1, tokens, tokens)."""
    there = torch.arange(tokens)[None] >= torch.arange(ROWS)[:, None]
    seen = there[:, None, None, :] & torch.ones(tokens, tokens, dtype=torch.bool).tril()
    return seen | torch.eye(tokens, dtype=torch.bool)  # what lies before a row looks at itself


@pytest.mark.parametrize("keys", [HEADS, 2], ids=["a head each", "heads that share keys"])
@pytest.mark.parametrize(("mask", "causal"), [("padded", True), (None, True), (None, False)], ids=str)
def test_result_and_gradients_are_those_of_plain_attention(keys: int, mask: str | None, causal: bool) -> None:
    query, key, value = made(20), made(20, keys, 1), made(20, keys, 2)
    seen = padded(20) if mask else None
    found, _ = attention.attend(SimpleNamespace(is_causal=causal), query, key, value, seen)
    exact = [part.detach().double().requires_grad_() for part in (query, key, value)]
    wanted = functional.scaled_dot_product_attention(
        *exact, attn_mask=seen, is_causal=causal and seen is None, enable_gqa=True
    )
    weights = torch.randn(wanted.shape, generator=torch.Generator().manual_seed(4))
    (wanted * weights).sum().backward()
    (found.transpose(1, 2) * weights.bfloat16()).sum().backward()
    assert near(found.transpose(1, 2), wanted)
    assert all(near(part.grad, one.grad) for part, one in zip((query, key, value), exact, strict=True))


def near(found: Any, wanted: Any) -> bool:
    return float((found.double() - wanted).norm()) < 0.01 * float(wanted.norm())


@pytest.mark.parametrize("tokens", [attention.SHORT + 1, 1])
def test_long_rows_and_a_single_next_token_are_left_to_the_fused_kernel(tokens: int) -> None:
    query, rows = made(tokens), made(attention.SHORT + 1, seed=1)
    module = SimpleNamespace(is_causal=False)
    found, _ = attention.attend(module, query, rows, rows, None)
    assert torch.equal(found.transpose(1, 2), functional.scaled_dot_product_attention(query, rows, rows))


@pytest.mark.parametrize("kind", CAUSAL)
def test_every_architecture_reads_a_padded_batch_as_before(kind: str) -> None:
    model = tiny(kind).bfloat16()
    ids = torch.randint(3, 500, (ROWS, 12), generator=torch.Generator().manual_seed(7))
    mask = (torch.arange(12)[None] >= torch.arange(ROWS)[:, None]).long()
    with torch.inference_mode():
        before = model(input_ids=ids, attention_mask=mask).logits[mask.bool()]
        attention.prepare(model)
        after = model(input_ids=ids, attention_mask=mask).logits[mask.bool()]
    assert float((after - before).float().norm()) < 0.03 * float(before.float().norm())


def test_only_a_model_in_bf16_that_would_take_the_fused_kernel_is_changed() -> None:
    changed, exact = tiny("qwen3").bfloat16(), tiny("qwen3")
    for model in (changed, exact):
        attention.prepare(model)
    assert [model.config._attn_implementation for model in (changed, exact)] == [attention.NAME, "sdpa"]
