"""Real answers in a fraction of the time where it is known what should be said.

The expected answer is read in one forward pass; from the first token at which the model itself would have said
something else, it speaks alone. Greedy answers are the same as without (speculative decoding with the expected answer
as the draft, Leviathan et al. 2023, arXiv 2211.17192). Knows no task and no score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from studio.contract import Sampling
from studio.engine import generate
from studio.engine.batches import within
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.loss import logits

TOKENS = {"cpu": 4096}  # padded tokens that are read at once; elsewhere ELSEWHERE
ELSEWHERE = 16384
AT_ONCE = 32  # rows that go on together; with more, the short ones wait for the long ones
SCORES = 2**28  # logits that may lie in memory at once: 1 GiB in fp32


def most_tokens(vocabulary: int, kind: str) -> int:
    """How many padded tokens are read at once on a device of that kind; a CPU gains nothing from more."""
    return max(1, min(TOKENS.get(kind, ELSEWHERE), SCORES // vocabulary))


@dataclass(frozen=True)
class Read:
    """What the model makes of a row: how far it would have said the same, what it says there instead, and its loss."""

    agreed: int  # tokens of the completion
    said: int  # the token that it says after them; meaningless when all agree
    loss: float  # nats, summed over the completion


def read(base: Base, rows: Sequence[Encoded], name: str) -> list[Read]:
    """Each row's completion as the base or the tuned model would have said it, in one forward pass, in their order."""
    found: list[Read] = []
    for part in within(rows, most_tokens(base.model.config.vocab_size, base.device.type)):
        batch = base.head.collate(base, part).to(base.device)
        with torch.inference_mode(), generate.lanes(base, [name] * len(part)), base.below(part):
            scores = logits(base, batch)
            losses = functional.cross_entropy(scores, batch.targets, reduction="none").tolist()
            likeliest = scores.argmax(dim=1).tolist()
        start = 0
        for row in part:
            end = start + len(row.completion)
            found.append(_compared(row.completion, likeliest[start:end], sum(losses[start:end])))
            start = end
    return found


def mean_loss(rows: Sequence[Encoded], reads: Sequence[Read]) -> float:
    """Nats per learned token; 0 of no rows."""
    return sum(one.loss for one in reads) / max(1, sum(len(row.completion) for row in rows))


def _compared(wanted: Sequence[int], likeliest: Sequence[int], loss: float) -> Read:
    pairs = zip(wanted, likeliest, strict=True)
    agreed = next((place for place, (one, other) in enumerate(pairs) if one != other), len(wanted))
    return Read(agreed, likeliest[min(agreed, len(wanted) - 1)], loss)


def answers(base: Base, rows: Sequence[Encoded], reads: Sequence[Read], name: str, longest: Sequence[int]) -> list[str]:
    """What the model answers to each row's prompt, greedily, in at most as many tokens as `longest` says for it."""
    known: list[list[int]] = []
    open_ends: list[int] = []  # the rows that the model goes on with alone
    for place, (row, found, most) in enumerate(zip(rows, reads, longest, strict=True)):
        agreed = list(row.completion[: found.agreed])
        if found.agreed == len(row.completion):
            known.append(agreed[:-1][:most])
        elif found.said in base.end_ids or len(agreed) >= most:
            known.append(agreed[:most])
        else:
            known.append([*agreed, found.said] if base.head.continues else [])
            open_ends.append(place)
    open_ends.sort(key=lambda place: longest[place] - len(known[place]))  # what takes as long goes together
    for start in range(0, len(open_ends), AT_ONCE):
        places = open_ends[start : start + AT_ONCE]
        prompts = [(*rows[place].prompt, *known[place]) for place in places]
        room = longest[places[-1]] - len(known[places[-1]])
        if room > 0:
            made = generate.generate(base, prompts, [name] * len(prompts), Sampling(max_new_tokens=room))
            for place, more in zip(places, made, strict=True):
                known[place] = (known[place] + more)[: longest[place]]
    return [generate.text(base, ids) for ids in known]
