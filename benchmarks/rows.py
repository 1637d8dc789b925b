"""What many rows cost, from the file to the first steps of a run: processor time and memory; each count in processes.

Knows no goal. One process prepares, as the page does; another trains, and its memory is what a run needs.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.table import Figure
from benchmarks.tokens import Height
from studio.config import RunConfig

COUNTS = (10_000, 100_000, 999_000)
STEPS = 20


def figures() -> Iterator[Figure]:
    """Processor seconds, and the memory at its height."""
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            for stage in STAGES:
                command = [sys.executable, "-m", "benchmarks.rows", stage, str(count), folder]
                told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                for what, value in told.items():
                    yield Figure(f"{count:,} rows, {stage}: {what}", value, "")


def prepare(count: int, home: Path) -> dict[str, str]:
    """Import, freeze, plan: the tokens are made, and the job is written down."""
    from studio.assembled import Studio

    table = home / "rows.csv"
    with table.open("w", encoding="utf-8") as file:
        file.write("评价,标签\n")
        file.writelines(
            f"第{n}次来，味道还是很好，{n * 7919 % count}号,{('好评', '差评')[n % 2]}\n" for n in range(count)
        )
    clock, told = Clock(), dict[str, str]()
    with Studio(home / "home") as studio:
        studio.engine.warm()
        clock.lap()
        dataset = studio.data.add(table).id
        told["import"] = clock.lap()
        studio.data.freeze(dataset)
        told["freeze"] = clock.lap()
        planned = studio.plan(dataset, changes={"seed": 7})
        told["plan"] = clock.lap()
        studio.plan(dataset)
        told["plan again"] = clock.lap()
    (home / "job.json").write_text(json.dumps(planned.config.model_dump()), encoding="utf-8")
    return {**told, "with files": _most_memory()}


def train(_: int, home: Path) -> dict[str, str]:
    """The first STEPS steps of the run, stopped and kept."""
    from studio.assembled import Studio

    config = RunConfig.of(json.loads((home / "job.json").read_text(encoding="utf-8")))
    with Studio(home / "home") as studio:
        studio.engine.warm()
        clock = Clock()
        with Height() as height:
            run = studio.train(config, started=lambda run: _stop_soon(studio, run))
        assert run.status == "stopped" and run.progress.steps
        spent = clock.lap()
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        f"{STEPS} steps": spent,
        "most memory of its own": f"{height.most:.0f} MiB",
        "with files": f"{whole:.0f} MiB",
    }


STAGES: dict[str, Callable[[int, Path], dict[str, Any]]] = {"prepare": prepare, "train": train}


class Clock:
    """Processor seconds of this process and those it started."""

    def __init__(self) -> None:
        self._before = 0.0
        self.lap()

    def lap(self) -> str:
        """Since the last lap."""
        used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        now = sum(one.ru_utime + one.ru_stime for one in used)
        spent, self._before = now - self._before, now
        return f"{spent:.1f} CPU s"


def _most_memory() -> str:
    """Of this process at its height, files that are mapped into it included."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"


def _stop_soon(studio: Any, run: str) -> None:
    """Stops the run once it has made STEPS steps."""

    def watch() -> None:
        while len(studio.run(run).progress.steps) < STEPS:
            time.sleep(0.2)
        studio.stop(run)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    stage, count, folder = sys.argv[1:]
    print(json.dumps(STAGES[stage](int(count), Path(folder)), ensure_ascii=False))
