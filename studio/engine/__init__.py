"""Everything that touches weights: the only place with torch, transformers and peft; no page here."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.engine.engine import TorchEngine

# Where the package `kernels` happens to be installed, bitsandbytes fetches compiled code from a hub as it is imported,
# and transformers what a model's config.json names. To both it is not installed.
sys.modules["kernels"] = None  # type: ignore[assignment]
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # which says so, and much else that helps nobody who trains

__all__ = ["TorchEngine"]


def __getattr__(name: str) -> type[TorchEngine]:
    """The engine when it is asked for: the limited processes of this room, of which every folder of a model takes one,
    need none of what it imports, which is two thirds of the time that they take."""
    if name != "TorchEngine":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from studio.engine.engine import TorchEngine

    return TorchEngine
