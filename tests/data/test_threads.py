"""A page's handlers come and go in hundreds of threads, and leave no open file behind."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from studio.data.store.database import Database
from tests.children import PATIENCE

OPEN_FILES = Path("/proc/self/fd")


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="counts open files as Linux lists them")
def test_threads_that_have_ended_hold_no_files(tmp_path: Path) -> None:
    database = Database(tmp_path / "studio.db")
    before, counts = len(os.listdir(OPEN_FILES)), []
    for _ in range(10):
        threads = [threading.Thread(target=lambda: database().execute("SELECT 1").fetchone()) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        counts.append(len(os.listdir(OPEN_FILES)))
    # a few for each of 30 threads at once: SQLite closes none while another connection has the file locked
    assert max(counts) <= before + 5 * 30 < before + 3 * 300
    assert database().execute("SELECT count(*) FROM datasets").fetchone()[0] == 0
    database.close()


def test_what_is_still_read_stays_open_though_its_thread_has_ended(tmp_path: Path) -> None:
    database = Database(tmp_path / "studio.db")
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(database().execute("VALUES (1), (2), (3)")))
    thread.start()
    thread.join(PATIENCE)
    assert [row[0] for row in found[0]] == [1, 2, 3]  # type: ignore[attr-defined]
    database.close()
