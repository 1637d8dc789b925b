"""What saves memory changes nothing that is learned: parts of a step, and what is computed twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from studio.contract import Job, never
from studio.engine.checkpoint import fingerprint
from studio.engine.train import train
from studio.events import Note
from tests.engine import encoders, pairs
from tests.engine.conftest import Jobs
from tests.engine.running import facts, losses
from tests.engine.test_ways import WAYS

pytestmark = pytest.mark.usefixtures("patient")


SAVINGS: dict[str, dict[str, Any]] = {"parts": {"micro_batch": 1}, "twice": {"checkpointing": True}}
PAIRS = [(way, saves) for way in WAYS for saves in SAVINGS if (way, saves) != ("prefix", "twice")]


@pytest.fixture(scope="module")
def plain_of(model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Job]:
    """The run of a way that saves nothing, once."""
    jobs = Jobs(tmp_path_factory.mktemp("plain"), model_dir)

    @cache
    def trained(way: str) -> Job:
        made = jobs.make("chat", way.replace(" ", "-"), epochs=2, **WAYS[way])
        train(made, never)
        return made

    return trained


@pytest.mark.parametrize(("way", "saves"), PAIRS)
def test_whatever_saves_memory_the_same_is_learned(
    jobs: Jobs, plain_of: Callable[[str], Job], way: str, saves: str
) -> None:
    plain, thrifty = plain_of(way), jobs.make("chat", epochs=2, **WAYS[way], **SAVINGS[saves])
    train(thrifty, never)
    for ours, theirs in zip(losses(thrifty).values(), losses(plain).values(), strict=True):
        assert ours[:2] == pytest.approx(theirs[:2], rel=2e-3)


def test_a_memory_that_runs_full_on_the_way_is_gone_on_with_row_by_row(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, full = jobs.make("chat", "run-a", epochs=3), jobs.make("chat", "run-b", epochs=3)
    train(plain, never)
    embedded = torch.nn.functional.embedding

    def for_few(ids: torch.Tensor, *rest: Any, **more: Any) -> torch.Tensor:
        if torch.is_grad_enabled() and len(ids) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return embedded(ids, *rest, **more)

    monkeypatch.setattr(torch.nn.functional, "embedding", for_few)
    train(full, never)
    assert [note.key for note in facts(full, Note)] == ["fitting.on_the_way"]
    for ours, theirs in zip(losses(full).values(), losses(plain).values(), strict=True):
        assert ours[:2] == pytest.approx(theirs[:2], rel=2e-3)


def test_what_saves_memory_does_not_make_it_another_run(jobs: Jobs) -> None:
    plain, thrifty = (jobs.make("chat", "run-a", **more) for more in ({}, {"micro_batch": 2, "checkpointing": True}))
    assert fingerprint(plain) == fingerprint(thrifty)


HEADS: dict[str, Callable[[Path], Any]] = {
    "sequence": lambda folder: encoders.save(folder, encoders.masked("bert")),
    "seq2seq": lambda folder: pairs.save(folder, "t5"),
}


@pytest.mark.parametrize("head", HEADS)
def test_what_is_computed_again_is_the_same_below_every_head(tmp_path: Path, head: str) -> None:
    """Dropout draws again what it drew."""
    HEADS[head](tmp_path / "base")
    jobs = Jobs(tmp_path, tmp_path / "base")
    plain, thrifty = (
        jobs.make("classify", run, epochs=2, **more) for run, more in (("run-a", {}), ("run-b", SAVINGS["twice"]))
    )
    for one in (plain, thrifty):
        train(one, never)
    for ours, theirs in zip(losses(thrifty).values(), losses(plain).values(), strict=True):
        assert ours[:2] == pytest.approx(theirs[:2], rel=1e-4)
