"""Packed rows: documents as tokens, laid end to end in rows of one length, each attending to itself only.

It knows nothing of the model that reads them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import torch
from torch.nn import functional
from transformers import PreTrainedTokenizerFast

from studio.starter.documents import Document
from studio.starter.tokenizer import END, TURN

IGNORED = -100
_TARGETS = 1_024


@dataclass(frozen=True)
class Batch:
    """Row tensors of shape (rows, length); ``segments`` numbers the documents of a row.

    ``targets`` are the tokens to be learned and ``before`` the places, in the flattened rows, of those before them;
    both are filled up to a multiple of ``_TARGETS``, so that a compiled step meets few shapes.
    """

    tokens: torch.Tensor
    positions: torch.Tensor
    segments: torch.Tensor
    before: torch.Tensor
    targets: torch.Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))

    def mask(self) -> torch.Tensor:
        """(rows, 1, length, length), true where a token may attend: earlier tokens of its own document."""
        same = self.segments[:, :, None] == self.segments[:, None, :]
        return (same & torch.ones(same.shape[-1], same.shape[-1], dtype=torch.bool).tril()).unsqueeze(1)


def encode(tokenizer: PreTrainedTokenizerFast, document: Document) -> tuple[list[int], list[bool]]:
    """Token ids as the chat template lays them out, and whether each is an answer or plain text (else a question)."""
    ids: list[int] = []
    answers: list[bool] = []
    for turn in document:
        if turn.role == "text":
            pieces = [(turn.content + END, True)]
        else:
            is_answer = turn.role == "assistant"
            pieces = [(f"{TURN}{turn.role}\n", False), (turn.content + END, is_answer), ("\n", False)]
        for piece, is_answer in pieces:
            tokens = tokenizer.encode(piece, add_special_tokens=False)
            ids += tokens
            answers += [is_answer] * len(tokens)
    return ids, answers


def pack(
    tokenizer: PreTrainedTokenizerFast, documents: Iterator[Document], rows: int, length: int, only_answers: bool
) -> Iterator[Batch]:
    """Batches without end. The last document of a row is cut where the row ends."""
    while True:
        yield _stack([_row(tokenizer, documents, length, only_answers) for _ in range(rows)])


def _row(
    tokenizer: PreTrainedTokenizerFast, documents: Iterator[Document], length: int, only_answers: bool
) -> tuple[list[int], list[int], list[int], list[int]]:
    tokens: list[int] = []
    learned: list[int] = []
    positions: list[int] = []
    segments: list[int] = []
    segment = 0
    while len(tokens) < length:
        ids, answers = encode(tokenizer, next(documents))
        tokens += ids
        targets = [token if answer or not only_answers else IGNORED for token, answer in zip(ids, answers, strict=True)]
        learned += [IGNORED, *targets[1:]]  # the first token of a document has nothing before it to be learned from
        positions += range(len(ids))
        segments += [segment] * len(ids)
        segment += 1
    return tokens[:length], learned[:length], positions[:length], segments[:length]


def _stack(rows: list[tuple[list[int], list[int], list[int], list[int]]]) -> Batch:
    tokens, learned, positions, segments = (torch.tensor(column) for column in zip(*rows, strict=True))
    flat = learned.flatten()
    places = (flat != IGNORED).nonzero().flatten()
    filling = -len(places) % _TARGETS
    before = functional.pad(places - 1, (0, filling))
    targets = functional.pad(flat[places], (0, filling), value=IGNORED)
    return Batch(tokens, positions, segments, before, targets)
