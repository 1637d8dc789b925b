"""Numbers that are none never pass for learning, wherever they come from."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from studio.config import Task
from studio.contract import never
from studio.engine import load
from studio.engine.train import train
from studio.errors import StudioError
from studio.events import Finished, Note, Started, Step
from studio.words import LANGS
from tests.engine.conftest import Jobs
from tests.engine.running import After, facts


def spoil(model: Path, name: str, value: float) -> None:
    weights = load_file(model / "model.safetensors")
    weights[name].view(-1)[3] = value
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize(
    "name", ["model.embed_tokens.weight", "model.layers.1.mlp.down_proj.weight", "model.norm.weight"]
)
def test_a_model_with_a_broken_weight_is_not_opened(model: Path, name: str, value: float) -> None:
    spoil(model, name, value)
    with pytest.raises(StudioError) as found:
        load.base(model, "none", "fp32")
    assert found.value.key == "engine.base_not_finite" and name in found.value.say("en")
    assert all(found.value.say(lang) for lang in LANGS)


def test_a_run_on_a_broken_model_says_so_and_tells_no_step(jobs: Jobs, model: Path) -> None:
    spoil(model, "model.norm.weight", float("nan"))
    job = Jobs(jobs.root, model).make("chat")
    with pytest.raises(StudioError) as found:
        train(job, never)
    assert found.value.key == "engine.base_not_finite"
    assert not facts(job, Step) and not facts(job, Finished) and not (job.run_dir / "adapter").exists()


@pytest.mark.parametrize("task", ["chat", "classify"])
def test_the_highest_rate_there_is_ends_in_words_or_in_numbers(jobs: Jobs, task: Task) -> None:
    """What is kept is finite, and so is every point of the curve."""
    job = jobs.make(task, epochs=6, learning_rate=0.1, method="full", rehearsal=0.0)
    try:
        train(job, never)
    except StudioError as error:
        assert error.key == "engine.diverged"
    assert all(torch.isfinite(torch.tensor(step.loss)) for step in facts(job, Step))
    for path in job.run_dir.rglob("*.safetensors"):
        assert all(bool(torch.isfinite(weight).all()) for weight in load_file(path).values()), path


def test_a_run_that_goes_on_from_an_older_checkpoint_says_so(jobs: Jobs) -> None:
    job = jobs.make("chat", epochs=8)
    train(job, After(7))
    newest = sorted((job.run_dir / "checkpoints").iterdir())[-1]
    (newest / "optimizer.safetensors").write_bytes(b"\0" * 1000)
    train(job, never)
    begins = facts(job, Started)[-1].step
    (said,) = [note for note in facts(job, Note) if note.key == "engine.older_checkpoint"]
    assert said.details == {"count": 1, "step": begins} and 0 < begins < 6
    train(job, never)
    assert len([note for note in facts(job, Note) if note.key == "engine.older_checkpoint"]) == 1  # once


def test_a_run_whose_output_nobody_reads_is_not_held_up(jobs: Jobs, capfd: pytest.CaptureFixture[str]) -> None:
    """It says next to nothing where a pipe would fill: its facts go to a file."""
    job = jobs.make("chat", epochs=2)
    train(job, never)
    assert len("".join(capfd.readouterr())) < 4096 and facts(job, Finished)
