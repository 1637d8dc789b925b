"""Classification by the words themselves: how likely a causal model finds each label as its whole answer.

Knows no training. The probability of a label is the product over its tokens and the end token, so that 好 and 好评 are
told apart and no length needs correcting: it is the chance that this label, and nothing more, would be said. Restricted
to the label set (a softmax over the labels' log-probabilities) it is what constrained generation would draw from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import torch

from studio.contract import Prediction, Progress, no_progress
from studio.data.asking import Conversation
from studio.engine import catalog, scoring
from studio.engine.encode import Encoded, Encoder
from studio.engine.generate import BASE, Prompt, lanes
from studio.engine.heads import causal
from studio.engine.load import Base
from studio.engine.loss import losses


def predict(
    base: Base, encoder: Encoder, asked: Sequence[Conversation], name: str, progress: Progress = no_progress
) -> list[Prediction]:
    """The likeliest label for the last text of each conversation, with the probabilities of all."""
    branches = Branches([encoder.completion(label) for label in encoder.labels])
    asks = score if grows(base.model.config.to_dict()) else one_by_one
    prompts = [encoder.prompt(said[-1].content, said[:-1], branches.length) + branches.stem for said in asked]
    return scoring.likeliest(
        encoder.labels,
        [len(prompt) for prompt in prompts],
        branches.length,
        lambda places: asks(base, [prompts[place] for place in places], branches, name),
        progress,
    )


def grows(config: Mapping[str, Any]) -> bool:
    """Whether a model with these settings can read labels as a tree: those of the catalogue all can (tested), of any
    other a small copy is asked."""
    return config["model_type"] in catalog.HEAD_OF or _grows(json.dumps(config, sort_keys=True, default=str))


@cache
def _grows(settings: str) -> bool:
    from studio.engine import selftest

    def alike() -> bool:
        base = selftest.copy_of(json.loads(settings))
        branches = Branches([(7, 8, selftest.END), (7, 9, 10, selftest.END), (11, selftest.END)])
        prompts = [row.prompt for row in selftest.ROWS]
        return selftest.near(*(way(base, prompts, branches, BASE) for way in (score, one_by_one)))

    return selftest.holds(alike)


class Branches:
    """The labels as tokens: what all of them start with (`stem`), and then each its own branch."""

    def __init__(self, ids: Sequence[Prompt]) -> None:
        shared = 0
        while len({branch[: shared + 1] for branch in ids}) == 1 and shared + 1 < min(map(len, ids)):
            shared += 1
        self.stem: Prompt = ids[0][:shared]
        self.tails: list[Prompt] = [branch[shared:] for branch in ids]
        self.read = [number for tail in self.tails for number in tail[:-1]]  # a branch's last token is only predicted
        self.length = shared + len(self.read) + 1

    def grown(self) -> torch.Tensor:
        """(read, read) which branch token sees which: itself and those before it on its own branch."""
        blocks = [torch.ones(len(tail) - 1, len(tail) - 1, dtype=torch.bool).tril() for tail in self.tails]
        return torch.block_diag(*blocks).bool()


def score(base: Base, prompts: Sequence[Prompt], branches: Branches, name: str) -> torch.Tensor:
    """Log-probabilities (prompts, labels) of the branches, each prompt read once.

    All branches of a row stand behind its prompt in one sequence; each sees the prompt and itself (a tree mask), and
    counts its positions from the prompt's end. Equal to scoring every label in a sequence of its own (tested).
    """
    ids, positions, mask = plant(prompts, branches)
    width = ids.shape[1]
    starts = [row * width + len(prompt) for row, prompt in enumerate(prompts)]
    scored = torch.tensor([place for start in starts for place in _scored(start, branches)])
    targets = torch.tensor([number for _ in prompts for tail in branches.tails for number in tail])
    where, dtype = base.device, base.model.dtype
    bias = torch.zeros(mask.shape, dtype=dtype).masked_fill(~mask, torch.finfo(dtype).min).to(where)
    with torch.inference_mode(), lanes(base, [name] * len(prompts)):
        head = causal.of(base)
        states = head.hidden(base.model, ids.to(where), position_ids=positions.to(where), attention_mask=bias)
        logits = head.logits(base.model, states.flatten(0, 1)[scored.to(where)])
        logs = torch.log_softmax(logits, dim=1).gather(1, targets.to(where)[:, None])
    sizes = [len(tail) for tail in branches.tails]
    parts = logs.view(len(prompts), sum(sizes)).split(sizes, dim=1)
    return torch.stack([part.sum(dim=1) for part in parts], dim=1).cpu()


def one_by_one(base: Base, prompts: Sequence[Prompt], branches: Branches, name: str) -> torch.Tensor:
    """As `score`, each label in a sequence of its own: for kinds of models that cannot be told what sees what."""
    found = []
    sizes = [len(tail) for tail in branches.tails]
    for prompt in prompts:
        rows = [Encoded(0, prompt, tail, "") for tail in branches.tails]
        with torch.inference_mode(), lanes(base, [name] * len(rows)):
            nats = losses(base, base.head.collate(base, rows).to(base.device))
        found.append(-torch.stack([part.sum() for part in nats.split(sizes)]))
    return torch.stack(found).cpu()


def plant(prompts: Sequence[Prompt], branches: Branches) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids (rows, tokens), positions (rows, tokens) and mask (rows, 1, tokens, tokens) of prompts with branches."""
    grown, more = branches.grown(), len(branches.read)
    width = max(map(len, prompts)) + more
    ids = torch.zeros(len(prompts), width, dtype=torch.long)
    positions = torch.zeros(len(prompts), width, dtype=torch.long)
    mask = torch.eye(width, dtype=torch.bool).repeat(len(prompts), 1, 1)  # padding sees itself, or softmax has nothing
    steps = torch.tensor([step for tail in branches.tails for step in range(len(tail) - 1)], dtype=torch.long)
    for row, prompt in enumerate(prompts):
        end = len(prompt)
        ids[row, : end + more] = torch.tensor([*prompt, *branches.read])
        positions[row, :end] = torch.arange(end)
        positions[row, end : end + more] = end + steps
        mask[row, :end, :end] = torch.ones(end, end, dtype=torch.bool).tril()
        mask[row, end : end + more, :end] = True
        mask[row, end : end + more, end : end + more] = grown
    return ids, positions, mask[:, None]


def _scored(start: int, branches: Branches) -> list[int]:
    """Flat places whose next token belongs to a branch: the prompt's last, then the branch's own but for its last."""
    places: list[int] = []
    at = start  # where the prompt has ended
    for tail in branches.tails:
        places += [start - 1, *range(at, at + len(tail) - 1)]
        at += len(tail) - 1
    return places
