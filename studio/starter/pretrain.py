"""Pretraining: packed batches, Muon for the layers' matrices and AdamW for the rest; the rates warm up, hold and fall.

It knows neither what the text says nor how the model will be scored.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional
from transformers import PreTrainedTokenizerFast, Qwen3ForCausalLM

from studio.starter.batches import IGNORED, Batch, pack
from studio.starter.corpus import MANY, TALK, stream
from studio.starter.recipe import Recipe

_Loss = Callable[[Qwen3ForCausalLM, Batch], torch.Tensor]


@dataclass
class _Progress:
    """How far the run is, from 0 to 1: by its steps, or by the clock where the recipe sets minutes."""

    recipe: Recipe
    step: int = 0
    seconds: float = 0.0  # spent before this process
    answers_from: int | None = None  # the step from which on only answers are learned
    many_from: int | None = None  # the step from which on a document holds many questions or reviews
    talk_from: int | None = None  # the step from which on most documents are questions and answers
    began: float = field(default_factory=time.monotonic)

    def elapsed(self) -> float:
        return self.seconds + time.monotonic() - self.began

    def phase(self, step: int) -> int:
        """What a step learns: 0 every token, 1 answers, 2 many answers in longer rows, 3 mostly talk."""
        starts = (self.answers_from, self.many_from, self.talk_from)
        return sum(start is not None and step >= start for start in starts)

    def share(self) -> float:
        if self.recipe.minutes is None:
            return self.step / self.recipe.steps
        return self.elapsed() / (60 * self.recipe.minutes)


def rate_share(recipe: Recipe, step: int, progress: float) -> float:
    """The share of the peak rate: it rises over the warm-up, holds, and falls linearly to zero at the end."""
    return max(0.0, min(1.0, (step + 1) / recipe.warmup, (1 - progress) / recipe.decay))


def pretrain(recipe: Recipe, model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, work: Path) -> None:
    """Trains the model in place; goes on from the checkpoint in ``work`` if one of the same recipe lies there.

    The checkpoint may be of a shorter run: then the rates rise again and fall later.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)  # type: ignore[arg-type]
    model.train()
    optimizers = _optimizers(recipe, model)
    progress = _load_checkpoint(recipe, model, optimizers, work)
    batches = _batches(recipe, tokenizer, progress)
    loss_of: _Loss = torch.compile(_loss, dynamic=False) if recipe.compiled else _loss
    while (done := progress.share()) < 1:
        if progress.answers_from is None and done >= recipe.reading:
            progress.answers_from = progress.step
        if progress.many_from is None and done >= 1 - recipe.many:
            progress.many_from = progress.step
        if progress.talk_from is None and done >= 1 - recipe.talking:
            progress.talk_from = progress.step
        batch = next(batches[progress.phase(progress.step)])
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * rate_share(recipe, progress.step, done)
        with torch.autocast(device.type, torch.bfloat16):
            loss = loss_of(model, batch.to(device))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        progress.step += 1
        if progress.step % recipe.save_every == 0:
            _save_checkpoint(model, optimizers, work, progress)
        if progress.step % 10 == 0:
            _show(progress, loss)
    print(file=sys.stderr)
    model.eval()


def _loss(model: Qwen3ForCausalLM, batch: Batch) -> torch.Tensor:
    """Mean cross-entropy of the learned tokens; only these are spelled out over the vocabulary."""
    states = model.model(
        input_ids=batch.tokens, attention_mask=batch.mask(), position_ids=batch.positions, use_cache=False
    ).last_hidden_state
    logits = model.lm_head(states.flatten(0, 1)[batch.before]).float()
    return functional.cross_entropy(logits, batch.targets, ignore_index=IGNORED)


