"""Everything that touches weights: the only place with torch, transformers and peft; no page here."""

import logging
import sys

from studio.engine.engine import TorchEngine

# Where the package `kernels` happens to be installed, bitsandbytes fetches compiled code from a hub as it is imported,
# and transformers what a model's config.json names. To both it is not installed.
sys.modules["kernels"] = None  # type: ignore[assignment]
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # which says so, and much else that helps nobody who trains

__all__ = ["TorchEngine"]
