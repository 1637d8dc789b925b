"""A server under pages that come and go, handlers in bursts and one training after another: does anything pile up?

Knows no limit: it measures, and says what it found. `python -m tests.soak 10` takes ten minutes.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import psutil

from studio.studio import Studio
from tests.studios import until
from tests.ui.conftest import REVIEWS, serving

TOGETHER = 20  # handlers at a time


@dataclass(frozen=True)
class Held:
    """What the process has in its hands while nothing is asked of it."""

    memory_mib: float
    descriptors: int
    threads: int
    temporary: int  # files


@dataclass
class Done:
    """How much was asked."""

    sessions: int = 0
    handlers: int = 0
    trainings: int = 0


def held(cache: Path) -> Held:
    gc.collect()
    me = psutil.Process()
    files = sum(1 for folder in (cache, Path(tempfile.gettempdir(), "gradio")) for _ in folder.rglob("*"))
    return Held(me.memory_info().rss / 2**20, me.num_fds(), threading.active_count(), files)


def session(address: str, ask: int) -> int:
    """One page: it is opened, its header asks `ask` times, it is left. How many answers came."""
    # none is kept: on a busy machine the server may let go of one just as it is used again
    each = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=address, timeout=60, trust_env=False, limits=each) as http:
        http.get("").raise_for_status()
        components = http.get("config").json()["components"]
        header = next(one["id"] for one in components if one["props"].get("elem_id") == "header")
        sent = {"data": {}, "session_hash": uuid4().hex, "component_id": header, "fn_name": "now"}
        return sum(http.post("gradio_api/component_server", json=sent).status_code == 200 for _ in range(ask))


def round_of(address: str, studio: Studio, dataset: str, done: Done) -> None:
    """A burst of pages beside a training from its start to its end."""
    run = studio.start(studio.plan(dataset, changes={"epochs": 1, "seed": done.trainings}).config)
    with ThreadPoolExecutor(TOGETHER) as people:
        answers = list(people.map(lambda _: session(address, 5), range(TOGETHER)))
    until(lambda: studio.run(run).ended, 60)
    studio.classify(run, ["很好喝"])
    studio.delete(run)
    done.sessions += len(answers)
    done.handlers += sum(answers)
    done.trainings += 1


def settled(studio: Studio) -> Held:
    """Connections that are kept open for another request, and threads without work, end by themselves."""
    time.sleep(6)
    return held(studio.workspace.cache)


def soak(home: Path, minutes: float) -> tuple[Held, Held, Done]:
    """Before, once all that is made once was made; afterwards; and what was done between."""
    with serving(home, pace=0.0) as (address, studio):
        dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
        for _ in range(2):
            round_of(address, studio, dataset, Done())
        before, done, ends = settled(studio), Done(), time.monotonic() + 60 * minutes
        while time.monotonic() < ends or not done.trainings:
            round_of(address, studio, dataset, done)
        return before, settled(studio), done


if __name__ == "__main__":
    os.environ["no_proxy"] = "127.0.0.1"
    with tempfile.TemporaryDirectory() as folder:
        before, after, done = soak(Path(folder) / "home", float(sys.argv[1]))
    for name, what in (("before", before), ("after", after), ("done", done)):
        sys.stdout.write(f"{name}: {asdict(what)}\n")
