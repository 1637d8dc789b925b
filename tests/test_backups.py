"""A copy of the database is made when there is something new, the old ones go, and any comes back whole."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from studio import backups
from studio.backups import DAYS, EVERY, NEWEST, Keeper, keep, listed, restore
from studio.errors import StudioError
from studio.studio import Studio
from tests.fakes import FakeEngine

ROWS = [("很好喝", "好评"), ("太难喝", "差评"), ("不好喝", "差评")]


def labels(studio: Studio, dataset: str) -> list[str]:
    return [row.target for row in studio.data.rows(dataset)[0]]


def aged(studio: Studio, seconds: float) -> None:
    for one in listed(studio.workspace):
        path = studio.workspace.backups / one.name
        os.utime(path, (one.made - seconds, one.made - seconds))


def test_a_copy_is_made_once_an_hour_and_only_of_what_is_new(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        dataset = studio.data.add_rows("评价", "classify", ROWS).id
        assert keep(studio.workspace) and not keep(studio.workspace)
        aged(studio, EVERY + 1)
        os.utime(studio.workspace.database, (0, 0))
        os.utime(f"{studio.workspace.database}-wal", (0, 0))
        assert not keep(studio.workspace)  # nothing has changed
        studio.data.edit(dataset, 1, target="差评")
        assert keep(studio.workspace)


def test_an_older_copy_comes_back_while_the_database_is_in_use_and_the_present_one_is_kept(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        dataset = studio.data.add_rows("评价", "classify", ROWS).id
        keep(studio.workspace)
        [first] = listed(studio.workspace)
        os.rename(studio.workspace.backups / first.name, studio.workspace.backups / "studio-20260101-120000.db")
        studio.data.edit(dataset, 1, target="差评")
        kept = restore(studio.workspace, "studio-20260101-120000.db")
        assert labels(studio, dataset) == ["好评", "差评", "差评"]
        time.sleep(1.1)  # a copy is named by the second
        restore(studio.workspace, kept)
        assert labels(studio, dataset) == ["差评", "差评", "差评"]


def test_a_copy_takes_the_place_of_a_database_that_is_damaged_or_gone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Studio(FakeEngine(), home) as studio:
        dataset = studio.data.add_rows("评价", "classify", ROWS).id
        keep(studio.workspace)
    name = listed(studio.workspace)[0].name
    (home / "studio.db").write_bytes(b"\0" * 5000)
    assert restore(studio.workspace, name) == ""
    assert list(home.glob("studio.db.damaged-*"))
    (home / "studio.db").unlink()
    restore(studio.workspace, name)
    with Studio(FakeEngine(), home) as studio:
        assert labels(studio, dataset) == ["好评", "差评", "差评"]


@pytest.mark.parametrize("name", ["", "../studio.db", "/etc/passwd", "studio-20260101-120000.db", "damaged"])
def test_what_is_no_whole_copy_is_refused_and_changes_nothing(tmp_path: Path, name: str) -> None:
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        dataset = studio.data.add_rows("评价", "classify", ROWS).id
        if name == "damaged":
            name = "studio-20260102-120000.db"
            (studio.workspace.backups / name).write_bytes(b"nonsense" * 1000)
        with pytest.raises(StudioError):
            restore(studio.workspace, name)
        assert labels(studio, dataset) == ["好评", "差评", "差评"]


def test_the_newest_copies_and_one_a_day_of_a_week_are_kept(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        for day in range(1, 21):
            for hour in ("09", "18"):
                made = studio.workspace.backups / f"studio-202601{day:02}-{hour}0000.db"
                made.touch()
                os.utime(made, (0, 0))
        keep(studio.workspace)
        _, *older = (one.name[7:18] for one in listed(studio.workspace))
        week = [f"202601{day}-18" for day in range(20, 20 - (DAYS - 1), -1)]
        assert NEWEST == 3 and older == [week[0], "20260120-09", *week[1:]]


def test_a_copy_that_fails_is_not_tried_at_every_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[object] = []

    def fail(workspace: object) -> bool:
        tries.append(workspace)
        raise StudioError("workspace.no_space", place="x")

    with Studio(FakeEngine(), tmp_path / "home") as studio:
        monkeypatch.setattr(backups, "keep", fail)
        keeper = Keeper(studio.workspace)
        assert not any(keeper() for _ in range(100)) and len(tries) == 1


def test_a_server_with_nothing_to_do_makes_one(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path / "home", worker=True) as studio:
        deadline = time.monotonic() + 30
        while not listed(studio.workspace) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(listed(studio.workspace)) == 1
