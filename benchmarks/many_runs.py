"""What one look at the list of runs costs, which every open page takes all the time, with one run and with many.

Knows the studio by its façade only; nothing is trained by a real model.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import Figure
from studio.studio import Studio
from tests.fakes import FakeEngine

SIZES = (1, 100, 500)
LOOKS = 20


def figures() -> Iterator[Figure]:
    rows = [(f"{taste}{n}", label) for n in range(12) for taste, label in (("好喝", "好评"), ("难喝", "差评"))]
    with tempfile.TemporaryDirectory() as folder, Studio(FakeEngine(), Path(folder) / "home") as studio:
        dataset = studio.data.add_rows("评价", "classify", rows).id
        config = studio.plan(dataset, changes={"epochs": 1}).config
        for size in SIZES:
            for seed in range(len(studio.runs()), size):
                studio.train(config.with_changes({"seed": seed}))
            studio.runs()
            began = time.process_time()
            for _ in range(LOOKS):
                studio.runs()
            each = 1000 * (time.process_time() - began) / LOOKS
            yield Figure(f"a look at the list of {size} runs", f"{each:.1f} ms of a core")
