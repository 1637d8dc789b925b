"""Noise blurs what is read while learning, by as much as was asked, and nothing else."""

from __future__ import annotations

import pytest
import torch

from studio.assets import STARTER_DIR
from studio.engine import load
from studio.engine.learner import Learner
from studio.engine.noise import noise
from studio.engine.train import learnable
from tests.engine.conftest import Jobs


@pytest.fixture(scope="module")
def starter() -> load.Base:
    return load.base(STARTER_DIR, "none", "fp32")


def test_every_token_is_blurred_by_up_to_the_strength_times_its_own_size(starter: load.Base) -> None:
    embedding = starter.model.get_input_embeddings()
    ids = torch.arange(300, 340)[None]
    clear = embedding(ids)
    torch.manual_seed(1)
    with noise(starter.model, 0.5):
        blurred = embedding(ids)
    size = clear.pow(2).mean(-1, keepdim=True).sqrt()
    share = ((blurred - clear) / size).abs()
    assert share.max() <= 0.5 + 1e-5
    assert share.mean().item() == pytest.approx(0.25, abs=0.01)


def test_outside_and_without_strength_everything_is_as_it_was(starter: load.Base) -> None:
    embedding = starter.model.get_input_embeddings()
    ids = torch.arange(300, 340)[None]
    clear = embedding(ids)
    with pytest.raises(ZeroDivisionError), noise(starter.model, 1.0):
        raise ZeroDivisionError
    assert torch.equal(embedding(ids), clear)
    with noise(starter.model, 0.0):
        assert torch.equal(embedding(ids), clear)


def test_a_step_with_noise_learns_something_else(jobs: Jobs) -> None:
    found = {}
    for strength in (0.0, 1.0):
        job = jobs.make("chat", f"run-{strength}", embedding_noise=strength)
        learner = Learner(load.base(job.model_dir, "none", "fp32"), learnable(job), job.config)
        found[strength] = learner.step(1, 1e-3)
    assert found[0.0].tokens == found[1.0].tokens
    assert found[0.0].loss != pytest.approx(found[1.0].loss, rel=1e-4)