def _batches(recipe: Recipe, tokenizer: PreTrainedTokenizerFast, progress: _Progress) -> tuple[Iterator[Batch], ...]:
    """Batches for the four phases, in which no document comes twice, wound on to the run's step.

    At first every token is learned, so that the model knows what questions and reviews are made of. Then only answers
    and plain text: else the sixty tokens of a review would drown the one that says what it is.
    """
    seen: set[bytes] = set()
    documents, many = stream(recipe.seed, seen=seen), stream(recipe.seed + 1, MANY, seen)
    talk = stream(recipe.seed + 2, TALK, seen)
    reading = pack(tokenizer, documents, recipe.rows, recipe.length, only_answers=False)
    answering = pack(tokenizer, documents, recipe.rows, recipe.length, only_answers=True)
    telling_apart = pack(tokenizer, many, max(1, recipe.rows // 2), 2 * recipe.length, only_answers=True)
    talking = pack(tokenizer, talk, recipe.rows, recipe.length, only_answers=True)
    batches = (reading, answering, telling_apart, talking)
    for step in range(progress.step):
        next(batches[progress.phase(step)])
    return batches


def _optimizers(recipe: Recipe, model: Qwen3ForCausalLM) -> tuple[torch.optim.Muon, torch.optim.AdamW]:
    """Muon orthogonalises the update of each matrix, which for a model this small saves about half of the steps."""
    matrices = [weight for weight in model.model.layers.parameters() if weight.ndim == 2]
    others = [weight for weight in model.parameters() if all(weight is not matrix for matrix in matrices)]
    muon = torch.optim.Muon(matrices, lr=recipe.matrix_rate, weight_decay=recipe.weight_decay)
    adam = torch.optim.AdamW(others, lr=recipe.rate, betas=(0.9, 0.95), weight_decay=0.0)
    for optimizer, peak in ((muon, recipe.matrix_rate), (adam, recipe.rate)):
        for group in optimizer.param_groups:
            group["peak"] = peak
    return muon, adam


def _show(progress: _Progress, loss: torch.Tensor) -> None:
    """The progress bar, on stderr."""
    done, seconds = min(1.0, progress.share()), progress.elapsed()
    speed = progress.step * progress.recipe.rows * progress.recipe.length / seconds
    bar = ("█" * round(24 * done)).ljust(24, "░")
    left = seconds / done * (1 - done) / 60
    line = f"\r{bar} step {progress.step:,}  loss {loss.item():.3f}  {speed:,.0f} tokens/s  {left:.1f} min left "
    print(line, end="", file=sys.stderr, flush=True)


def _lasting(recipe: Recipe) -> dict[str, Any]:
    """What of the recipe a checkpoint must agree with: all but how long the run is."""
    return asdict(replace(recipe, steps=0, minutes=None))


def _save_checkpoint(
    model: Qwen3ForCausalLM, optimizers: tuple[torch.optim.Optimizer, ...], work: Path, progress: _Progress
) -> None:
    """Model and optimizer state under a temporary name, then renamed: a checkpoint is whole or absent."""
    beside = work / f".checkpoint.{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    tensors = {f"model.{name}": value for name, value in model.model.state_dict().items()}
    for number, optimizer in enumerate(optimizers):
        for index, state in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{number}.{index}.{key}": value for key, value in state.items()}
    save_file({name: value.contiguous() for name, value in tensors.items()}, beside / "state.safetensors")
    facts: dict[str, Any] = {"step": progress.step, "seconds": progress.elapsed()}
    facts |= {"answers_from": progress.answers_from, "many_from": progress.many_from, "talk_from": progress.talk_from}
    (beside / "run.json").write_text(json.dumps(facts | {"recipe": _lasting(progress.recipe)}), encoding="utf-8")
    folder = work / "checkpoint"
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(beside, folder)


def _load_checkpoint(
    recipe: Recipe, model: Qwen3ForCausalLM, optimizers: tuple[torch.optim.Optimizer, ...], work: Path
) -> _Progress:
    """Where to go on from: the start, if there is no checkpoint of this recipe."""
    folder = work / "checkpoint"
    if not folder.exists():
        return _Progress(recipe)
    saved = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    if saved.pop("recipe") != _lasting(recipe):
        return _Progress(recipe)
    tensors = load_file(folder / "state.safetensors")
    weights = {name.removeprefix("model."): value for name, value in tensors.items() if name.startswith("model.")}
    model.model.load_state_dict(weights)
    for number, optimizer in enumerate(optimizers):
        state: dict[int, dict[str, torch.Tensor]] = {}
        prefix = f"optimizer.{number}."
        for name, value in tensors.items():
            if name.startswith(prefix):
                index, key = name.removeprefix(prefix).split(".", 1)
                state.setdefault(int(index), {})[key] = value
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return _Progress(recipe, **saved)
