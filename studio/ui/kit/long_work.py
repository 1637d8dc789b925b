"""Work that takes longer than a click, in a thread of its own, so that the page can show how far it is and stop it.

Knows nothing of the work.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from typing import Any, TypeVar

from studio.contract import Progress
from studio.ui.kit.page import QUIET

Result = TypeVar("Result")
Shown = TypeVar("Shown")
LOOK_SECONDS = 0.2


class GivenUp(Exception):
    """Nobody waits for this work any more."""


def when_over(work: Any, handler: Callable[[], Any], outputs: list[Any]) -> None:
    """Binds `handler` to the end of an event, good or bad; Gradio's own `then` is passed over when the event failed."""
    work.success(handler, None, outputs, **QUIET)
    work.failure(handler, None, outputs, **QUIET)


def watch(work: Callable[[Progress], Result], show: Callable[[float], Shown]) -> Generator[Shown, None, Result]:
    """Yields `show(share)` as the share of `work` that is done grows, once in LOOK_SECONDS; returns what it does.

    Raises what `work` raises. When the generator is closed, the work ends at its next report.
    """
    told = [0.0]  # the share that was reported last
    given_up = threading.Event()
    result: Future[Result] = Future()

    def report(share: float) -> None:
        if given_up.is_set():
            raise GivenUp
        told[0] = share

    def run() -> None:
        try:
            result.set_result(work(report))
        except BaseException as error:  # noqa: BLE001  (handed to whoever reads the result)
            result.set_exception(error)

    threading.Thread(target=run, name="long-work", daemon=True).start()
    shown = 0.0
    try:
        yield show(shown)
        while not result.done():
            wait([result], LOOK_SECONDS)
            if told[0] != shown:
                shown = told[0]
                yield show(shown)
    finally:
        given_up.set()
    return result.result()
