"""Many texts, each put into the likeliest class: the model is asked in batches, its scores become probabilities.

Knows no head and no training: how a batch is scored is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from studio.contract import Prediction, Progress
from studio.engine.generate import batches

Score = Callable[[list[int]], torch.Tensor]  # the log-probabilities (places, labels), but for a constant, of some texts


def likeliest(
    labels: Sequence[str], lengths: Sequence[int], more: int, score: Score, progress: Progress
) -> list[Prediction]:
    """A label for each text, in their order, with the probabilities of all. `lengths` in tokens, `more` for each."""
    found: list[Prediction] = [Prediction("")] * len(lengths)
    done = 0
    for places in batches(lengths, more):
        for place, row in zip(places, torch.softmax(score(places), dim=1).tolist(), strict=True):
            probabilities = dict(zip(labels, row, strict=True))
            answer = max(probabilities, key=probabilities.__getitem__)
            found[place] = Prediction(answer, probabilities[answer], probabilities)
        done += len(places)
        progress(done / len(lengths))
    return found
