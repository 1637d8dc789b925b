"""Processes that a test starts, which do not outlive it.

Knows nothing of what they do.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

PATIENCE = 120  # seconds for what takes a few: two cores may have other tests to run


@contextmanager
def child(command: Sequence[str], **given: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process that is killed at the end of the block, whatever became of the test."""
    with subprocess.Popen(command, **given) as process:
        try:
            yield process
        finally:
            process.kill()
