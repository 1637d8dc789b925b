"""The folder that is the whole state: no name from outside reaches the disk, a lock holds across processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from studio.errors import StudioError
from studio.workspace import Workspace, connect, transaction
from tests.children import PATIENCE

EVIL = [
    "../../etc/passwd",
    "/etc/passwd",
    "run-x/../..",
    "run-1234/..",
    "..",
    "",
    "run-1234\x00",
    "RUN-1234",
    "run-12 34",
    "run-1234\n",
]

HOLD = """
import pathlib, sys
from studio.workspace import Workspace
with Workspace(pathlib.Path(sys.argv[1])).lease("device"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("name", EVIL)
def test_a_name_that_the_studio_did_not_make_is_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(StudioError):
        workspace.run_dir(name)
    with pytest.raises(StudioError):
        workspace.upload_dir(name)


def test_ids_are_their_own_and_accepted(workspace: Workspace) -> None:
    ids = {workspace.new_id("run") for _ in range(20)}
    assert len(ids) == 20
    assert all(workspace.run_dir(name).parent == workspace.home / "runs" for name in ids)


def test_others_on_this_machine_cannot_read_the_workspace(workspace: Workspace) -> None:
    assert workspace.home.stat().st_mode & 0o077 == 0


def test_a_lease_is_held_against_another_process_and_ends_with_it(workspace: Workspace) -> None:
    command = [sys.executable, "-c", HOLD, str(workspace.home)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
    assert workspace.leased("device")
    with pytest.raises(StudioError), workspace.lease("device"):
        pass
    holder.kill()
    holder.wait(PATIENCE)
    assert not workspace.leased("device")


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StudioError) as refusal:
        Workspace(tmp_path / "file" / "home")
    assert refusal.value.key == "workspace.not_writable"


def test_too_little_disk_is_said_with_both_numbers(workspace: Workspace) -> None:
    with pytest.raises(StudioError) as refusal:
        workspace.need_space(1e9)
    assert refusal.value.details["need"] == "1000000000.0 GiB"


def test_little_room_is_never_said_to_be_none(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.workspace.shutil.disk_usage", lambda _: type("Usage", (), {"free": 700_000}))
    with pytest.raises(StudioError) as refusal:
        workspace.need_space(0.1)
    assert "needs 102 MiB" in str(refusal.value) and "has 0.7 MiB left" in str(refusal.value)


def test_a_transaction_is_all_or_nothing(workspace: Workspace) -> None:
    db = connect(workspace.database)
    db.execute("CREATE TABLE t (x)")
    with pytest.raises(ZeroDivisionError), transaction(db):
        db.execute("INSERT INTO t VALUES (1)")
        raise ZeroDivisionError
    assert db.execute("SELECT count(*) FROM t").fetchone()[0] == 0
