"""What the rows of a run cost in memory, from the first token to the end of a pass over them; each count in a process.

Knows no model: nothing is trained. The examples themselves are made as they are asked for and are not counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import Figure
from studio.assets import STARTER_DIR
from studio.data.schema import Example, Splits

COUNTS = (10_000, 1_000_000)
PAGE_MIB = 4096 / 2**20


class Made(Sequence[Example]):
    """So many short reviews, none of which is kept."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, which: Any) -> Any:
        if which >= self.count:
            raise IndexError
        return Example(which + 1, f"第{which}次来，味道还是很好", ("好评", "差评")[which % 2])


def figures() -> Iterator[Figure]:
    """The memory that is a process' own, at its height, and what the file of tokens takes on the disk."""
    for count in COUNTS:
        command = [sys.executable, "-m", "benchmarks.tokens", str(count)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for what in ("write", "pass"):
            value = f"{told[what]:.0f} MiB in {told[f'{what}_seconds']:.0f} s"
            yield Figure(f"{count:,} rows in tokens, {what}, memory beside {told['before']:.0f} MiB", value, "")
        yield Figure(f"{count:,} rows in tokens on the disk", f"{told['disk']:.1f} MiB", "")


def own() -> float:
    """The memory of this process that no file stands behind."""
    _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text(encoding="ascii").split())
    return (resident - shared) * PAGE_MIB


class Height:
    """The height of `own` while the block runs."""

    def __enter__(self) -> Height:
        self.most, self._ends = own(), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        self.began = time.perf_counter()
        return self

    def _watch(self) -> None:
        while not self._ends.wait(0.02):
            self.most = max(self.most, own())

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self.began
        self._ends.set()
        self._thread.join()
        self.most = max(self.most, own())


def measure(count: int, tokens: Path) -> dict[str, float]:
    from studio.engine.batches import collate, order
    from studio.engine.rows import rows_of

    lesson = Splits("data-1", 1, "classify", ("好评", "差评"), ())
    first = rows_of(STARTER_DIR, lesson, Made(100), 128, tokens / "first")
    collate(first.take(range(16)), 0)  # what is loaded once is no part of what rows cost
    before = own()
    with Height() as write:
        rows = rows_of(STARTER_DIR, lesson, Made(count), 128, tokens / "all")
    with Height() as epoch:
        for batch in order(rows.lengths, 16, seed=42, epoch=0):
            collate(rows.take(batch), 0)
    disk = sum(path.stat().st_size for path in (tokens / "all").rglob("*.arrow")) / 2**20
    found = {"before": before, "write": write.most - before, "write_seconds": write.seconds, "disk": disk}
    return {**found, "pass": epoch.most - before, "pass_seconds": epoch.seconds}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(int(sys.argv[1]), Path(folder))))
