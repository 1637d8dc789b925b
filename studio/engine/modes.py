"""What of a model drops things at random: while it learns only what learns does, while it answers nothing.

Knows no method and no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from studio.engine.load import Base


def learning(base: Base, below: int) -> None:
    """The model learns, but for what lies up to so many blocks: this is read as when it answers, so that what it makes
    of a row is the same in every pass."""
    base.model.train()
    if below:
        base.model.base_model.eval()
        for block in islice(chain.from_iterable(base.head.stacks(base.model)), below, None):
            block.train()


@contextmanager
def answering(model: Any) -> Iterator[None]:
    """While it lasts, nothing is dropped; afterwards every part is as it was before."""
    before = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for part, training in before:
            part.training = training
