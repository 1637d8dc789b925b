"""Databases of every age open in the present shape, as they were kept beside; one of a newer age is left as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import pytest

from studio import migrations
from studio.data.store.database import Database
from studio.errors import StudioError
from studio.migrations import PRESENT, opened, version_of
from studio.queue import Queue
from studio.studio import Studio
from studio.words import LANGS
from studio.workspace import Workspace, put_aside
from tests.fakes import FakeEngine

FIXTURES = Path(__file__).parent / "workspaces"
NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/studio.db"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio.db"


def shape(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Table → its columns, with the names of indices and triggers."""
    with closing(sqlite3.connect(path)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        others = db.execute("SELECT type, name, tbl_name FROM sqlite_schema WHERE type != 'table' ORDER BY name")
        return {"": others.fetchall(), **{name: db.execute(f"PRAGMA table_info({name})").fetchall() for name in names}}


def copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.version-*"))


def test_there_is_a_workspace_of_every_age() -> None:
    numbers = set()
    for name in NAMES:
        with closing(sqlite3.connect(f"file:{FIXTURES / name / 'studio.db'}?immutable=1", uri=True)) as db:
            numbers.add(version_of(db))
    assert {0, PRESENT} <= numbers, "python -m tests.workspaces.make NAME, and keep the others"


@pytest.mark.parametrize("name", NAMES)
def test_a_database_of_any_age_gets_the_shape_of_a_new_one(path: Path, tmp_path: Path, name: str) -> None:
    new = tmp_path / "new.db"
    opened(new).close()
    copyfile(FIXTURES / name / "studio.db", path)
    before = shape(path)
    with closing(sqlite3.connect(path)) as db:
        old = version_of(db)
    opened(path).close()
    assert shape(path) == shape(new)
    assert not copies(new)
    if old == PRESENT:
        assert not copies(path)
    else:
        (kept,) = copies(path)
        assert shape(kept) == before and kept.name.startswith(f"studio.db.version-{old}-")
    opened(path).close()
    assert len(copies(path)) == (old != PRESENT), "no second copy"


SIDE_TABLES = ("lessons", "row_groups", "version_facts", "exam_changes", "suggestions", "annotators", "votes", "run")


@pytest.mark.parametrize("missing", SIDE_TABLES)
def test_a_database_from_before_numbers_opens_whatever_tables_it_had(path: Path, missing: str) -> None:
    copyfile(FIXTURES / "unnumbered" / "studio.db", path)
    with closing(sqlite3.connect(path)) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute(f"DROP TABLE {missing}")
    with closing(opened(path)) as db:
        assert version_of(db) == PRESENT
        assert db.execute("SELECT count(*) FROM rows").fetchone()[0] > 20


def test_side_tables_are_columns(path: Path) -> None:
    copyfile(FIXTURES / "unnumbered" / "studio.db", path)
    with closing(sqlite3.connect(path)) as db:
        groups = db.execute("SELECT dataset, number, name FROM row_groups ORDER BY 1, 2").fetchall()
        facts = db.execute("SELECT facts FROM version_facts ORDER BY dataset, version").fetchall()
    with closing(opened(path)) as db:
        db.row_factory = None
        kept = db.execute("SELECT dataset, number, group_name FROM rows WHERE group_name != '' ORDER BY 1, 2")
        assert kept.fetchall() == [one for one in groups if one[:2] != (1, 3)], "row 3 was deleted"
        deleted = db.execute("SELECT json_extract(before, '$.group_name') FROM edits WHERE number = 3").fetchone()
        assert deleted == ("老顾客",)
        assert db.execute("SELECT lesson FROM datasets ORDER BY key").fetchall() == [(None,), ("facts",)]
        assert db.execute("SELECT facts FROM versions ORDER BY dataset, version").fetchall() == facts


def test_replies_of_the_first_version_are_tallied_as_one(path: Path) -> None:
    copyfile(FIXTURES / "first" / "studio.db", path)
    with closing(opened(path)) as db:
        db.row_factory = None
        assert db.execute("SELECT target, rows FROM tallies WHERE dataset = 2").fetchall() == [("reply", 9)]


def test_a_step_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copyfile(FIXTURES / "unnumbered" / "studio.db", path)
    before = shape(path)

    def broken(_: sqlite3.Connection) -> None:
        raise RuntimeError

    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS[:3], broken))
    with pytest.raises(RuntimeError):
        opened(path)
    assert shape(path) == before
    monkeypatch.undo()
    opened(path).close()


def test_no_step_is_taken_without_room_for_the_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copyfile(FIXTURES / "unnumbered" / "studio.db", path)
    before = shape(path)
    monkeypatch.setattr("studio.workspace.shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    with pytest.raises(StudioError) as refusal:
        opened(path)
    assert refusal.value.key == "workspace.no_room" and shape(path) == before and not copies(path)


@pytest.mark.parametrize("opening", [Queue, lambda workspace: Database(workspace.database)])
def test_a_newer_database_is_refused_and_left_as_it_is(tmp_path: Path, opening: Callable[[Workspace], object]) -> None:
    workspace = Workspace(tmp_path)
    opened(workspace.database).close()
    with closing(sqlite3.connect(workspace.database)) as db:
        db.execute(f"PRAGMA user_version = {PRESENT + 1}")
        db.execute("ALTER TABLE rows ADD COLUMN of_next_year TEXT")
    before = workspace.database.read_bytes()
    with pytest.raises(StudioError) as refusal:
        opening(workspace)
    assert refusal.value.key == "workspace.newer_database"
    for lang in LANGS:
        assert str(PRESENT + 1) in refusal.value.say(lang) and str(workspace.database) in refusal.value.say(lang)
    assert workspace.database.read_bytes() == before
    assert put_aside(workspace.database) is None, "it is in order, only newer"


def test_an_empty_database_is_a_new_one_and_a_zeroed_one_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "studio.db").touch()
    with Studio(FakeEngine(), tmp_path) as studio:
        assert studio.data.list() == [] and studio.runs() == []
    assert not copies(tmp_path / "studio.db")
    size = (tmp_path / "studio.db").stat().st_size
    (tmp_path / "studio.db").write_bytes(b"\0" * size)
    with pytest.raises(StudioError) as refusal:
        Studio(FakeEngine(), tmp_path)
    assert refusal.value.key == "workspace.damaged_database"
    assert (tmp_path / "studio.db").read_bytes() == b"\0" * size
