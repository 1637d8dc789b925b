"""Everything that touches weights: the only place with torch, transformers and peft; no page here."""

from studio.engine.engine import TorchEngine

__all__ = ["TorchEngine"]
