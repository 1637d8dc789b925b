"""How a model ends: which class of transformers opens it, what it reads, and what makes answers of its states.

Knows no task and no method. One room a kind of head, opened by the name that `studio.heads` gives it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import torch

from studio.contract import Prediction, Progress
from studio.data.asking import Conversation
from studio.engine import catalog
from studio.engine.batches import Batch
from studio.engine.encode import Encoded, RowEncoder
from studio.heads import HEADS

if TYPE_CHECKING:
    from studio.engine.load import Base


@dataclass(frozen=True)
class Opened:
    """A model as it was opened. `whole`: the modules, by name, that learn in full beside what a method teaches, because
    some of their weights are new. `taught`: whether it can answer before it has learned anything here."""

    model: Any
    whole: tuple[str, ...] = ()
    taught: bool = True


@dataclass(frozen=True)
class Asked:
    """What `generate` of transformers is given, how many tokens of its output come `before` the answer, and the token
    that this starts with where it is none of the prompt."""

    inputs: Mapping[str, torch.Tensor]
    before: int
    start: int | None = None


class Gathered(torch.nn.Module):
    """In the place of a model below its head, which reads a text's first token alone: hands on what it would of the
    state (rows, 1, width) that is `given`."""

    given: torch.Tensor | None = None

    def __init__(self, pooler: torch.nn.Module | None) -> None:
        super().__init__()
        self.pooler = pooler

    def forward(self, *_: Any, **__: Any) -> Any:
        from transformers.modeling_outputs import BaseModelOutputWithPooling

        return BaseModelOutputWithPooling(self.given, self.pooler(self.given) if self.pooler else None)


class Room(Protocol):
    """What a head's module holds. `task_type`: what peft calls such a model; `encoder`: what turns rows into what it
    reads and learns; `continues`: whether it can go on with an answer that somebody has begun."""

    task_type: str
    encoder: type[RowEncoder]
    continues: bool

    def open(self, folder: Path, labels: Sequence[str], **options: Any) -> Opened:
        """The model in a folder, for answers among `labels` where it has classes; without any as it was saved."""
        ...

    def prepare(self, tokenizer: Any, folder: Path, config: Mapping[str, Any]) -> None:
        """Gives a tokenizer what its makers left out. Raises StudioError where such a model could not be asked."""
        ...

    def end_ids(self, base: Base) -> set[Any]:
        """Tokens that end an answer."""
        ...

    def collate(self, base: Base, rows: Sequence[Encoded]) -> Batch:
        """Rows side by side, as the model reads them."""
        ...

    def scores(self, base: Base, batch: Batch) -> torch.Tensor:
        """Scores (n, choices) in float32 for each of the batch's learned tokens, row after row, as the model's own
        forward would give them."""
        ...

    def predict(
        self, base: Base, encoder: Any, asked: Sequence[Conversation], name: str, progress: Progress
    ) -> list[Prediction]:
        """The likeliest label for the last text of each conversation, with the probabilities of all."""
        ...

    def ask(self, base: Base, prompts: Sequence[tuple[int, ...]]) -> Asked:
        """What makes a model with words answer the prompts, side by side."""
        ...

    def say(self, base: Base, prompts: Sequence[tuple[int, ...]], name: str, most: int) -> list[tuple[int, ...]]:
        """What is answered to each prompt, greedily, in at most so many tokens; nothing by a model without words."""
        ...

    def replay(self, base: Base, prompt: tuple[int, ...], said: tuple[int, ...]) -> torch.Tensor:
        """Scores (answer, choices) that led to each token of an answer and to its end, on the CPU."""
        ...

    def stacks(self, model: Any) -> tuple[torch.nn.ModuleList, ...]:
        """The model's blocks, from the lowest up: what is read goes through one stack, then through the next."""
        ...

    def gathered(self, model: Any) -> Gathered | None:
        """What can stand in the place of all that lies below the head; none where this reads more than one token."""
        ...

    def above(self, base: Base, words: bool) -> Iterator[torch.nn.Parameter]:
        """What stands between the highest block and the scores; the layer that says words only if `words`."""
        ...

    def complete(self, base: Base, ends: Sequence[int], draft: Path) -> None:
        """Writes into an exported folder what such a model needs there besides weights and tokenizer."""
        ...


def stack(part: torch.nn.Module, blocks: int) -> torch.nn.ModuleList:
    """The blocks of a model, or of a part of it, that has so many."""
    lists = (one for one in part.modules() if isinstance(one, torch.nn.ModuleList))
    return next(one for one in lists if len(one) == blocks)


def head(kind: str) -> Room:
    """The head of a kind of model, a `model_type` that the catalogue has checked."""
    return cast("Room", import_module(HEADS[catalog.head_of(kind)].room))
