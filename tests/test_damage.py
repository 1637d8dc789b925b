"""Every file of a workspace damaged in every way, then everything that a person does: it works, or says why not."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.data.intake.intake import Wish
from studio.errors import StudioError
from studio.studio import Studio
from tests.fakes import FakeEngine

ROWS = [(f"{taste}，第{n}次来", label) for n in range(12) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))]
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def newer(path: Path) -> None:
    """As a later version might have written it: what is known, and more."""
    content = path.read_bytes()
    if path.name == "studio.db":
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version = 999")
    elif path.suffix == ".json":
        try:
            found = json.loads(content)
        except ValueError:
            return
        path.write_text(json.dumps({**found, "format": 999, "of_next_year": [1]} if isinstance(found, dict) else found))
    elif path.suffix == ".jsonl":
        path.write_bytes(content + b'{"kind": "of_next_year", "at": 1.0, "what": [1]}\n')
    else:
        path.write_bytes(content + b"of_next_year: 3\n")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "foreign": lambda path: path.write_bytes(PICTURE),
    "of a newer version": newer,
}


def made(home: Path) -> tuple[str, str, str]:
    """A workspace of two datasets and their runs, with cards and downloads: one dataset, its run, the other run."""
    table = home.parent / "评价.csv"
    table.write_text("评论,标签\n" + "".join(f"{text},{label}\n" for text, label in ROWS), encoding="utf-8")
    with Studio(FakeEngine(), home) as studio:
        runs = []
        for _ in range(2):
            dataset = studio.data.add(table).id
            studio.data.labelling.desk(dataset).put(1, "差评", 0)
            run = studio.train(studio.plan(dataset, "starter").config).id
            studio.evaluate(run)
            studio.export(run, "merged")
            runs.append((dataset, run))
        studio.workspace.secret()
        studio.workspace.everyday.write_text(json.dumps([["你好", "您好"]]), encoding="utf-8")
    return *runs[0], runs[1][1]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, str, str]]:
    home = tmp_path_factory.mktemp("whole") / "home"
    return home, made(home)


def actions(studio: Studio, dataset: str, run: str, out: Path) -> dict[str, Callable[[], Any]]:
    data = studio.data
    return {
        "list": studio.listed,
        "lost": studio.lost,
        "datasets": data.list,
        "rows": lambda: data.rows(dataset),
        "edit": lambda: data.edit(dataset, 2, text="换一句"),
        "label": lambda: data.labelling.desk(dataset).card(3),
        "freeze": lambda: data.splits(dataset, data.freeze(dataset)),
        "plan": lambda: studio.plan(dataset, "starter"),
        "run": lambda: studio.run(run),
        "job": lambda: studio.job_yaml(run),
        "ask": lambda: studio.classify(run, ["很好喝"]),
        "card": lambda: studio.report(run),
        "evaluate": lambda: studio.evaluate(run),
        "taken home": lambda: studio.exported(run),
        "export": lambda: studio.export(run, "merged"),
        "export elsewhere": lambda: studio.export(run, "merged", out),
        "resume": lambda: studio.resume(run, here=True),
        "train": lambda: studio.train(studio.plan(dataset, "starter", changes={"seed": 7}).config),
        "read again": lambda: data.reinterpret(dataset, Wish(task="classify")),
        "delete run": lambda: studio.delete(run),
        "delete": lambda: studio.delete_data(dataset),
    }


SLOW = {  # actions of which these files alone are read, and what they write is like what others do
    "read again": ("uploads/",),
    "train": ("uploads/", "versions/", "studio.db"),
    "evaluate": ("runs/", "everyday"),
}


def outcome(act: Callable[[], Any]) -> str:
    """ "done", or the key of what is said in both languages."""
    try:
        act()
    except StudioError as error:
        assert error.say("zh") and error.say("en")
        return error.key
    return "done"


def damageable(home: Path, of: tuple[str, str, str]) -> list[str]:
    """The files of the first dataset and its run, and those that all share; tokens and locks are made anew."""
    dataset, run, other = of
    names = [path.relative_to(home).as_posix() for path in sorted(home.rglob("*")) if path.is_file()]
    mine = [name for name in names if dataset in name or run in name or "/" not in name]
    return [name for name in mine if not name.endswith((".lock", "-wal", "-shm")) and other not in name]


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_file_is_damaged_everything_works_or_says_why_not(
    whole: tuple[Path, tuple[str, str, str]], damage: str, tmp_path: Path
) -> None:
    home, of = whole
    names = damageable(home, of)
    assert len(names) > 15 and {"studio.db", "secret.key", "everyday.json"} <= set(names)
    for number, name in enumerate(names):
        copy = tmp_path / str(number) / "home"
        shutil.copytree(home, copy)
        DAMAGES[damage](copy / name)
        all_of_it(copy, of, f"{damage} {name}")
        shutil.rmtree(copy.parent)


def all_of_it(home: Path, of: tuple[str, str, str], where: str) -> None:
    dataset, run, other = of
    try:
        studio = Studio(FakeEngine(), home)
    except StudioError as error:  # of the database, which all share: it is said how to bring it back
        assert "studio.db" in where and error.say("zh") and error.say("en")
        return
    with studio:
        for name, act in actions(studio, dataset, run, home.parent / "out").items():
            if name in SLOW and not any(part in where for part in SLOW[name]):
                continue
            try:
                said = outcome(act)
            except Exception as error:
                raise AssertionError(f"{where}: {name} raised {error!r}") from error
            if name == "delete run" and "studio.db" not in where:
                assert said == "done" and not studio.workspace.run_dir(run).exists(), where
        if "studio.db" not in where:
            assert studio.run(other).status == "finished", where
            assert studio.classify(other, ["很好喝，第1次来"])[0].answer == "好评", where
            assert studio.report(other) is not None and studio.exported(other), where


def test_a_workspace_that_was_moved_to_another_folder_opens_with_all_that_it_had(
    whole: tuple[Path, tuple[str, str, str]], tmp_path: Path
) -> None:
    """And to another person: nothing in it names who made it, and no file is needed from where it was."""
    home, (dataset, run, other) = whole
    moved = tmp_path / "另一台 电脑" / "的文件夹"
    shutil.copytree(home, moved, ignore=shutil.ignore_patterns("*.lock"))
    aside = home.with_name("aside")
    home.rename(aside)
    try:
        with Studio(FakeEngine(), moved) as studio:
            assert {one.id for one in studio.runs()} == {run, other}
            assert studio.report(run) is not None
            assert Path(studio.exported(run)["merged"].path).is_relative_to(moved)
            assert studio.data.rows(dataset)[1] == len(ROWS)
            for name, act in actions(studio, dataset, run, tmp_path / "out").items():
                assert outcome(act) in ("done", "run.cannot_resume"), name  # it has ended
        assert not home.exists()
    finally:
        aside.rename(home)


def test_who_still_looks_at_a_run_that_another_deleted_brings_nothing_of_it_back(
    whole: tuple[Path, tuple[str, str, str]], tmp_path: Path
) -> None:
    """Two servers on one workspace, or two tabs."""
    home, (dataset, run, other) = whole
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    with Studio(FakeEngine(), copy) as looks, Studio(FakeEngine(), copy) as deletes:
        assert looks.run(run).status == "finished" and looks.classify(run, ["很好喝"])
        deletes.delete(run)
        for name, act in actions(looks, dataset, run, tmp_path / "out").items():
            if name != "delete":
                outcome(act)
            assert not looks.workspace.run_dir(run).exists(), name
        assert [one.id for one in deletes.runs() if one.id == run] == []
        assert looks.run(other).status == "finished"
        deletes.delete_data(dataset)
        for name, act in actions(looks, dataset, other, tmp_path / "out").items():
            assert outcome(act) == "done" or name not in ("list", "run", "ask", "card"), name
            assert not looks.workspace.upload_dir(dataset).exists(), name


def test_what_was_deleted_is_nowhere_in_the_workspace(tmp_path: Path) -> None:
    secret = "身份证号码一二三四五六"
    table = tmp_path / "评价.csv"
    table.write_text("评论,标签\n" + "".join(f"{text}{secret},{label}\n" for text, label in ROWS), encoding="utf-8")
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        dataset = studio.data.add(table).id
        studio.data.edit(dataset, 2, text=f"改过的{secret}")
        run = studio.train(studio.plan(dataset, "starter").config).id
        studio.evaluate(run)
        studio.export(run, "merged")
        studio.delete(run)
        studio.delete_data(dataset)
    holds = [
        path.relative_to(tmp_path).as_posix()
        for path in (tmp_path / "home").rglob("*")
        if path.is_file() and (secret.encode() in path.read_bytes() or secret.encode("utf-16-le") in path.read_bytes())
    ]
    assert holds == []
