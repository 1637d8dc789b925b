"""Imported by the process from which commands are forked: all that the engine needs, and nothing that runs."""

from studio import cli
from studio.engine import TorchEngine

__all__ = ["cli"]
TorchEngine().warm()
