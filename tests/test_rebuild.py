"""A database that is lost, emptied or damaged costs what was in it, and nothing else: files and runs come back."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from studio.data import frozen
from studio.data.store.uploads import ABANDONED, READING
from studio.errors import StudioError
from studio.studio import Studio
from studio.ui import app
from studio.ui.data import recovery
from studio.ui.kit.page import Page, served
from studio.words import LANGS, Lang
from studio.workspace import Workspace, put_aside
from tests.fakes import FakeEngine

ROWS = "".join(f"{taste}，第{n}次来,{label}\n" for n in range(20) for taste, label in (("好喝", "好"), ("难喝", "差")))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "六月的 评价.csv"
    path.write_text("顾客说的,归类\n" + ROWS, encoding="utf-8")
    return path


def opened(home: Path) -> Studio:
    return Studio(FakeEngine(), home)


def filled(home: Path, table: Path) -> tuple[str, str]:
    """A workspace with a dataset and a finished run of it, long since closed."""
    with opened(home) as studio:
        dataset = studio.data.add(table, roles={"顾客说的": "text", "归类": "label"}).id
        run = studio.train(studio.plan(dataset).config).id
    grow_old(home)
    return dataset, run


def grow_old(home: Path) -> None:
    long_ago = time.time() - 10 * ABANDONED
    for path in home.rglob("*"):
        os.utime(path, (long_ago, long_ago))


def lose(home: Path) -> None:
    for path in home.glob("studio.db*"):
        path.unlink()


def empty(home: Path) -> None:
    lose(home)
    (home / "studio.db").touch()


@pytest.mark.parametrize("loss", [lose, empty])
def test_nothing_that_was_uploaded_is_swept_and_all_of_it_comes_back(
    home: Path, table: Path, loss: Callable[[Path], None]
) -> None:
    old, run = filled(home, table)
    loss(home)
    with opened(home) as studio:
        assert studio.lost().uploads == (old,) and studio.lost().runs == (run,)
    with opened(home) as studio:  # nor by the second command, nor by many
        made = studio.rebuild()
        assert made.runs == (run,) and not made.unreadable and not studio.lost()
        (dataset,) = studio.data.list()
        assert made.datasets == (dataset.id,) != (old,)
        assert (dataset.name, dataset.report.rows, dataset.task) == ("六月的 评价", 40, "classify")
        assert dataset.report.file == "六月的 评价.csv"
        assert studio.data.get(dataset.id).report.roles == {"顾客说的": "text", "归类": "label"}
        assert studio.run(run).status == "finished" and studio.run(run).dataset_name == "六月的 评价"
        assert studio.classify(run, ["好喝，第3次来"])[0].answer == "好"
        assert abs(studio.run(run).created - time.time()) < 300
        again = studio.train(studio.plan(dataset.id).config)
        assert again.status == "finished"


def test_what_was_frozen_of_a_lost_dataset_stays_beside_the_one_that_takes_its_place(home: Path, table: Path) -> None:
    """Labels that a person gave were in the database and there."""
    with opened(home) as studio:
        old = studio.data.add(table).id
        studio.data.edit(old, 1, target="难")
        held = studio.data.splits(old, studio.data.freeze(old))
        (folder,) = studio.workspace.versions_dir(old).glob("*/")
    lose(home)
    with opened(home) as studio:
        (new,) = studio.rebuild().datasets
        place = studio.workspace.versions_dir(new)
        found = frozen.read(place / folder.name)
        assert found is not None and found.train == held.train and not folder.exists()
        studio.data.delete(new)
        assert not place.exists()


def test_what_a_person_said_of_a_file_is_said_again(home: Path, tmp_path: Path) -> None:
    parts = [tmp_path / "一.csv", tmp_path / "二.csv"]
    for part in parts:
        part.write_bytes(("问,答,备注\n" + "".join(f"{part.stem}{n}？,好{n},x\n" for n in range(9))).encode("gb18030"))
    with opened(home) as studio:
        dataset = studio.data.add(parts, name="两份", task="chat", encoding="gb18030").id
        before = studio.data.rows(dataset)[0]
        studio.data.rename(dataset, "合起来")
    lose(home)
    with opened(home) as studio:
        studio.rebuild()
        (dataset_,) = studio.data.list()
        assert (dataset_.name, dataset_.task) == ("合起来", "chat")
        assert dataset_.report.file == "一.csv + 二.csv"
        assert [(row.text, row.target) for row in studio.data.rows(dataset_.id)[0]] == [
            (row.text, row.target) for row in before
        ]


@pytest.mark.parametrize("facts", [None, b"", b"\0\0", b"[]", b'{"name": 1}', b'{"name": "x", "files": [], "wish": 3}'])
def test_files_of_before_or_with_damaged_facts_come_back_all_the_same(
    home: Path, table: Path, facts: bytes | None
) -> None:
    old, _ = filled(home, table)
    path = home / "uploads" / old / "facts.json"
    path.unlink() if facts is None else path.write_bytes(facts)
    lose(home)
    with opened(home) as studio:
        studio.rebuild()
        assert [known.report.rows for known in studio.data.list()] == [40]


def test_a_lost_file_that_cannot_be_read_stays_and_is_named(home: Path, table: Path) -> None:
    old, _ = filled(home, table)
    (home / "uploads" / old / "file").write_bytes(b"")
    lose(home)
    with opened(home) as studio:
        made = studio.rebuild()
        assert list(made.unreadable) == [old] and not made.datasets
        assert (home / "uploads" / old / "file").exists()
        assert studio.lost().uploads == (old,) and not studio.lost().runs


def test_only_what_this_studio_left_half_done_is_swept(home: Path, table: Path) -> None:
    dataset, run = filled(home, table)
    uploads, runs = home / "uploads", home / "runs"
    strangers = [uploads / "holiday", uploads / ".hidden", uploads / "data-20200101-000000-abcd"]
    half_done = [uploads / f"{READING}data-1-x", uploads / ".deleted-data-2-x", runs / ".deleted-run-2-x"]
    for folder in (*strangers, *half_done):
        folder.mkdir()
        (folder / "file").write_text("a,b\n1,2\n", encoding="utf-8")
    under_way = uploads / f"{READING}data-3-x"
    grow_old(home)
    under_way.mkdir()
    with opened(home) as studio:
        assert all(folder.exists() for folder in (*strangers, under_way))
        assert not any(folder.exists() for folder in half_done)
        assert studio.data.get(dataset) and studio.run(run)


def test_a_deleted_dataset_or_run_is_not_lost_but_gone(home: Path, table: Path) -> None:
    dataset, run = filled(home, table)
    with opened(home) as studio:
        studio.delete(run)
        studio.delete_data(dataset)
        assert not studio.lost()
    assert list((home / "uploads").iterdir()) == list((home / "runs").iterdir()) == []


def cut(database: Path) -> None:
    with sqlite3.connect(database) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode=DELETE")
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 4096 // 2 * 4096])


DAMAGES: dict[str, Callable[[Path], object]] = {
    "zeroed": lambda file: file.write_bytes(b"\0" * file.stat().st_size),
    "foreign": lambda file: file.write_text("dear diary, " * 1000, encoding="utf-8"),
    "cut off": cut,
    "a broken header": lambda file: file.write_bytes(b"x" + file.read_bytes()[1:]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_one_sentence_and_put_aside_when_asked(home: Path, table: Path, damage: str) -> None:
    _, run = filled(home, table)
    database = home / "studio.db"
    DAMAGES[damage](database)
    content = database.read_bytes()
    for _ in range(2):
        with pytest.raises(StudioError) as refusal:
            opened(home)
        assert refusal.value.key == "workspace.damaged_database"
        for lang in LANGS:
            said = refusal.value.say(lang)
            assert str(database) in said and "xiaozao rebuild" in said and "studio.db.damaged-" in said
    aside = put_aside(Workspace(home).database)
    assert aside and aside.name.startswith("studio.db.damaged-") and aside.read_bytes() == content
    with opened(home) as studio:
        studio.rebuild()
        assert [known.id for known in studio.runs()] == [run] and len(studio.data.list()) == 1


def test_damage_in_the_middle_is_the_same_sentence_when_it_is_met(home: Path, table: Path) -> None:
    filled(home, table)
    database = home / "studio.db"
    with sqlite3.connect(database) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'rows'").fetchone()[0]
        size = db.execute("PRAGMA page_size").fetchone()[0]
    db.close()
    with database.open("rb+") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with opened(home) as studio:
        dataset = studio.data.list()[0].id
        asked = served(studio, lambda page, data: page.studio.data.rows(data["dataset"]))
        request = SimpleNamespace(cookies={"lang": "zh"}, headers={})
        assert "xiaozao rebuild" in json.loads(asked({"dataset": dataset}, request).body)["error"]
    assert put_aside(database)


def test_a_database_in_order_stays_in_its_place(home: Path, table: Path) -> None:
    filled(home, table)
    assert put_aside(Workspace(home).database) is None
    assert put_aside(Workspace(home.with_name("new")).database) is None
    with opened(home) as studio:
        assert len(studio.data.list()) == len(studio.runs()) == 1


@pytest.fixture
def robbed(home: Path, table: Path) -> Iterator[Studio]:
    filled(home, table)
    lose(home)
    with opened(home) as studio:
        yield studio


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_offers_to_bring_back_what_was_lost(robbed: Studio, lang: Lang) -> None:
    page = Page(robbed, lang)
    column, (line,) = recovery.show(page)
    assert column.visible and page.say("data_tab.lost", uploads=1, runs=1) in str(line)
    column, said, dataset = recovery.bring_back(page, None)
    assert not column.visible and said == [] and dataset.value == robbed.data.list()[0].id
    assert not recovery.show(page)[0].visible
    assert app.open_tabs(page) == [True, True, True, True]


def test_the_page_says_which_file_could_not_be_read(robbed: Studio) -> None:
    (upload,) = robbed.lost().uploads
    (robbed.workspace.upload_dir(upload) / "file").write_bytes(b"")
    column, (line,), _ = recovery.bring_back(Page(robbed, "zh"), None)
    assert column.visible and upload in str(line)
