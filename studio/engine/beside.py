"""Of two outputs of a layer the one or the other, row by row of a batch: how base and tuned model answer side by side.

Knows no layer and no method.
"""

from __future__ import annotations

from typing import Any

import torch


def shaped(on: torch.Tensor, output: torch.Tensor) -> torch.Tensor:
    """`on` (rows, 1, 1) in the shape that multiplies an output row by row: one of a whole text has no tokens, and some
    layers, such as the experts of a mixture, get the tokens of all rows in one line. Where one output is for all rows,
    such as that of places, it becomes one a row, unless they are all alike."""
    flags = on.flatten()
    if bool((flags == flags[0]).all()):
        flags = flags[:1]
    elif len(output) not in (1, len(flags)):
        flags = flags.repeat_interleave(len(output) // len(flags))
    return flags.view(-1, *[1] * (output.dim() - 1))


def either(on: torch.Tensor, output: Any, other: Any) -> Any:
    """`output` in the rows that are on, `other` in the rest; of several outputs each."""
    if isinstance(output, tuple):
        return tuple(either(on, *pair) for pair in zip(output, other, strict=True))
    return torch.where(shaped(on, output).bool(), output, other)
