"""Of the highest block of BERT and its kin the first token alone is made; what is learned is that of the whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from studio.engine.heads import first, sequence
from tests.engine import encoders

LABELS = ("好评", "差评", "中评")


@pytest.fixture(params=first.KINDS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return encoders.save(tmp_path / "base", encoders.classified(request.param, LABELS))


def opened(folder: Path) -> Any:
    """As the studio opens it."""
    options = {"quantization_config": None, "local_files_only": True}
    return sequence.open(folder, LABELS, **options).model.eval()


def whole(folder: Path) -> Any:
    """As transformers does."""
    from transformers import AutoModelForSequenceClassification

    return AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True).eval()


def scores(model: Any, padded: bool) -> torch.Tensor:
    """Of four texts, two of them shorter where they are padded."""
    torch.manual_seed(1)
    ids = torch.randint(5, 90, (4, 13))
    mask = torch.ones_like(ids)
    if padded:
        mask[0, 5:] = mask[2, 9:] = 0
    found: torch.Tensor = model(input_ids=ids, attention_mask=mask).logits
    return found


def gradients(model: Any) -> dict[str, torch.Tensor]:
    torch.nn.functional.cross_entropy(scores(model, padded=True), torch.tensor([0, 1, 2, 1])).backward()
    return {name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None}


@pytest.mark.parametrize("padded", [True, False])
def test_scores_are_those_of_the_whole_block(folder: Path, padded: bool) -> None:
    torch.testing.assert_close(scores(opened(folder), padded), scores(whole(folder), padded), rtol=1e-4, atol=1e-5)


def test_every_weight_gets_the_gradient_that_it_would_have_had(folder: Path) -> None:
    found, wanted = gradients(opened(folder)), gradients(whole(folder))
    assert found.keys() == wanted.keys()
    for name, gradient in wanted.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-3, atol=1e-6, msg=name)


def test_what_is_added_to_a_key_or_a_value_is_looked_at_token_by_token(folder: Path) -> None:
    models = opened(folder), whole(folder)
    for model in models:
        own = model.base_model.encoder.layer[-1].attention.self
        for layer in (own.key, own.value):
            layer.register_forward_hook(lambda _, given, made: made + given[0].sum(dim=-1, keepdim=True) ** 2)
    torch.testing.assert_close(*(scores(model, padded=True) for model in models), rtol=1e-4, atol=1e-5)


def test_answers_are_the_same_to_the_last_bit_whether_or_not_something_is_switched_beside_it(folder: Path) -> None:
    models = opened(folder), opened(folder)
    for layer in models[0].modules():
        layer.register_forward_hook(lambda *_: None)
    with torch.inference_mode():
        assert torch.equal(*(scores(model, padded=True) for model in models))


def test_no_other_token_of_the_highest_block_is_made(folder: Path) -> None:
    seen: list[tuple[int, ...]] = []
    model = opened(folder)
    model.base_model.encoder.layer[-1].register_forward_hook(lambda _, __, made: seen.append(tuple(made.shape)))
    scores(model, padded=False)
    assert seen == [(4, 1, 32)]
