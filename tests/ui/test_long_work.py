"""Long work tells how far it is, and ends when it fails or when nobody waits for it."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest

from studio.errors import StudioError
from studio.ui.kit.long_work import GivenUp, watch


def test_long_work_reports_and_returns() -> None:
    def work(progress: Any) -> str:
        for share in (0.25, 0.5):
            progress(share)
        return "done"

    shares = []
    stream = watch(work, lambda share: share)
    with pytest.raises(StopIteration) as end:
        while True:
            shares.append(next(stream))
    assert shares[0] == 0.0 and shares == sorted(shares) and end.value.value == "done"


def test_long_work_that_fails_raises_its_own_error() -> None:
    def work(_: Any) -> None:
        raise StudioError("workspace.busy")

    with pytest.raises(StudioError):
        list(watch(work, lambda share: share))


def test_long_work_that_nobody_waits_for_ends_at_its_next_report() -> None:
    ended = threading.Event()
    going = threading.Event()

    def work(progress: Any) -> None:
        try:
            while True:
                progress(0.5)
                going.set()
        except GivenUp:
            ended.set()
            raise

    stream = watch(work, partial(round, ndigits=1))
    next(stream)
    assert going.wait(5)
    stream.close()
    assert ended.wait(5)
