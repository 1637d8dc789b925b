"""The façade joined to the real engine: what Python, the command line and the server use.

The only place that knows both; tests of the page join the façade to an engine without torch instead.
"""

from __future__ import annotations

from pathlib import Path

from studio import studio as facade
from studio.engine import TorchEngine


class Studio(facade.Studio):
    """One workspace (`home`, else XIAOZAO_HOME, else ~/.xiaozao). Use it as a context manager, or call `close`."""

    def __init__(self, home: Path | str | None = None, *, worker: bool = False) -> None:
        super().__init__(TorchEngine(), Path(home) if home else None, worker=worker)
