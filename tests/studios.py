"""Rows to learn from, a run of them that is planned, and waiting for what happens in the background.

Knows no engine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from studio.config import RunConfig
from studio.studio import Studio

TASTES = (("很好喝", "好评"), ("太难喝", "差评"))
REVIEWS = [(f"{taste}，第{n}次来", label) for n in range(20) for taste, label in TASTES]


def planned(studio: Studio, **changes: object) -> RunConfig:
    dataset = studio.data.add_rows("reviews", "classify", REVIEWS)
    return studio.plan(dataset.id, changes=changes).config


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.01)


def ended(studio: Studio, run: str) -> str:
    until(lambda: studio.run(run).ended)
    return studio.run(run).status
