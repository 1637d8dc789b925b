"""The small test during training: rows that are not learned from, really classified or really answered.

Knows no run and saves nothing; the full report card is in `evaluate`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch

from studio.contract import Job, Sampling
from studio.data.encode import Encoded
from studio.data.schema import Example
from studio.engine import generate, scoring
from studio.engine.batches import collate, within
from studio.engine.load import Base
from studio.engine.loss import loss_sum
from studio.evaluation.facts import agrees
from studio.events import Evaluated

MOST_ROWS = 100
SPARE_TOKENS = 8  # beyond the longest reply in the training rows; a longer answer is wrong anyway
LOSS_TOKENS = 16384


class Exam:
    """Validation rows, at most MOST_ROWS of them drawn by the run's seed; training rows when there are none."""

    def __init__(self, job: Job, base: Base, learned: Sequence[Encoded]) -> None:
        self.base = base
        self.task = job.config.task
        self.encoder = base.encoder(job)
        unseen = self._encoded(job.splits.validation)
        self.unseen = bool(unseen)
        pairs = unseen or self._encoded(job.splits.train)
        chosen = random.Random(job.config.seed).sample(pairs, min(MOST_ROWS, len(pairs)))
        self.examples = [example for example, _ in chosen]
        self.rows = sorted((row for _, row in chosen), key=len)
        self.longest = max(len(row.completion) for row in learned) + SPARE_TOKENS

    def _encoded(self, examples: Sequence[Example]) -> list[tuple[Example, Encoded]]:
        rows = ((example, self.encoder.encode(example)) for example in examples)
        return [(example, row) for example, row in rows if row is not None]

    def sit(self, step: int, epoch: float) -> Evaluated:
        """Loss per learned token, and how many rows come out right. The model's mode is as before afterwards."""
        training = self.base.model.training
        self.base.model.eval()
        try:
            return Evaluated(
                step=step, epoch=epoch, loss=self.loss(), correct=sum(self.correct()), count=len(self.examples)
            )
        finally:
            self.base.model.train(training)

    def loss(self) -> float:
        """Nats per learned token over all rows."""
        total, scored = torch.zeros((), dtype=torch.float64), 0
        with torch.inference_mode():
            for part in within(self.rows, LOSS_TOKENS):
                total += loss_sum(self.base.model, collate(part, self.base.end_ids[0]).to(self.base.device)).cpu()
                scored += sum(len(row.completion) for row in part)
        return float(total) / scored

    def correct(self) -> list[bool]:
        """Which rows are answered right: the label named, or a reply with the same facts."""
        if self.task == "classify":
            texts = [example.text for example in self.examples]
            found = scoring.predict(self.base, self.encoder, texts, generate.TUNED)
            return [one.answer == example.target for one, example in zip(found, self.examples, strict=True)]
        prompts = [self._prompt(example) for example in self.examples]
        answers = generate.replies(self.base, prompts, generate.TUNED, Sampling(max_new_tokens=self.longest))
        return [agrees(answer, example.target) for answer, example in zip(answers, self.examples, strict=True)]

    def _prompt(self, example: Example) -> generate.Prompt:
        return self.encoder.prompt(example.text, example.context, min(self.longest, self.encoder.max_length // 2))
