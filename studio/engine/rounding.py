"""How far apart the numbers of a format lie.

Knows no model.
"""

from __future__ import annotations

import torch


def half_step(values: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Half the distance between two numbers of `dtype` around each value, and a thousandth for rounding twice."""
    steps = torch.exp2(torch.frexp(values).exponent.to(values.dtype)) * (torch.finfo(dtype).eps / 4)
    return steps.mul_(1.001).clamp_(min=torch.finfo(dtype).tiny)
