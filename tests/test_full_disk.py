"""A disk that takes no more is told in a sentence by everything that writes, and nothing that was there is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
OWN_DISK = ["unshare", "--user", "--map-root-user", "--mount"]
FULL = {"workspace.no_space", "workspace.no_room", "engine.disk_full", "export.not_written"}
WRITES_NOTHING = {"ask", "undo", "freeze", "stop"}  # or so little that it may find a place


def _has_own_disks() -> bool:
    """Whether this system lends an ordinary user a file system of his own."""
    if not shutil.which("unshare"):
        return False
    return (
        subprocess.run([*OWN_DISK, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, timeout=60).returncode
        == 0
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not _has_own_disks():
        pytest.skip("this system lends no file system to try it on")
    folder = tmp_path_factory.mktemp("disk")
    does = 'mount -t tmpfs -o size=160m none "$0" && exec "$1" -m tests.full_disk "$0"'
    command = [*OWN_DISK, "sh", "-c", does, str(folder), sys.executable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_writer_says_that_the_disk_is_full(told: dict[str, Any]) -> None:
    writers = {name: came for name, came in told["full"].items() if name not in WRITES_NOTHING}
    assert len(writers) >= 12 and {name: came for name, came in writers.items() if came not in FULL} == {}


def test_what_was_there_is_as_it_was_and_no_half_file_is_left(told: dict[str, Any]) -> None:
    assert told["same"] and told["left"]


def test_with_room_again_all_of_it_is_done(told: dict[str, Any]) -> None:
    assert {name: came for name, came in told["again"].items() if came != "done"} == {"stop": "run.not_running"}
    assert told["deleted"] == "done"
