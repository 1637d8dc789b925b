"""How long the check-up of 10,000 rows takes, and of ten times as many."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.importing import WORDS
from benchmarks.table import Figure
from studio.data.checkup.mending import examine, mend
from studio.data.datastore import DataStore
from studio.workspace import Workspace


def figures() -> Iterator[Figure]:
    """Reviews of which one in ten repeats another, nearly or wholly, and some hold a telephone or left-over code."""
    for count, goal in ((10_000, "≤ 5 s"), (100_000, "")):
        with tempfile.TemporaryDirectory() as folder:
            store = DataStore(Workspace(Path(folder)))
            dataset = store.add_rows("reviews", "classify", list(_rows(count))).id
            began = time.perf_counter()
            seen = examine(store, dataset)
            seconds = time.perf_counter() - began
            assert {"duplicate", "near_duplicate", "personal_data", "html"} <= {one.kind for one in seen.findings}
            yield Figure(f"check-up of {count:,} rows", f"{seconds:.1f} s", goal)
            if goal:
                began = time.perf_counter()
                rows = mend(store, dataset, "duplicate")
                yield Figure(f"a fix of {rows:,} rows", f"{time.perf_counter() - began:.1f} s")
            store.close()


def _rows(count: int) -> Iterator[tuple[str, str]]:
    draw = random.Random(0)
    made: list[tuple[str, str]] = []
    for number in range(count):
        text = f"{''.join(draw.choices(WORDS, k=draw.randint(4, 30)))}，{number}"
        label = draw.choice(("好评", "差评", "中性"))
        if number % 10 == 9:
            text, label = draw.choice(made)
            text += "" if number % 20 == 9 else "呀"
        elif number % 50 == 0:
            text += f"，电话138{number:08d}<br>"
        made.append((text, label))
        yield text, label
