"""The add-on learns beside every architecture, merges into the same answers, and is never mixed up with another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from studio.config import RunConfig
from studio.engine import adapters, generate, methods
from studio.engine.batches import collate
from studio.engine.heads.causal import hidden
from studio.engine.load import Base
from studio.engine.loss import losses
from studio.engine.methods import lora
from studio.errors import StudioError
from tests.engine.architectures import CAUSAL, tiny
from tests.engine.conftest import make_tokenizer
from tests.engine.test_loss import ROWS

CONFIG = RunConfig.of({"task": "chat", "dataset": "d", "dataset_version": 1, "rank": 4, "alpha": 8})
IDS = torch.tensor([[10, 11, 12, 13, 14, 15]])


@pytest.fixture(params=CAUSAL)
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Base:
    """A tiny model of each architecture with a random adapter."""
    model = tiny(request.param).requires_grad_(False)
    model.save_pretrained(tmp_path)
    found = Base(model, make_tokenizer(), tmp_path, "fp32")
    found = methods.attach(found, CONFIG)
    adapters.put(found, {name: torch.randn_like(weight) / 4 for name, weight in adapters.weights(found).items()})
    found.model.eval()
    return found


def states(base: Base) -> torch.Tensor:
    with torch.no_grad():
        return hidden(base.model, IDS).clone()


def test_every_architecture_learns_in_every_adapter_and_nowhere_else(base: Base) -> None:
    base.model.train()
    losses(base, collate(ROWS, 0)).sum().backward()
    learned = adapters.parameters(base)
    assert learned and all("lora_" in name for name in learned)
    assert all(weight.grad is not None and bool(weight.grad.any()) for weight in learned.values())
    frozen = [weight for name, weight in base.model.named_parameters() if name not in learned]
    assert all(weight.grad is None for weight in frozen)


def test_the_base_lane_of_every_architecture_is_the_untouched_model(base: Base, request: pytest.FixtureRequest) -> None:
    kind = request.node.callspec.params["base"]
    with torch.no_grad():
        untouched = hidden(tiny(kind), IDS)
    with generate.lanes(base, [generate.BASE]):
        found = states(base)
    torch.testing.assert_close(found, untouched, rtol=1e-5, atol=1e-6)
    with generate.lanes(base, [generate.TUNED]):
        assert not torch.allclose(states(base), untouched, atol=1e-2)


def test_merging_gives_the_same_answers_for_every_architecture(base: Base) -> None:
    tuned = states(base)
    merged = lora.merge(base)
    torch.testing.assert_close(states(merged), tuned, rtol=1e-4, atol=1e-4)
    assert not [name for name, _ in merged.model.named_parameters() if "lora" in name]


@pytest.fixture
def one(tmp_path: Path) -> Base:
    folder = tmp_path / "secret" / "base"
    tiny("qwen3").save_pretrained(folder)
    return methods.attach(Base(tiny("qwen3"), make_tokenizer(), folder, "fp32"), CONFIG)


def test_a_fresh_adapter_changes_nothing(one: Base) -> None:
    with torch.no_grad():
        torch.testing.assert_close(states(one), hidden(tiny("qwen3"), IDS))


def test_an_adapter_of_another_rank_is_refused(one: Base, tmp_path: Path) -> None:
    other = methods.attach(Base(tiny("qwen3"), one.tokenizer, tmp_path, "fp32"), CONFIG.with_changes({"rank": 8}))
    for weights in (adapters.weights(other), dict(list(adapters.weights(one).items())[1:])):
        with pytest.raises(StudioError) as refusal:
            adapters.put(one, weights)
        assert refusal.value.key == "engine.adapter_does_not_fit"


def test_an_adapter_trained_on_other_weights_is_refused(one: Base, tmp_path: Path) -> None:
    adapters.save(one, adapters.weights(one), tmp_path / "adapter", step=3)
    other = tiny("qwen3")
    torch.nn.init.normal_(other.model.layers[1].mlp.down_proj.weight)  # the same shapes, one layer trained on
    other.save_pretrained(one.folder)
    fresh = Base(tiny("qwen3"), one.tokenizer, one.folder, "fp32")
    with pytest.raises(StudioError) as refusal:
        adapters.open_saved(fresh, tmp_path / "adapter", CONFIG)
    assert refusal.value.key == "engine.base_changed"


def test_a_saved_adapter_names_its_base_without_a_path(one: Base, tmp_path: Path) -> None:
    adapters.save(one, adapters.weights(one), tmp_path / "adapter", step=3)
    config = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == "base" and config["r"] == 4
    assert adapters.saved_step(tmp_path / "adapter") == 3


def test_weights_are_copies_that_further_learning_does_not_touch(one: Base) -> None:
    before = adapters.weights(one)
    with torch.no_grad():
        for weight in adapters.parameters(one).values():
            weight.add_(1)
    assert not any(torch.equal(before[name], weight) for name, weight in adapters.weights(one).items())
