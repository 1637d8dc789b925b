"""What is being packed to be taken home, in the background: who asked for it may leave, and ask again how far it is.

Knows no engine and no page: how a run is exported is handed in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from studio.contract import Exported, Progress

Export = Callable[[str, str, Progress], Exported]  # of a run, in a format


class GivenUp(Exception):
    """Nobody wants this package any more."""


class Package:
    """One on its way; `result` holds what came of it."""

    def __init__(self, format: str) -> None:
        self.format = format
        self.share = 0.0  # of the work that is done
        self.result: Future[Exported] = Future()
        self._given_up = threading.Event()

    def stop(self) -> None:
        """Ends the work at its next report."""
        self._given_up.set()

    def told(self, share: float) -> None:
        """How far it is. Raises GivenUp where it was stopped."""
        if self._given_up.is_set():
            raise GivenUp
        self.share = share


class Packing:
    """At most one package of each run at a time."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._lock = threading.Lock()
        self._packages: dict[str, Package] = {}

    def start(self, run: str, format: str) -> None:
        """Begins, unless something of this run is being packed already. Returns at once."""
        with self._lock:
            if run in self._packages:
                return
            package = self._packages[run] = Package(format)
        threading.Thread(target=self._work, args=(run, package), name="packing", daemon=True).start()

    def of(self, run: str) -> Package | None:
        """What is being packed of a run now."""
        return self._packages.get(run)

    def stop(self, run: str) -> None:
        if package := self.of(run):
            package.stop()

    def close(self) -> None:
        """Asks everything to stop, and waits for nothing: what was half made is made anew another time."""
        for run in list(self._packages):
            self.stop(run)

    def _work(self, run: str, package: Package) -> None:
        try:
            made = self._export(run, package.format, package.told)
        except BaseException as error:  # noqa: BLE001  (handed to whoever reads the result)
            self._packages.pop(run)
            package.result.set_exception(error)
        else:
            self._packages.pop(run)
            package.result.set_result(made)
