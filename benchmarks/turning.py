"""How long a page of the table takes at 100,000 rows: searched, sorted, filtered, deep in."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.importing import ROWS, WORDS, made_rows
from benchmarks.table import Figure
from studio.data.datastore import DataStore
from studio.data.store.queries import Wanted
from studio.workspace import Workspace

LOOKS = {
    "in order": Wanted(),
    "searched": Wanted(search=f"{WORDS[0]}{WORDS[1]}"),
    "of a label": Wanted(target="好评"),
    "of the test": Wanted(part="test"),
    "by text": Wanted(sort="text"),
    "longest first": Wanted(sort="length", descending=True),
    "searched, shortest first": Wanted(search=f"{WORDS[2]}{WORDS[3]}", sort="length"),
    "changed": Wanted(changed=True),
    "of a finding of 5,000 rows": Wanted(numbers=tuple(range(1, ROWS, 20))),
}


def figures() -> Iterator[Figure]:
    """The slowest first page of any look, the slowest page deep in it, and the first deep page of a sorted one."""
    with tempfile.TemporaryDirectory() as folder:
        store = DataStore(Workspace(Path(folder)))
        dataset = store.add_rows("rows", "classify", list(made_rows())).id
        first = {name: _milliseconds(store, dataset, wanted, 0) for name, wanted in LOOKS.items()}
        worst = max(first, key=lambda name: first[name])
        yield Figure(
            f"a page of {ROWS:,} rows, the slowest of {len(LOOKS)} looks", f"{first[worst]:.0f} ms", "≤ 100 ms"
        )
        jump = _milliseconds(store, dataset, LOOKS["by text"], ROWS // 2)
        deep = max(_milliseconds(store, dataset, LOOKS["by text"], place) for place in range(2000, ROWS, 9999))
        yield Figure("the next page there, sorted by text", f"{deep:.0f} ms", "≤ 100 ms")
        yield Figure("a leap into the middle, once, sorted by text", f"{jump:.0f} ms", "")
        store.close()


def _milliseconds(store: DataStore, dataset: str, wanted: Wanted, offset: int) -> float:
    began = time.perf_counter()
    store.page(dataset, wanted, offset)
    return 1000 * (time.perf_counter() - began)
