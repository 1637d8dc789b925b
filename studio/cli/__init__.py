"""The same façade from a terminal: `xiaozao COMMAND`, one JSON object with `--json`, progress on stderr.

Knows no engine detail: it parses words, calls the façade, prints the answer.
"""

# ruff: noqa: I001

import logging
import os

# Each adds its commands to the application; in this order the help lists them.
from studio.cli import machine, data, preparing, models, training, keeping, answers, handbooks  # noqa: F401
from studio.cli import judging, rounds, printing, serving  # noqa: F401
from studio.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """The `xiaozao` command."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    app()
