"""Whenever the power goes: what was said to be saved is there, nothing is silently wrong, and what remains opens."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio import commit
from studio.contract import never
from studio.engine import checkpoint
from studio.engine import train as training
from studio.events import EventLog, Finished
from studio.studio import Studio
from studio.workspace import connect
from tests.engine.conftest import Jobs
from tests.engine.test_checkpoint import made, same
from tests.fakes import FakeEngine
from tests.power_cut import Cut, Operation, Recorder, cuts, lay, left, marks, some
from tests.studios import planned

LONG = [pytest.mark.long, pytest.mark.timeout(3600)]
STATES = pytest.mark.parametrize("most", [170, pytest.param(1700, marks=LONG)])  # of each of three writers


@pytest.fixture(autouse=True)
def one_thread_of_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for a real disk: what is forced is only written down."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def after(operations: list[Operation], most: int, folder: Path) -> Iterator[tuple[Cut, Path, list[Any]]]:
    """Disks as cuts leave them, and what had come back by then."""
    for number, cut in enumerate(some(operations, most)):
        disk = folder / str(number)
        disk.mkdir(parents=True)
        lay(left(operations, cut), disk)
        yield cut, disk, marks(operations, cut)
        shutil.rmtree(disk)


def checkpoints_of(run: Path) -> int | None:
    """The step of the checkpoint that a run would go on from. An error where it is not what was saved."""
    commit.sweep(run / "checkpoints")
    found = checkpoint.newest(run / "checkpoints", "job")
    assert found is None or same(found, made(found.place.step)), "silently wrong"
    return found.place.step if found else None


@pytest.fixture
def saves(tmp_path: Path) -> list[Operation]:
    run = tmp_path / "run"
    run.mkdir()
    recorder = Recorder(run)
    with recorder.recording():
        for step in (7, 14, 21):
            checkpoint.save(run / "checkpoints", made(step), "job")
            recorder.mark(step)
    return recorder.operations


@STATES
def test_no_checkpoint_that_was_saved_is_lost_or_silently_wrong(
    saves: list[Operation], most: int, tmp_path: Path
) -> None:
    assert len(list(cuts(saves))) > 2000
    for cut, disk, saved in after(saves, most, tmp_path / "disks"):
        assert (checkpoints_of(disk) or 0) >= max(saved, default=0), cut


def test_what_writes_in_place_is_found_out(tmp_path: Path) -> None:
    """Else nothing here could fail: transformers' own way, with the loader that takes the highest number."""
    run = tmp_path / "run"
    run.mkdir()
    recorder = Recorder(run)
    with recorder.recording():
        for step in (7, 14):
            (run / f"checkpoint-{step}").mkdir()
            for name in ("adapter", "optimizer"):
                (run / f"checkpoint-{step}" / name).write_bytes(f"{name} {step}".encode() * 50)
                recorder.mark(None)
            recorder.mark(step)
    wrong = lost = 0
    for _, disk, saved in after(recorder.operations, 500, tmp_path / "disks"):
        kept = sorted(disk.glob("checkpoint-*"), key=lambda path: int(path.name[11:]))
        files = {path.name: path.read_bytes() for path in kept[-1].iterdir()} if kept else {}
        step = kept[-1].name[11:] if kept else "0"
        wrong += any(content != f"{name} {step}".encode() * 50 for name, content in files.items())
        lost += int(step) < max((one for one in saved if one), default=0)
    assert wrong > 20 and lost > 20


@STATES
def test_a_run_goes_on_from_a_whole_checkpoint_whenever_the_power_goes(
    jobs: Jobs, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real loop, from its first event to its end: events, checkpoints and adapter."""
    job = jobs.make("chat", epochs=4, evaluations=2)
    recorder, save = Recorder(job.run_dir), checkpoint.save
    manifests: dict[bytes, int] = {}

    def saved(folder: Path, made: checkpoint.Checkpoint, fingerprint: str) -> None:
        save(folder, made, fingerprint)
        manifests[(folder / f"step-{made.place.step:08d}" / commit.MANIFEST).read_bytes()] = made.place.step
        recorder.mark(made.place.step)

    monkeypatch.setattr(training.checkpoint, "save", saved)
    with recorder.recording():
        training.train(job, never)
        recorder.mark("finished")
    whole = EventLog(job.run_dir / "events.jsonl").read()
    adapters = {one.content for one in recorder.operations if one.path.endswith(f"adapter/{commit.MANIFEST}")} | {
        one.content for one in recorder.operations if f"/{commit.MANIFEST}" in one.path
    }
    for cut, disk, came in after(recorder.operations, most, tmp_path / "disks"):
        commit.sweep(disk)
        commit.sweep(disk / "checkpoints")
        valid = [path for path in sorted((disk / "checkpoints").glob("step-*")) if commit.whole(path)]
        steps = [manifests.get((path / commit.MANIFEST).read_bytes(), -1) for path in valid]
        assert max(steps, default=0) >= max((one for one in came if one != "finished"), default=0), cut
        events = EventLog(disk / "events.jsonl").read()
        assert all(event in whole for event in events), cut
        adapter = disk / "adapter"
        assert not commit.whole(adapter) or (adapter / commit.MANIFEST).read_bytes() in adapters
        if "finished" in came:
            assert commit.whole(adapter) and any(isinstance(event, Finished) for event in events), cut


def kept(studio: Studio, run: str) -> tuple[str, bool, bool]:
    """How a run stands, whether it has its report card, and what can be taken home at once."""
    return studio.run(run).status, studio.report(run) is not None, bool(studio.exported(run))


@STATES
def test_a_workspace_opens_and_says_how_its_runs_stand_whenever_the_power_goes(most: int, tmp_path: Path) -> None:
    """Run, report card and download of the façade; the database is SQLite's to keep."""
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        config = planned(studio)
        recorder = Recorder(studio.workspace.home / "runs")
        with recorder.recording():
            run = studio.train(config).id
            recorder.mark("trained")
            studio.evaluate(run)
            recorder.mark("evaluated")
            card = studio.report(run)
            studio.export(run, "merged")
            recorder.mark("exported")
    database = tmp_path / "home" / "studio.db"
    (tmp_path / "other").mkdir()
    for cut, disk, came in after(recorder.operations, most, tmp_path / "other" / "disks"):
        home = tmp_path / "other" / "home"
        home.mkdir()
        shutil.copy(database, home)
        shutil.copytree(disk, home / "runs")
        with Studio(FakeEngine(), home) as studio:
            stands(studio, run, cut, came)
            assert not came or studio.report(run) in (card, None), cut
        shutil.rmtree(home)


def stands(studio: Studio, run: str, cut: Cut, came: list[Any]) -> None:
    listed = studio.listed()
    assert len(listed.runs) + len(listed.damaged) <= 1
    if not came:
        return
    status, reported, exported = kept(studio, run)
    assert status == "finished" and len(studio.run(run).progress.steps) > 0, cut
    assert reported >= ("evaluated" in came) and exported >= ("exported" in came), cut


def test_the_database_is_asked_to_keep_what_it_acknowledged(tmp_path: Path) -> None:
    """WAL with FULL: a commit that came back is on the disk (sqlite.org/pragma.html#pragma_synchronous)."""
    db = connect(tmp_path / "studio.db")
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert db.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert db.execute("PRAGMA secure_delete").fetchone()[0] == 1
    assert db.execute("PRAGMA busy_timeout").fetchone()[0] >= 5000
