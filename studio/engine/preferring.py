"""How much is amiss with what a model makes of a better and a worse answer, in each of the ways of `preferences`.

Knows no model and no row: log-probabilities in, a loss for each pair, or each answer that stands alone, out. Equal to
TRL's on the same batch (tested).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch.nn.functional import logsigmoid

from studio.preferences import PREFERENCES

CERTAIN = 1e-6  # nats; of a surer answer the odds are no number any more
GAMMA = 0.5  # SimPO: how much likelier the better answer is to be, at least; as TRL has it


@dataclass(frozen=True)
class Said:
    """Of each pair (pairs,) how likely the model finds its two answers: log-probabilities in nats, summed over their
    tokens. `before`: what the untouched model made of them; zeros where no reference is asked for."""

    better: torch.Tensor
    worse: torch.Tensor
    better_tokens: torch.Tensor
    worse_tokens: torch.Tensor
    better_before: torch.Tensor
    worse_before: torch.Tensor

    @property
    def gained(self) -> tuple[torch.Tensor, torch.Tensor]:
        """How much likelier each answer has become."""
        return self.better - self.better_before, self.worse - self.worse_before

    @property
    def by_token(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Each answer's mean over its tokens, so that a long one is not unlikely because it is long."""
        return self.better / self.better_tokens, self.worse / self.worse_tokens


def dpo(said: Said, beta: float) -> torch.Tensor:
    """Direct Preference Optimization, Rafailov et al. 2023, arXiv 2305.18290, equation 7."""
    better, worse = said.gained
    return -logsigmoid(beta * (better - worse))


def ipo(said: Said, beta: float) -> torch.Tensor:
    """Identity Preference Optimization, Azar et al. 2023, arXiv 2310.12036, equation 17, over means of tokens, as its
    authors computed it."""
    better, worse = said.gained
    return (better / said.better_tokens - worse / said.worse_tokens - 1 / (2 * beta)) ** 2


def simpo(said: Said, beta: float) -> torch.Tensor:
    """Simple Preference Optimization, Meng et al. 2024, arXiv 2405.14734, equation 6."""
    better, worse = said.by_token
    return -logsigmoid(beta * (better - worse) - GAMMA)


def orpo(said: Said, beta: float) -> torch.Tensor:
    """Odds Ratio Preference Optimization, Hong et al. 2024, arXiv 2403.07691, equations 6 and 7: the better answer is
    learned, and its odds are to be the higher ones."""
    better, worse = said.by_token
    return -better - beta * logsigmoid(_log_odds(better) - _log_odds(worse))


def _log_odds(mean: torch.Tensor) -> torch.Tensor:
    mean = mean.clamp(max=-CERTAIN)
    return mean - torch.log(-torch.expm1(mean))


@dataclass(frozen=True)
class Judged:
    """Of each answer that stands alone (answers,): by how many nats the model has come to find it likelier than before,
    and whether it was `liked`. `usual`: how many it has gained on average for answers to other questions, 0 at least:
    an estimate of how far the model has gone from what it was."""

    gained: torch.Tensor
    liked: torch.Tensor
    usual: torch.Tensor

    @property
    def sides(self) -> torch.Tensor:
        """1 for what is to become likelier, −1 for what is to become less so."""
        return 2.0 * self.liked.to(self.gained.dtype) - 1.0


def kto(judged: Judged, beta: float) -> torch.Tensor:
    """Kahneman-Tversky Optimization, Ethayarajh et al. 2024, arXiv 2402.01306, equations 7 and 8, not weighed yet: what
    is liked is to gain more than what is usual, what is not is to gain less."""
    return 1 - torch.sigmoid(beta * judged.sides * (judged.gained - judged.usual))


Loss = Callable[[Said, float], torch.Tensor]
OfOne = Callable[[Judged, float], torch.Tensor]
LOSSES: Mapping[str, Loss] = {"dpo": dpo, "ipo": ipo, "simpo": simpo, "orpo": orpo}
OF_ONE: Mapping[str, OfOne] = {"kto": kto}


def balanced(liked: int, disliked: int) -> tuple[float, float]:
    """By what the losses of liked answers and of others are multiplied, so that both kinds weigh the same however many
    there are of each; 1 in the mean of all rows. The paper keeps the two within 4 : 3 of each other."""
    both = liked + disliked
    return both / (2 * max(liked, 1)), both / (2 * max(disliked, 1))


def beta_of(preference: str, beta: float) -> float:
    """What a person said, or the usual value for 0."""
    return beta or PREFERENCES[preference].beta


def margins(preference: str, said: Said, beta: float) -> torch.Tensor:
    """How much higher the better answer's reward is than the worse one's (pairs,), as the papers define a reward: what
    was gained on the reference, or, without one, the mean over the tokens."""
    better, worse = said.gained if PREFERENCES[preference].reference else said.by_token
    return beta * (better - worse)
