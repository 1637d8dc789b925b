"""How long a user waits for the page: until it is there, until the first point, and for a click while it trains."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

import httpx

from benchmarks.table import Figure
from benchmarks.terminal import ROOT, xiaozao
from studio.assets import EXAMPLES
from studio.events import Evaluated, EventLog, Step
from studio.serve.server import free_port

CLICKS = 60


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        dataset = xiaozao(home, "import", str(EXAMPLES / "milk_tea_questions.xlsx"))["dataset"]
        with server(home) as (base, seconds):
            yield Figure("start of the server to the page", f"{seconds:.1f} s", "≤ 10 s")
            first, waits = _train_and_click(home, base, dataset)
        yield Figure("Start to the first point", f"{first:.1f} s", "≤ 5 s")
        yield Figure("a click while it trains, p95", f"{quantiles(waits, n=20)[-1] * 1000:.0f} ms", "≤ 500 ms")


@contextmanager
def server(home: Path) -> Iterator[tuple[str, float]]:
    """A studio on a free port and the seconds until its page was there."""
    port = free_port("127.0.0.1", 17860)
    began = time.perf_counter()
    command = [sys.executable, "app.py", "--port", str(port), "--home", str(home)]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                if httpx.get(base, timeout=30).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        yield base, time.perf_counter() - began
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


def _train_and_click(home: Path, base: str, dataset: str) -> tuple[float, list[float]]:
    """Queues a run through the database as another process, then asks the page while it trains."""
    code = (
        "import sys; from studio import Studio\n"
        "with Studio(sys.argv[1]) as s: print(s.start(s.plan(sys.argv[2]).config))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home), dataset], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    run, began = done.stdout.decode().split()[-1], time.time()
    log = EventLog(home / "runs" / run / "events.jsonl")
    while not (points := [event for event in log.read() if isinstance(event, (Step, Evaluated))]):
        time.sleep(0.02)
    first = points[0].at - began
    waits = []
    with httpx.Client(base_url=base, timeout=30) as client:
        for click in range(CLICKS):
            asked = time.perf_counter()
            client.get("/config" if click % 2 else "/").raise_for_status()
            waits.append(time.perf_counter() - asked)
            time.sleep(0.1)
    os.environ.setdefault("XIAOZAO_LANG", "en")
    xiaozao(home, "stop", run)
    return first, waits
